-- title: Versions in use
-- question: Which versions of the product run on the active servers?
-- events: all
-- owner: insights
-- columns: version=Version, servers=Servers, share=Share
-- units: share=percent
-- draws: bars version servers share
-- counts_servers: servers
-- has_total: yes
WITH newest AS (
  SELECT
    server_id,
    version,
    ROW_NUMBER() OVER (PARTITION BY server_id ORDER BY day DESC) AS place
  FROM server_days
  WHERE day >= CAST($start AS DATE) AND day < CAST($end AS DATE)
)

SELECT
  version,
  COUNT(*) AS servers,
  100.0 * COUNT(*) / SUM(COUNT(*)) OVER () AS share
FROM newest
WHERE place = 1
GROUP BY version
ORDER BY servers DESC, version
