-- says: every deed on an incident or its checklists, renamed once: user_id of the wire is the server
WITH deeds AS (
  SELECT
    e.id, e.event_text, e.user_id, e.timestamp, e.sent_at, e.received_at, e.uuid_ts,
    e.plugin_version, e.server_version, e.incident_id, e.commander_user_id AS actor_id, e.team_id,
    e.created_at AS created_ms, e.post_id, e.total_checklist_items AS items
  FROM create_incident AS e
  UNION ALL
  SELECT
    e.id, e.event_text, e.user_id, e.timestamp, e.sent_at, e.received_at, e.uuid_ts,
    e.plugin_version, e.server_version, e.incident_id, e.user_actual_id AS actor_id, e.team_id,
    e.created_at AS created_ms, e.post_id, e.total_checklist_items AS items
  FROM end_incident AS e
  UNION ALL
  SELECT
    e.id, e.event_text, e.user_id, e.timestamp, e.sent_at, e.received_at, e.uuid_ts,
    e.plugin_version, e.server_version, e.incident_id, e.user_actual_id AS actor_id, NULL AS team_id,
    NULL AS created_ms, NULL AS post_id, NULL AS items
  FROM add_checklist_item AS e
  UNION ALL
  SELECT
    e.id, e.event_text, e.user_id, e.timestamp, e.sent_at, e.received_at, e.uuid_ts,
    e.plugin_version, e.server_version, e.incident_id, e.user_actual_id AS actor_id, NULL AS team_id,
    NULL AS created_ms, NULL AS post_id, NULL AS items
  FROM remove_checklist_item AS e
  UNION ALL
  SELECT
    e.id, e.event_text, e.user_id, e.timestamp, e.sent_at, e.received_at, e.uuid_ts,
    e.plugin_version, e.server_version, e.incident_id, e.user_actual_id AS actor_id, NULL AS team_id,
    NULL AS created_ms, NULL AS post_id, NULL AS items
  FROM rename_checklist_item AS e
  UNION ALL
  SELECT
    e.id, e.event_text, e.user_id, e.timestamp, e.sent_at, e.received_at, e.uuid_ts,
    e.plugin_version, e.server_version, e.incident_id, e.user_actual_id AS actor_id, NULL AS team_id,
    NULL AS created_ms, NULL AS post_id, NULL AS items
  FROM move_checklist_item AS e
  UNION ALL
  SELECT
    e.id, e.event_text, e.user_id, e.timestamp, e.sent_at, e.received_at, e.uuid_ts,
    e.plugin_version, e.server_version, e.incident_id, e.user_actual_id AS actor_id, NULL AS team_id,
    NULL AS created_ms, NULL AS post_id, NULL AS items
  FROM check_checklist_item AS e
  UNION ALL
  SELECT
    e.id, e.event_text, e.user_id, e.timestamp, e.sent_at, e.received_at, e.uuid_ts,
    e.plugin_version, e.server_version, e.incident_id, e.user_actual_id AS actor_id, NULL AS team_id,
    NULL AS created_ms, NULL AS post_id, NULL AS items
  FROM uncheck_checklist_item AS e
)

SELECT
  d.id AS event_id,
  d.event_text AS event,
  d.user_id AS server_id,
  CAST(d.timestamp AS TIMESTAMP) AS happened_at,
  CAST(CAST(d.timestamp AS TIMESTAMP) AS DATE) AS day,
  CAST(DATE_TRUNC('week', CAST(d.timestamp AS TIMESTAMP)) AS DATE) AS week,
  CAST(DATE_TRUNC('month', CAST(d.timestamp AS TIMESTAMP)) AS DATE) AS month,
  CAST(d.sent_at AS TIMESTAMP) AS sent_at,
  CAST(d.received_at AS TIMESTAMP) AS received_at,
  CAST(d.uuid_ts AS TIMESTAMP) AS loaded_at,
  COALESCE(d.plugin_version, 'unknown') AS version,
  COALESCE(d.server_version, 'unknown') AS server_version,
  d.incident_id,
  d.actor_id,
  d.team_id,
  d.created_ms,
  d.post_id,
  d.items
FROM deeds AS d
WHERE d.user_id IS NOT NULL
