-- title: Totals of the range
-- question: How much happened in the whole range, counted once?
-- events: all
-- owner: insights
-- columns: servers=Active servers, users=Active people, started=Incidents started, ended=Incidents ended, ongoing=Ongoing at the end of the range, items_checked=Items checked, events=Events
-- counts_servers: servers
WITH days AS (
  SELECT
    COUNT(DISTINCT server_id) AS servers,
    CAST(COALESCE(SUM(events), 0) AS BIGINT) AS events
  FROM server_days
  WHERE day >= CAST($start AS DATE) AND day < CAST($end AS DATE)
),

people AS (
  SELECT COUNT(DISTINCT user_id) AS users
  FROM (
    SELECT user_id
    FROM user_months
    WHERE month >= CAST($first_month AS DATE) AND month < CAST($last_month AS DATE)
    UNION ALL
    SELECT user_id
    FROM user_days
    WHERE
      day >= CAST($start AS DATE) AND day < CAST($end AS DATE)
      AND (day < CAST($first_month AS DATE) OR day >= CAST($last_month AS DATE))
  ) AS found
),

counted AS (
  SELECT
    SUM(CASE WHEN started_at >= $start THEN 1 ELSE 0 END) AS started,
    SUM(CASE WHEN ended_at >= $start AND ended_at < $end THEN 1 ELSE 0 END) AS ended,
    SUM(CASE WHEN ended_at IS NULL OR ended_at >= $end THEN 1 ELSE 0 END) AS ongoing,
    SUM(CASE WHEN started_at >= $start THEN items_checked ELSE 0 END) AS items_checked
  FROM incidents
  WHERE started_at < $end
)

SELECT
  d.servers,
  p.users,
  CAST(COALESCE(c.started, 0) AS BIGINT) AS started,
  CAST(COALESCE(c.ended, 0) AS BIGINT) AS ended,
  CAST(COALESCE(c.ongoing, 0) AS BIGINT) AS ongoing,
  CAST(COALESCE(c.items_checked, 0) AS BIGINT) AS items_checked,
  d.events
FROM days AS d
CROSS JOIN people AS p
CROSS JOIN counted AS c
