-- title: Events by kind
-- question: Which events arrive, from how many servers, and when last?
-- events: all
-- owner: insights
-- columns: event=Event, events=Events, servers=Servers, last_at=Last
-- draws: bars event events
-- counts_servers: servers
SELECT
  event,
  COUNT(*) AS events,
  COUNT(DISTINCT server_id) AS servers,
  MAX(happened_at) AS last_at
FROM stg_events
WHERE happened_at >= $start AND happened_at < $end
GROUP BY event
ORDER BY events DESC, event
