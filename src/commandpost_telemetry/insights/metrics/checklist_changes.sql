-- title: Checklist changes
-- question: What do people do with checklists during incidents?
-- events: AddChecklistItem, CheckChecklistItem, UncheckChecklistItem, RenameChecklistItem, MoveChecklistItem, RemoveChecklistItem
-- owner: incident response
-- columns: bucket=From, added=Added, checked=Checked, unchecked=Unchecked, renamed=Renamed, moved=Moved, removed=Removed
-- draws: stacked
SELECT
  CAST(DATE_TRUNC($by, day) AS DATE) AS bucket,
  CAST(SUM(items_added) AS BIGINT) AS added,
  CAST(SUM(items_checked) AS BIGINT) AS checked,
  CAST(SUM(items_unchecked) AS BIGINT) AS unchecked,
  CAST(SUM(items_renamed) AS BIGINT) AS renamed,
  CAST(SUM(items_moved) AS BIGINT) AS moved,
  CAST(SUM(items_removed) AS BIGINT) AS removed
FROM server_days
WHERE day >= CAST($start AS DATE) AND day < CAST($end AS DATE)
GROUP BY 1
ORDER BY 1
