-- title: Every catalogue event is seen
-- broken: %(found)s catalogue events have not been seen from the versions in use: %(sample)s. Do the deed once, or look whether its action still records it.
-- advises: yes
WITH seen AS (
  SELECT
    SUM(incidents_started) AS createincident,
    SUM(incidents_ended) AS endincident,
    SUM(items_added) AS addchecklistitem,
    SUM(items_removed) AS removechecklistitem,
    SUM(items_renamed) AS renamechecklistitem,
    SUM(items_moved) AS movechecklistitem,
    SUM(items_checked) AS checkchecklistitem,
    SUM(items_unchecked) AS uncheckchecklistitem,
    SUM(playbooks_created) AS createplaybook,
    SUM(playbooks_updated) AS updateplaybook,
    SUM(playbooks_deleted) AS deleteplaybook
  FROM server_days
  WHERE version IN (
    SELECT v.version
    FROM server_versions AS v
    WHERE v.last_day >= CAST($now AS DATE) - INTERVAL '28' DAY
  )
),

counts AS (
  SELECT 'CreateIncident' AS event, createincident AS events FROM seen
  UNION ALL SELECT 'EndIncident', endincident FROM seen
  UNION ALL SELECT 'AddChecklistItem', addchecklistitem FROM seen
  UNION ALL SELECT 'RemoveChecklistItem', removechecklistitem FROM seen
  UNION ALL SELECT 'RenameChecklistItem', renamechecklistitem FROM seen
  UNION ALL SELECT 'MoveChecklistItem', movechecklistitem FROM seen
  UNION ALL SELECT 'CheckChecklistItem', checkchecklistitem FROM seen
  UNION ALL SELECT 'UncheckChecklistItem', uncheckchecklistitem FROM seen
  UNION ALL SELECT 'CreatePlaybook', createplaybook FROM seen
  UNION ALL SELECT 'UpdatePlaybook', updateplaybook FROM seen
  UNION ALL SELECT 'DeletePlaybook', deleteplaybook FROM seen
)

SELECT COUNT(*) AS found, STRING_AGG(event, ', ' ORDER BY event) AS sample
FROM counts
WHERE COALESCE(events, 0) = 0
