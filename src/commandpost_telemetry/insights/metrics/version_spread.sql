-- title: Spread of versions
-- question: How fast does a new version spread over the servers?
-- events: all
-- owner: insights
-- columns: bucket=From, version=Version, servers=Servers
-- draws: stacked_by version servers
-- counts_servers: servers
-- has_total: yes
SELECT
  CAST(DATE_TRUNC($by, day) AS DATE) AS bucket,
  version,
  COUNT(DISTINCT server_id) AS servers
FROM server_days
WHERE day >= CAST($start AS DATE) AND day < CAST($end AS DATE)
GROUP BY 1, 2
ORDER BY 1, 2
