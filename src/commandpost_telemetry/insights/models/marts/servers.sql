-- says: one row per server, with the buyer of its licence where it has one
WITH licensed AS (
  SELECT
    diagnostic_id,
    licence_id,
    customer,
    edition,
    ends_on,
    ROW_NUMBER() OVER (PARTITION BY diagnostic_id ORDER BY ends_on DESC, licence_id) AS place
  FROM licences
)

SELECT
  t.server_id,
  t.first_day,
  t.last_day,
  t.last_at,
  t.version,
  t.server_version,
  t.days_active,
  t.events,
  t.incidents_started,
  t.incidents_ended,
  l.licence_id,
  l.customer,
  COALESCE(l.edition, 'unlicensed') AS edition,
  l.ends_on AS licence_ends_on
FROM server_life AS t
LEFT JOIN licensed AS l ON l.diagnostic_id = t.server_id AND l.place = 1
