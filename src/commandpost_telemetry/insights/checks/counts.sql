-- title: The tables hold what the loads say
-- broken: The loads say that they added %(sample)s rows to tracks; %(found)s are missing or too many. Somebody changed the table by hand, or a restore was not whole.
-- reads_loader: yes
WITH said AS (
  SELECT COALESCE(SUM(l.added), 0) AS added
  FROM loader.load_tables AS l
  WHERE LOWER(l.table_name) = 'tracks'
),

held AS (
  SELECT COUNT(*) AS kept FROM tracks AS t
)

SELECT CAST(ABS(s.added - h.kept) AS BIGINT) AS found, CAST(s.added AS VARCHAR) AS sample
FROM said AS s
CROSS JOIN held AS h
