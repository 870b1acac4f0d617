-- title: No id is empty
-- broken: %(found)s events lack the id of their server, incident or playbook, such as %(sample)s. They are in no count per server.
WITH incident_rows AS (
  SELECT event_id FROM stg_incident_events WHERE incident_id IS NULL OR incident_id = ''
),

playbook_rows AS (
  SELECT event_id FROM stg_playbook_events WHERE playbook_id IS NULL OR playbook_id = ''
),

nameless AS (
  SELECT t.id AS event_id FROM tracks AS t WHERE t.user_id IS NULL OR t.user_id = ''
),

found_rows AS (
  SELECT event_id FROM incident_rows
  UNION ALL
  SELECT event_id FROM playbook_rows
  UNION ALL
  SELECT event_id FROM nameless
)

SELECT COUNT(*) AS found, MIN(event_id) AS sample FROM found_rows
