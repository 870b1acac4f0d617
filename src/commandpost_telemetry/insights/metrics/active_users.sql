-- title: Active users
-- question: How many people do something in incidents?
-- events: CreateIncident, EndIncident, AddChecklistItem, RemoveChecklistItem, RenameChecklistItem, MoveChecklistItem, CheckChecklistItem, UncheckChecklistItem
-- owner: insights
-- columns: bucket=From, users=People
-- draws: lines users
-- note: A person counts once in each step. A step that the range cuts is counted day by day.
WITH whole AS (
  SELECT day AS bucket, COUNT(*) AS users
  FROM user_days
  WHERE $by = 'day' AND day >= CAST($start AS DATE) AND day < CAST($end AS DATE)
  GROUP BY day
  UNION ALL
  SELECT week, COUNT(*)
  FROM user_weeks
  WHERE $by = 'week' AND week >= CAST($start AS DATE) AND week < CAST($last_step AS DATE)
  GROUP BY week
  UNION ALL
  SELECT month, COUNT(*)
  FROM user_months
  WHERE $by = 'month' AND month >= CAST($start AS DATE) AND month < CAST($last_step AS DATE)
  GROUP BY month
),

cut AS (
  SELECT CAST(DATE_TRUNC($by, day) AS DATE) AS bucket, user_id
  FROM user_days
  WHERE
    $by <> 'day'
    AND (
      (day >= CAST($start AS DATE) AND day < CAST($second_step AS DATE))
      OR (day >= CAST($last_step AS DATE) AND day < CAST($end AS DATE))
    )
),

edges AS (
  SELECT bucket, COUNT(DISTINCT user_id) AS users
  FROM cut
  WHERE bucket < CAST($start AS DATE) OR bucket >= CAST($last_step AS DATE)
  GROUP BY bucket
)

SELECT bucket, users FROM whole
UNION ALL
SELECT bucket, users FROM edges
ORDER BY 1
