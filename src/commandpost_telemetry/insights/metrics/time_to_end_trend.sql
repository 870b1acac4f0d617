-- title: Time to end, trend
-- question: Do incidents get shorter?
-- events: CreateIncident, EndIncident
-- owner: incident response
-- columns: bucket=From, incidents=Incidents (n), median_seconds=Median, low_seconds=5 % are shorter than, high_seconds=5 % are longer than
-- units: median_seconds=seconds, low_seconds=seconds, high_seconds=seconds
-- draws: band low_seconds median_seconds high_seconds
-- enough: incidents
-- note: By when they ended. A step with fewer than 8 incidents is left out.
SELECT
  CAST(DATE_TRUNC($by, ended_at) AS DATE) AS bucket,
  COUNT(*) AS incidents,
  QUANTILE_CONT(CAST(seconds_to_end AS DOUBLE), 0.5) AS median_seconds,
  QUANTILE_CONT(CAST(seconds_to_end AS DOUBLE), 0.05) AS low_seconds,
  QUANTILE_CONT(CAST(seconds_to_end AS DOUBLE), 0.95) AS high_seconds
FROM incidents
WHERE ended_at >= $start AND ended_at < $end AND seconds_to_end IS NOT NULL
GROUP BY 1
ORDER BY 1
