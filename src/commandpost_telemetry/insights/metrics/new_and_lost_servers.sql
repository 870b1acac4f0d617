-- title: New and lost servers
-- question: Is the number of servers growing, and by how many do we lose them?
-- events: all
-- owner: insights
-- columns: bucket=From, new_servers=New, lost_servers=Lost
-- draws: columns
-- counts_servers: new_servers, lost_servers
-- note: New on the first day with an event; lost on the 28th day after the last one.
WITH gained AS (
  SELECT CAST(DATE_TRUNC($by, first_day) AS DATE) AS bucket, COUNT(*) AS new_servers
  FROM servers
  WHERE first_day >= CAST($start AS DATE) AND first_day < CAST($end AS DATE)
  GROUP BY 1
),

silent AS (
  SELECT CAST(last_day + INTERVAL '28' DAY AS DATE) AS lost_on
  FROM servers
),

lost AS (
  SELECT CAST(DATE_TRUNC($by, lost_on) AS DATE) AS bucket, COUNT(*) AS lost_servers
  FROM silent
  WHERE
    lost_on >= CAST($start AS DATE) AND lost_on < CAST($end AS DATE)
    AND lost_on <= CAST($today AS DATE)
  GROUP BY 1
)

SELECT
  COALESCE(g.bucket, l.bucket) AS bucket,
  COALESCE(g.new_servers, 0) AS new_servers,
  COALESCE(l.lost_servers, 0) AS lost_servers
FROM gained AS g
FULL JOIN lost AS l ON g.bucket = l.bucket
ORDER BY 1
