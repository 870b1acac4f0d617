-- title: Time to end
-- question: How long does it take until an incident is ended?
-- events: CreateIncident, EndIncident
-- owner: incident response
-- columns: what=Incidents, incidents=n, median_seconds=Median, low_seconds=5 % are shorter than, high_seconds=5 % are longer than
-- words: what
-- units: median_seconds=seconds, low_seconds=seconds, high_seconds=seconds
-- draws: intervals what low_seconds median_seconds high_seconds
-- enough: incidents
-- note: Of incidents ended in the range; the middle 90 % lie between the last two.
SELECT
  'all ended' AS what,
  COUNT(*) AS incidents,
  QUANTILE_CONT(CAST(seconds_to_end AS DOUBLE), 0.5) AS median_seconds,
  QUANTILE_CONT(CAST(seconds_to_end AS DOUBLE), 0.05) AS low_seconds,
  QUANTILE_CONT(CAST(seconds_to_end AS DOUBLE), 0.95) AS high_seconds
FROM incidents
WHERE ended_at >= $start AND ended_at < $end AND seconds_to_end IS NOT NULL
