-- says: one row per server: its first and last day, what it runs now, what it has done
-- key: server_id
-- from: server_days
-- dirty: stg_events
WITH newest AS (
  SELECT
    server_id,
    day,
    version,
    server_version,
    last_at,
    ROW_NUMBER() OVER (PARTITION BY server_id ORDER BY day DESC) AS place
  FROM server_days
),

totals AS (
  SELECT
    server_id,
    MIN(day) AS first_day,
    MAX(day) AS last_day,
    COUNT(*) AS days_active,
    CAST(SUM(events) AS BIGINT) AS events,
    CAST(SUM(incidents_started) AS BIGINT) AS incidents_started,
    CAST(SUM(incidents_ended) AS BIGINT) AS incidents_ended
  FROM server_days
  GROUP BY server_id
)

SELECT
  t.server_id,
  t.first_day,
  t.last_day,
  n.last_at,
  n.version,
  n.server_version,
  t.days_active,
  t.events,
  t.incidents_started,
  t.incidents_ended
FROM totals AS t
INNER JOIN newest AS n ON n.server_id = t.server_id AND n.place = 1
