-- title: Share ended
-- question: Of the incidents started, how many have been ended by now?
-- events: CreateIncident, EndIncident
-- owner: incident response
-- columns: bucket=From, started=Started, ended=Ended since, share=Share ended
-- units: share=percent
-- draws: lines share
SELECT
  CAST(DATE_TRUNC($by, started_at) AS DATE) AS bucket,
  COUNT(*) AS started,
  CAST(SUM(CASE WHEN is_ended THEN 1 ELSE 0 END) AS BIGINT) AS ended,
  100.0 * SUM(CASE WHEN is_ended THEN 1 ELSE 0 END) / COUNT(*) AS share
FROM incidents
WHERE started_at >= $start AND started_at < $end
GROUP BY 1
ORDER BY 1
