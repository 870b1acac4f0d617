-- says: one row per server, day (UTC) and person who did something on it
-- key: server_id, day
-- from: stg_incident_events
-- asked_by: day
SELECT
  server_id,
  day,
  week,
  month,
  actor_id AS user_id,
  MAX(version) AS version,
  COUNT(*) AS events
FROM stg_incident_events
WHERE actor_id IS NOT NULL AND happened_at IS NOT NULL
GROUP BY server_id, day, week, month, actor_id
