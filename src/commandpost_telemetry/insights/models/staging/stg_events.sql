-- says: every event of the catalogue, with the columns that all of them have
SELECT
  i.event_id, i.event, i.server_id, i.happened_at, i.day, i.sent_at, i.received_at, i.loaded_at,
  i.version, i.server_version, i.actor_id
FROM stg_incident_events AS i
UNION ALL
SELECT
  p.event_id, p.event, p.server_id, p.happened_at, p.day, p.sent_at, p.received_at, p.loaded_at,
  p.version, p.server_version, NULL AS actor_id
FROM stg_playbook_events AS p
