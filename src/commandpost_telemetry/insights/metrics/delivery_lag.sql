-- title: Delivery lag
-- question: How long after a deed is its event received, and how long until it is in the warehouse?
-- events: all
-- owner: insights
-- columns: bucket=From, events=Events, median_seconds=Deed to received (median), high_seconds=5 % take longer than, load_seconds=Received to loaded (median)
-- units: median_seconds=seconds, high_seconds=seconds, load_seconds=seconds
-- note: Of the last 28 days of the range.
-- draws: lines median_seconds high_seconds
SELECT
  CAST(DATE_TRUNC($by, happened_at) AS DATE) AS bucket,
  COUNT(*) AS events,
  QUANTILE_CONT(CAST(DATE_DIFF('second', happened_at, received_at) AS DOUBLE), 0.5)
    AS median_seconds,
  QUANTILE_CONT(CAST(DATE_DIFF('second', happened_at, received_at) AS DOUBLE), 0.95)
    AS high_seconds,
  QUANTILE_CONT(CAST(DATE_DIFF('second', received_at, loaded_at) AS DOUBLE), 0.5)
    AS load_seconds
FROM stg_events
WHERE
  happened_at >= $start AND happened_at >= $end - INTERVAL '28' DAY AND happened_at < $end
GROUP BY 1
ORDER BY 1
