-- title: Checklist changes per incident
-- question: How often is each kind of change made in one incident?
-- events: CreateIncident, AddChecklistItem, CheckChecklistItem, UncheckChecklistItem, RenameChecklistItem, MoveChecklistItem, RemoveChecklistItem
-- owner: incident response
-- columns: place=Place, change=Change, incidents=Incidents, changes=Changes, per_incident=Per incident
-- words: change
-- draws: bars change per_incident
-- hides: place
WITH chosen AS (
  SELECT * FROM incidents WHERE started_at >= $start AND started_at < $end
),

totals AS (
  SELECT 1 AS place, 'checked' AS change, COUNT(*) AS incidents, SUM(checks) AS changes FROM chosen
  UNION ALL SELECT 2, 'unchecked', COUNT(*), SUM(unchecks) FROM chosen
  UNION ALL SELECT 3, 'added', COUNT(*), SUM(added) FROM chosen
  UNION ALL SELECT 4, 'removed', COUNT(*), SUM(removed) FROM chosen
  UNION ALL SELECT 5, 'renamed', COUNT(*), SUM(renamed) FROM chosen
  UNION ALL SELECT 6, 'moved', COUNT(*), SUM(moved) FROM chosen
)

SELECT
  place,
  change,
  incidents,
  CAST(changes AS BIGINT) AS changes,
  CAST(changes AS DOUBLE) / incidents AS per_incident
FROM totals
WHERE incidents > 0
ORDER BY place
