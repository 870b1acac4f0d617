-- title: Every event seen is in the catalogue
-- broken: {found} events are not in the catalogue, such as “{sample}”. Declare them or stop sending them.
SELECT COUNT(*) AS found, MIN(t.event_text) AS sample
FROM tracks AS t
WHERE STRPOS($known, ',' || COALESCE(t.event_text, '') || ',') = 0
