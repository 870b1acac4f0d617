-- title: Playbooks created, edited and deleted
-- question: How much are playbooks worked on?
-- events: CreatePlaybook, UpdatePlaybook, DeletePlaybook
-- owner: incident response
-- columns: bucket=From, created=Created, edited=Edited, deleted=Deleted
-- draws: columns
SELECT
  CAST(DATE_TRUNC($by, day) AS DATE) AS bucket,
  CAST(SUM(playbooks_created) AS BIGINT) AS created,
  CAST(SUM(playbooks_updated) AS BIGINT) AS edited,
  CAST(SUM(playbooks_deleted) AS BIGINT) AS deleted
FROM server_days
WHERE day >= CAST($start AS DATE) AND day < CAST($end AS DATE)
GROUP BY 1
ORDER BY 1
