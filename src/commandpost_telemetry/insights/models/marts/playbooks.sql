-- says: one row per playbook: its life and its size when last seen
-- key: server_id, playbook_id
-- from: stg_playbook_events
WITH ranked AS (
  SELECT
    *,
    ROW_NUMBER() OVER (
      PARTITION BY server_id, playbook_id ORDER BY happened_at DESC, event_id DESC
    ) AS newest
  FROM stg_playbook_events
  WHERE playbook_id IS NOT NULL
)

SELECT
  server_id,
  playbook_id,
  MAX(team_id) AS team_id,
  MAX(CASE WHEN newest = 1 THEN version END) AS version,
  MIN(CASE WHEN event = 'CreatePlaybook' THEN happened_at END) AS created_at,
  MIN(happened_at) AS first_seen_at,
  MAX(happened_at) AS last_changed_at,
  MAX(CASE WHEN event = 'DeletePlaybook' THEN happened_at END) AS deleted_at,
  CAST(SUM(CASE WHEN event = 'UpdatePlaybook' THEN 1 ELSE 0 END) AS BIGINT) AS edits,
  MAX(CASE WHEN newest = 1 THEN checklists END) AS checklists,
  MAX(CASE WHEN newest = 1 THEN items END) AS items
FROM ranked
GROUP BY server_id, playbook_id
