-- title: Every event seen is in the catalogue
-- broken: %(found)s events are not in the catalogue, such as “%(sample)s”. Declare them or stop sending them.
WITH kinds AS (
  SELECT t.event_text AS event, COUNT(*) AS events
  FROM tracks AS t
  GROUP BY t.event_text
)

SELECT CAST(COALESCE(SUM(events), 0) AS BIGINT) AS found, MIN(event) AS sample
FROM kinds
WHERE STRPOS($known, ',' || COALESCE(event, '') || ',') = 0
