-- title: When incidents start
-- question: On which weekdays and hours (UTC) do incidents start?
-- events: CreateIncident
-- owner: incident response
-- columns: weekday=Weekday, hour=Hour, incidents=Incidents
-- draws: heat weekday hour incidents
-- note: Weekday 1 is Monday.
WITH placed AS (
  SELECT
    DATE_DIFF('day', CAST(DATE_TRUNC('week', started_at) AS DATE), CAST(started_at AS DATE)) + 1
      AS weekday,
    EXTRACT(HOUR FROM started_at) AS hour
  FROM incidents
  WHERE started_at >= $start AND started_at < $end
)

SELECT CAST(weekday AS BIGINT) AS weekday, CAST(hour AS BIGINT) AS hour, COUNT(*) AS incidents
FROM placed
GROUP BY 1, 2
ORDER BY 1, 2
