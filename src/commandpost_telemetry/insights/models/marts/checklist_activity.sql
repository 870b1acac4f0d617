-- says: what was done to checklist items, per server and day
SELECT
  server_id,
  day,
  version,
  items_added AS added,
  items_checked AS checked,
  items_unchecked AS unchecked,
  items_renamed AS renamed,
  items_moved AS moved,
  items_removed AS removed
FROM server_days
WHERE
  items_added + items_checked + items_unchecked + items_renamed + items_moved + items_removed > 0
