-- title: Events are loaded within the interval of the sync
-- broken: %(found)s events of the last day waited longer than the interval of the sync before they were loaded, such as %(sample)s. The sync was off, or it failed.
SELECT COUNT(*) AS found, MIN(event_id) AS sample
FROM stg_events
WHERE
  received_at >= CAST($now AS TIMESTAMP) - INTERVAL '1' DAY
  AND DATE_DIFF('second', received_at, loaded_at) > $allowed_seconds
