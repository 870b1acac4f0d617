-- title: Items checked per incident
-- question: How much of the checklists is worked through, in incidents by the day they started?
-- events: CreateIncident, CheckChecklistItem, UncheckChecklistItem
-- owner: incident response
-- columns: bucket=From, incidents=Incidents, items_checked=Items checked, per_incident=Per incident
-- draws: columns per_incident
-- note: An item checked and unchecked again does not count.
SELECT
  CAST(DATE_TRUNC($by, started_at) AS DATE) AS bucket,
  COUNT(*) AS incidents,
  CAST(SUM(items_checked) AS BIGINT) AS items_checked,
  CAST(SUM(items_checked) AS DOUBLE) / COUNT(*) AS per_incident
FROM incidents
WHERE started_at >= $start AND started_at < $end
GROUP BY 1
ORDER BY 1
