-- title: Active users
-- question: How many people do something in incidents?
-- events: CreateIncident, EndIncident, AddChecklistItem, RemoveChecklistItem, RenameChecklistItem, MoveChecklistItem, CheckChecklistItem, UncheckChecklistItem
-- owner: insights
-- columns: bucket=From, users=People, servers=Servers
-- draws: lines users
-- counts_servers: servers
SELECT
  CAST(DATE_TRUNC($by, day) AS DATE) AS bucket,
  COUNT(DISTINCT user_id) AS users,
  COUNT(DISTINCT server_id) AS servers
FROM user_days
WHERE day >= CAST($start AS DATE) AND day < CAST($end AS DATE)
GROUP BY 1
ORDER BY 1
