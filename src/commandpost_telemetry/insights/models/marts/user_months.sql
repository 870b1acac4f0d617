-- says: one row per server, month (UTC) and person who did something in it
-- key: server_id, month
-- from: user_days
-- dirty: stg_incident_events
SELECT
  server_id,
  month,
  user_id,
  MAX(version) AS version,
  CAST(SUM(events) AS BIGINT) AS events
FROM user_days
GROUP BY server_id, month, user_id
