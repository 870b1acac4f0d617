-- says: one row per server, week (from Monday, UTC) and person who did something in it
-- key: server_id, week
-- from: user_days
-- dirty: stg_incident_events
SELECT
  server_id,
  week,
  user_id,
  MAX(version) AS version,
  CAST(SUM(events) AS BIGINT) AS events
FROM user_days
GROUP BY server_id, week, user_id
