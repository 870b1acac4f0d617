-- title: Events by kind
-- question: Which events arrive, and when last?
-- events: all
-- owner: insights
-- columns: event=Event, events=Events, last_day=Last day
-- draws: bars event events
WITH counted AS (
  SELECT
    SUM(incidents_started) AS create_incident,
    MAX(CASE WHEN incidents_started > 0 THEN day END) AS create_incident_day,
    SUM(incidents_ended) AS end_incident,
    MAX(CASE WHEN incidents_ended > 0 THEN day END) AS end_incident_day,
    SUM(items_added) AS add_item,
    MAX(CASE WHEN items_added > 0 THEN day END) AS add_item_day,
    SUM(items_removed) AS remove_item,
    MAX(CASE WHEN items_removed > 0 THEN day END) AS remove_item_day,
    SUM(items_renamed) AS rename_item,
    MAX(CASE WHEN items_renamed > 0 THEN day END) AS rename_item_day,
    SUM(items_moved) AS move_item,
    MAX(CASE WHEN items_moved > 0 THEN day END) AS move_item_day,
    SUM(items_checked) AS check_item,
    MAX(CASE WHEN items_checked > 0 THEN day END) AS check_item_day,
    SUM(items_unchecked) AS uncheck_item,
    MAX(CASE WHEN items_unchecked > 0 THEN day END) AS uncheck_item_day,
    SUM(playbooks_created) AS create_playbook,
    MAX(CASE WHEN playbooks_created > 0 THEN day END) AS create_playbook_day,
    SUM(playbooks_updated) AS update_playbook,
    MAX(CASE WHEN playbooks_updated > 0 THEN day END) AS update_playbook_day,
    SUM(playbooks_deleted) AS delete_playbook,
    MAX(CASE WHEN playbooks_deleted > 0 THEN day END) AS delete_playbook_day
  FROM server_days
  WHERE day >= CAST($start AS DATE) AND day < CAST($end AS DATE)
),

kinds AS (
  SELECT 'CreateIncident' AS event, create_incident AS events, create_incident_day AS last_day
  FROM counted
  UNION ALL SELECT 'EndIncident', end_incident, end_incident_day FROM counted
  UNION ALL SELECT 'AddChecklistItem', add_item, add_item_day FROM counted
  UNION ALL SELECT 'RemoveChecklistItem', remove_item, remove_item_day FROM counted
  UNION ALL SELECT 'RenameChecklistItem', rename_item, rename_item_day FROM counted
  UNION ALL SELECT 'MoveChecklistItem', move_item, move_item_day FROM counted
  UNION ALL SELECT 'CheckChecklistItem', check_item, check_item_day FROM counted
  UNION ALL SELECT 'UncheckChecklistItem', uncheck_item, uncheck_item_day FROM counted
  UNION ALL SELECT 'CreatePlaybook', create_playbook, create_playbook_day FROM counted
  UNION ALL SELECT 'UpdatePlaybook', update_playbook, update_playbook_day FROM counted
  UNION ALL SELECT 'DeletePlaybook', delete_playbook, delete_playbook_day FROM counted
)

SELECT event, CAST(events AS BIGINT) AS events, last_day
FROM kinds
WHERE events > 0
ORDER BY events DESC, event
