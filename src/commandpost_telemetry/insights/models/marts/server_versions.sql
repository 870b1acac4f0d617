-- says: which product versions a server has run, from the first to the last day seen
SELECT
  server_id,
  version,
  MIN(day) AS first_day,
  MAX(day) AS last_day,
  COUNT(*) AS days
FROM server_days
GROUP BY server_id, version
