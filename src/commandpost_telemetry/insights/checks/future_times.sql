-- title: Nothing happened in the future
-- broken: %(found)s events say that they happened more than an hour after they were received, such as %(sample)s. A clock is wrong, or a sender makes times up.
SELECT COUNT(*) AS found, MIN(event_id) AS sample
FROM stg_events
WHERE happened_at > received_at + INTERVAL '1' HOUR
