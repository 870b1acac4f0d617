-- title: Age and edits of playbooks
-- question: How old do playbooks get, and are the old ones kept up?
-- events: CreatePlaybook, UpdatePlaybook, DeletePlaybook
-- owner: incident response
-- columns: place=Place, age=Age, playbooks=Playbooks, edits=Edits, edits_each=Edits each
-- words: age
-- draws: bars age playbooks
-- hides: place
-- note: Playbooks not deleted by the end of the range.
WITH alive AS (
  SELECT
    CASE
      WHEN DATE_DIFF('day', first_seen_at, CAST($end AS TIMESTAMP)) <= 7 THEN 1
      WHEN DATE_DIFF('day', first_seen_at, CAST($end AS TIMESTAMP)) <= 30 THEN 2
      WHEN DATE_DIFF('day', first_seen_at, CAST($end AS TIMESTAMP)) <= 90 THEN 3
      WHEN DATE_DIFF('day', first_seen_at, CAST($end AS TIMESTAMP)) <= 180 THEN 4
      ELSE 5
    END AS place,
    edits
  FROM playbooks
  WHERE first_seen_at < $end AND (deleted_at IS NULL OR deleted_at >= $end)
),

places AS (
  SELECT 1 AS place, 'up to a week' AS age
  UNION ALL SELECT 2, 'up to 30 days'
  UNION ALL SELECT 3, 'up to 90 days'
  UNION ALL SELECT 4, 'up to 180 days'
  UNION ALL SELECT 5, 'older'
)

SELECT
  p.place,
  p.age,
  COUNT(a.place) AS playbooks,
  CAST(COALESCE(SUM(a.edits), 0) AS BIGINT) AS edits,
  CASE WHEN COUNT(a.place) > 0 THEN CAST(SUM(a.edits) AS DOUBLE) / COUNT(a.place) END AS edits_each
FROM places AS p
LEFT JOIN alive AS a ON p.place = a.place
GROUP BY p.place, p.age
ORDER BY p.place
