-- title: Receiver health
-- question: How much of what was received came again, was refused, or held values that did not fit?
-- events: all
-- owner: insights
-- columns: bucket=From, messages=Messages, loaded=Loaded, repeated=Repeats, rejected=Refused, discarded=Values discarded
-- draws: stacked loaded repeated rejected
-- note: By the day of the load, of all servers: a filter does not narrow it.
SELECT
  CAST(DATE_TRUNC($by, finished_at) AS DATE) AS bucket,
  CAST(SUM(messages) AS BIGINT) AS messages,
  CAST(SUM(loaded) AS BIGINT) AS loaded,
  CAST(SUM(repeated) AS BIGINT) AS repeated,
  CAST(SUM(rejected) AS BIGINT) AS rejected,
  CAST(SUM(discarded) AS BIGINT) AS discarded
FROM loader.loads
WHERE finished_at >= $start AND finished_at < $end
GROUP BY 1
ORDER BY 1
