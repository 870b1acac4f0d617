-- says: one row per incident: when it started and ended, and what was done in it
-- key: server_id, incident_id
-- from: stg_incident_events
-- asked_by: started_at, ended_at
WITH deeds AS (
  SELECT
    server_id,
    incident_id,
    MIN(CASE WHEN event = 'CreateIncident' THEN happened_at END) AS start_seen_at,
    MAX(CASE WHEN event = 'EndIncident' THEN happened_at END) AS ended_at,
    MIN(day) AS first_day,
    MIN(created_ms) AS created_ms,
    MAX(team_id) AS team_id,
    MAX(post_id) AS post_id,
    MAX(CASE WHEN event = 'CreateIncident' THEN version END) AS start_version,
    MIN(version) AS any_version,
    MAX(CASE WHEN event = 'CreateIncident' THEN items END) AS items_at_start,
    MAX(CASE WHEN event = 'EndIncident' THEN items END) AS items_at_end,
    MIN(CASE WHEN event = 'CheckChecklistItem' THEN happened_at END) AS first_checked_at,
    SUM(CASE WHEN event = 'AddChecklistItem' THEN 1 ELSE 0 END) AS added,
    SUM(CASE WHEN event = 'RemoveChecklistItem' THEN 1 ELSE 0 END) AS removed,
    SUM(CASE WHEN event = 'RenameChecklistItem' THEN 1 ELSE 0 END) AS renamed,
    SUM(CASE WHEN event = 'MoveChecklistItem' THEN 1 ELSE 0 END) AS moved,
    SUM(CASE WHEN event = 'CheckChecklistItem' THEN 1 ELSE 0 END) AS checks,
    SUM(CASE WHEN event = 'UncheckChecklistItem' THEN 1 ELSE 0 END) AS unchecks
  FROM stg_incident_events
  WHERE incident_id IS NOT NULL
  GROUP BY server_id, incident_id
),

dated AS (
  SELECT
    *,
    COALESCE(start_seen_at, CAST(EPOCH_MS(CAST(created_ms AS BIGINT)) AS TIMESTAMP)) AS started_at
  FROM deeds
)

SELECT
  server_id,
  incident_id,
  team_id,
  COALESCE(start_version, any_version) AS version,
  first_day,
  started_at,
  ended_at,
  CASE WHEN ended_at >= started_at THEN DATE_DIFF('second', started_at, ended_at) END
    AS seconds_to_end,
  ended_at IS NOT NULL AS is_ended,
  post_id IS NOT NULL AND post_id <> '' AS is_from_post,
  COALESCE(items_at_start, 0) > 0 AS is_from_playbook,
  items_at_start,
  items_at_end,
  first_checked_at,
  CAST(added AS BIGINT) AS added,
  CAST(removed AS BIGINT) AS removed,
  CAST(renamed AS BIGINT) AS renamed,
  CAST(moved AS BIGINT) AS moved,
  CAST(checks AS BIGINT) AS checks,
  CAST(unchecks AS BIGINT) AS unchecks,
  CAST(CASE WHEN checks > unchecks THEN checks - unchecks ELSE 0 END AS BIGINT) AS items_checked
FROM dated
