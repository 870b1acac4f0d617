-- title: Checklist completion at the end
-- question: How much of the checklists is done when an incident is ended?
-- events: EndIncident, CheckChecklistItem, UncheckChecklistItem
-- owner: incident response
-- columns: place=Place, done=Items checked, incidents=Incidents
-- words: done
-- draws: bars done incidents
-- hides: place
-- note: Of incidents ended with at least one item.
WITH shares AS (
  SELECT
    CASE
      WHEN items_checked >= items_at_end THEN 1.0
      ELSE CAST(items_checked AS DOUBLE) / items_at_end
    END AS share
  FROM incidents
  WHERE ended_at >= $start AND ended_at < $end AND items_at_end > 0
),

placed AS (
  SELECT
    CASE
      WHEN share = 0 THEN 1
      WHEN share < 0.25 THEN 2
      WHEN share < 0.5 THEN 3
      WHEN share < 0.75 THEN 4
      WHEN share < 1 THEN 5
      ELSE 6
    END AS place
  FROM shares
),

places AS (
  SELECT 1 AS place, 'none' AS done
  UNION ALL SELECT 2, 'under 25 %'
  UNION ALL SELECT 3, '25 to 49 %'
  UNION ALL SELECT 4, '50 to 74 %'
  UNION ALL SELECT 5, '75 to 99 %'
  UNION ALL SELECT 6, 'all'
)

SELECT p.place, p.done, COUNT(d.place) AS incidents
FROM places AS p
LEFT JOIN placed AS d ON p.place = d.place
GROUP BY p.place, p.done
ORDER BY p.place
