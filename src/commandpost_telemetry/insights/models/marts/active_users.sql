-- says: distinct people per server and day, week or month
SELECT 'day' AS span, server_id, day AS starts_on, COUNT(*) AS users
FROM user_days
GROUP BY server_id, day
UNION ALL
SELECT 'week' AS span, server_id, week AS starts_on, COUNT(*) AS users
FROM user_weeks
GROUP BY server_id, week
UNION ALL
SELECT 'month' AS span, server_id, month AS starts_on, COUNT(*) AS users
FROM user_months
GROUP BY server_id, month
