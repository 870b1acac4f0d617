-- says: one row per server and day (UTC) on which it sent something, with the count of each event
-- key: server_id, day
-- from: stg_events
-- asked_by: day
WITH by_version AS (
  SELECT
    server_id,
    day,
    version,
    server_version,
    MAX(happened_at) AS last_at,
    COUNT(*) AS events,
    SUM(CASE WHEN event = 'CreateIncident' THEN 1 ELSE 0 END) AS incidents_started,
    SUM(CASE WHEN event = 'EndIncident' THEN 1 ELSE 0 END) AS incidents_ended,
    SUM(CASE WHEN event = 'AddChecklistItem' THEN 1 ELSE 0 END) AS items_added,
    SUM(CASE WHEN event = 'RemoveChecklistItem' THEN 1 ELSE 0 END) AS items_removed,
    SUM(CASE WHEN event = 'RenameChecklistItem' THEN 1 ELSE 0 END) AS items_renamed,
    SUM(CASE WHEN event = 'MoveChecklistItem' THEN 1 ELSE 0 END) AS items_moved,
    SUM(CASE WHEN event = 'CheckChecklistItem' THEN 1 ELSE 0 END) AS items_checked,
    SUM(CASE WHEN event = 'UncheckChecklistItem' THEN 1 ELSE 0 END) AS items_unchecked,
    SUM(CASE WHEN event = 'CreatePlaybook' THEN 1 ELSE 0 END) AS playbooks_created,
    SUM(CASE WHEN event = 'UpdatePlaybook' THEN 1 ELSE 0 END) AS playbooks_updated,
    SUM(CASE WHEN event = 'DeletePlaybook' THEN 1 ELSE 0 END) AS playbooks_deleted
  FROM stg_events
  WHERE happened_at IS NOT NULL
  GROUP BY server_id, day, version, server_version
),

ranked AS (
  SELECT
    *,
    ROW_NUMBER() OVER (
      PARTITION BY server_id, day ORDER BY last_at DESC, version DESC, server_version DESC
    ) AS newest
  FROM by_version
)

SELECT
  server_id,
  day,
  MAX(CASE WHEN newest = 1 THEN version END) AS version,
  MAX(CASE WHEN newest = 1 THEN server_version END) AS server_version,
  MAX(last_at) AS last_at,
  CAST(SUM(events) AS BIGINT) AS events,
  CAST(SUM(incidents_started) AS BIGINT) AS incidents_started,
  CAST(SUM(incidents_ended) AS BIGINT) AS incidents_ended,
  CAST(SUM(items_added) AS BIGINT) AS items_added,
  CAST(SUM(items_removed) AS BIGINT) AS items_removed,
  CAST(SUM(items_renamed) AS BIGINT) AS items_renamed,
  CAST(SUM(items_moved) AS BIGINT) AS items_moved,
  CAST(SUM(items_checked) AS BIGINT) AS items_checked,
  CAST(SUM(items_unchecked) AS BIGINT) AS items_unchecked,
  CAST(SUM(playbooks_created) AS BIGINT) AS playbooks_created,
  CAST(SUM(playbooks_updated) AS BIGINT) AS playbooks_updated,
  CAST(SUM(playbooks_deleted) AS BIGINT) AS playbooks_deleted
FROM ranked
GROUP BY server_id, day
