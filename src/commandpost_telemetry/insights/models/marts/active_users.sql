-- says: distinct people per server and day, week or month
SELECT 'day' AS span, server_id, day AS starts_on, COUNT(*) AS users
FROM user_days
GROUP BY server_id, day
UNION ALL
SELECT
  'week' AS span,
  server_id,
  CAST(DATE_TRUNC('week', day) AS DATE) AS starts_on,
  COUNT(DISTINCT user_id) AS users
FROM user_days
GROUP BY server_id, CAST(DATE_TRUNC('week', day) AS DATE)
UNION ALL
SELECT
  'month' AS span,
  server_id,
  CAST(DATE_TRUNC('month', day) AS DATE) AS starts_on,
  COUNT(DISTINCT user_id) AS users
FROM user_days
GROUP BY server_id, CAST(DATE_TRUNC('month', day) AS DATE)
