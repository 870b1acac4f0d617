-- title: From start to end
-- question: Of the incidents started, in how many is an item checked, and how many are ended?
-- events: CreateIncident, CheckChecklistItem, EndIncident
-- owner: incident response
-- columns: place=Place, step=Step, incidents=Incidents, share=Share
-- words: step
-- units: share=percent
-- draws: bars step incidents share
-- hides: place
WITH chosen AS (
  SELECT * FROM incidents WHERE started_at >= $start AND started_at < $end
),

steps AS (
  SELECT 1 AS place, 'started' AS step, COUNT(*) AS incidents FROM chosen
  UNION ALL
  SELECT 2, 'first item checked', COUNT(*) FROM chosen WHERE first_checked_at IS NOT NULL
  UNION ALL
  SELECT 3, 'ended after a check', COUNT(*)
  FROM chosen
  WHERE first_checked_at IS NOT NULL AND is_ended
),

whole AS (
  SELECT COUNT(*) AS incidents FROM chosen
)

SELECT
  s.place,
  s.step,
  s.incidents,
  CASE WHEN w.incidents > 0 THEN 100.0 * s.incidents / w.incidents END AS share
FROM steps AS s
CROSS JOIN whole AS w
ORDER BY s.place
