-- title: Retention of servers
-- question: Of the servers new in a month, how many are still used in the months after?
-- events: all
-- owner: insights
-- columns: cohort=First month, month=Months later, servers=Servers, size=New servers, share=Share
-- units: share=percent
-- draws: grid cohort month share
-- counts_servers: servers, size
WITH cohorts AS (
  SELECT server_id, CAST(DATE_TRUNC('month', first_day) AS DATE) AS cohort
  FROM servers
  WHERE first_day >= CAST($start AS DATE) AND first_day < CAST($end AS DATE)
),

sizes AS (
  SELECT cohort, COUNT(*) AS size FROM cohorts GROUP BY cohort
),

months AS (
  SELECT DISTINCT
    c.cohort,
    c.server_id,
    DATE_DIFF('month', c.cohort, CAST(DATE_TRUNC('month', d.day) AS DATE)) AS month
  FROM cohorts AS c
  INNER JOIN server_days AS d ON d.server_id = c.server_id
  WHERE d.day < CAST($end AS DATE)
)

SELECT
  m.cohort,
  CAST(m.month AS BIGINT) AS month,
  COUNT(*) AS servers,
  s.size,
  100.0 * COUNT(*) / s.size AS share
FROM months AS m
INNER JOIN sizes AS s ON s.cohort = m.cohort
GROUP BY m.cohort, m.month, s.size
ORDER BY m.cohort, 2
