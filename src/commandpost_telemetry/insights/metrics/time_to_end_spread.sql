-- title: Time to end, spread
-- question: Are most incidents short, and how long is the tail?
-- events: CreateIncident, EndIncident
-- owner: incident response
-- columns: place=Place, lasted=Lasted, incidents=Incidents
-- words: lasted
-- draws: bars lasted incidents
-- hides: place
WITH placed AS (
  SELECT
    CASE
      WHEN seconds_to_end < 900 THEN 1
      WHEN seconds_to_end < 1800 THEN 2
      WHEN seconds_to_end < 3600 THEN 3
      WHEN seconds_to_end < 7200 THEN 4
      WHEN seconds_to_end < 14400 THEN 5
      WHEN seconds_to_end < 28800 THEN 6
      WHEN seconds_to_end < 86400 THEN 7
      ELSE 8
    END AS place
  FROM incidents
  WHERE ended_at >= $start AND ended_at < $end AND seconds_to_end IS NOT NULL
),

places AS (
  SELECT 1 AS place, 'under 15 minutes' AS lasted
  UNION ALL SELECT 2, '15 to 30 minutes'
  UNION ALL SELECT 3, '30 to 60 minutes'
  UNION ALL SELECT 4, '1 to 2 hours'
  UNION ALL SELECT 5, '2 to 4 hours'
  UNION ALL SELECT 6, '4 to 8 hours'
  UNION ALL SELECT 7, '8 to 24 hours'
  UNION ALL SELECT 8, 'a day or more'
)

SELECT p.place, p.lasted, COUNT(d.place) AS incidents
FROM places AS p
LEFT JOIN placed AS d ON p.place = d.place
GROUP BY p.place, p.lasted
ORDER BY p.place
