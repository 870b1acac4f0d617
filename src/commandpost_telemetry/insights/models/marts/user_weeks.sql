-- says: one row per server, week (from Monday, UTC) and person who did something in it
-- key: server_id, week
-- from: stg_incident_events
SELECT
  server_id,
  week,
  actor_id AS user_id,
  MAX(version) AS version,
  COUNT(*) AS events
FROM stg_incident_events
WHERE actor_id IS NOT NULL AND happened_at IS NOT NULL
GROUP BY server_id, week, actor_id
