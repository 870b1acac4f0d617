-- title: Incidents started and ended
-- question: How many incidents are started and how many are ended?
-- events: CreateIncident, EndIncident
-- owner: incident response
-- columns: bucket=From, started=Started, ended=Ended
-- draws: columns
WITH started AS (
  SELECT CAST(DATE_TRUNC($by, started_at) AS DATE) AS bucket, COUNT(*) AS started
  FROM incidents
  WHERE started_at >= $start AND started_at < $end
  GROUP BY 1
),

ended AS (
  SELECT CAST(DATE_TRUNC($by, ended_at) AS DATE) AS bucket, COUNT(*) AS ended
  FROM incidents
  WHERE ended_at >= $start AND ended_at < $end
  GROUP BY 1
)

SELECT
  COALESCE(s.bucket, e.bucket) AS bucket,
  COALESCE(s.started, 0) AS started,
  COALESCE(e.ended, 0) AS ended
FROM started AS s
FULL JOIN ended AS e ON s.bucket = e.bucket
ORDER BY 1
