-- title: Active servers
-- question: On how many servers is the product used?
-- events: all
-- owner: insights
-- columns: bucket=From, servers=Servers
-- draws: lines servers
-- counts_servers: servers
SELECT CAST(DATE_TRUNC($by, day) AS DATE) AS bucket, COUNT(DISTINCT server_id) AS servers
FROM server_days
WHERE day >= CAST($start AS DATE) AND day < CAST($end AS DATE)
GROUP BY 1
ORDER BY 1
