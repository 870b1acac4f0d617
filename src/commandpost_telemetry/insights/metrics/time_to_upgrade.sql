-- title: Time to upgrade
-- question: How many days after a version first appears anywhere does a server run it?
-- events: all
-- owner: insights
-- columns: version=Version, servers=Servers (n), median_days=Median, low_days=5 % are faster than, high_days=5 % are slower than
-- units: median_days=days, low_days=days, high_days=days
-- draws: intervals version low_days median_days high_days
-- counts_servers: servers
-- enough: servers
-- note: Servers that started out with the version are left out.
WITH released AS (
  SELECT version, MIN(first_day) AS released_on FROM server_versions GROUP BY version
),

begun AS (
  SELECT server_id, MIN(first_day) AS begun_on FROM server_versions GROUP BY server_id
),

waits AS (
  SELECT v.version, DATE_DIFF('day', r.released_on, v.first_day) AS days
  FROM server_versions AS v
  INNER JOIN released AS r ON r.version = v.version
  INNER JOIN begun AS b ON b.server_id = v.server_id
  WHERE
    v.first_day > b.begun_on
    AND v.first_day >= CAST($start AS DATE) AND v.first_day < CAST($end AS DATE)
)

SELECT
  version,
  COUNT(*) AS servers,
  QUANTILE_CONT(CAST(days AS DOUBLE), 0.5) AS median_days,
  QUANTILE_CONT(CAST(days AS DOUBLE), 0.05) AS low_days,
  QUANTILE_CONT(CAST(days AS DOUBLE), 0.95) AS high_days
FROM waits
GROUP BY version
ORDER BY version
