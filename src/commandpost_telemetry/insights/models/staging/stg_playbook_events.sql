-- says: every deed on a playbook, renamed once; nothing says who did it
WITH deeds AS (
  SELECT
    e.id, e.event_text, e.user_id, e.timestamp, e.sent_at, e.received_at, e.uuid_ts,
    e.plugin_version, e.server_version, e.playbook_id, e.team_id, e.num_checklists,
    e.total_checklist_items
  FROM create_playbook AS e
  UNION ALL
  SELECT
    e.id, e.event_text, e.user_id, e.timestamp, e.sent_at, e.received_at, e.uuid_ts,
    e.plugin_version, e.server_version, e.playbook_id, e.team_id, e.num_checklists,
    e.total_checklist_items
  FROM update_playbook AS e
  UNION ALL
  SELECT
    e.id, e.event_text, e.user_id, e.timestamp, e.sent_at, e.received_at, e.uuid_ts,
    e.plugin_version, e.server_version, e.playbook_id, e.team_id, e.num_checklists,
    e.total_checklist_items
  FROM delete_playbook AS e
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
  d.playbook_id,
  d.team_id,
  d.num_checklists AS checklists,
  d.total_checklist_items AS items
FROM deeds AS d
WHERE d.user_id IS NOT NULL
