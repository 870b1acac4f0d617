-- title: Playbook adoption
-- question: On what share of the active servers has a playbook been made?
-- events: all
-- owner: incident response
-- columns: bucket=From, servers=Active servers, with_playbook=With a playbook, share=Share
-- units: share=percent
-- draws: lines share
-- counts_servers: servers, with_playbook
WITH active AS (
  SELECT DISTINCT CAST(DATE_TRUNC($by, day) AS DATE) AS bucket, server_id
  FROM server_days
  WHERE day >= CAST($start AS DATE) AND day < CAST($end AS DATE)
),

adopted AS (
  SELECT server_id, CAST(DATE_TRUNC($by, MIN(first_seen_at)) AS DATE) AS since
  FROM playbooks
  GROUP BY server_id
)

SELECT
  a.bucket,
  COUNT(*) AS servers,
  COUNT(p.server_id) AS with_playbook,
  100.0 * COUNT(p.server_id) / COUNT(*) AS share
FROM active AS a
LEFT JOIN adopted AS p ON p.server_id = a.server_id AND p.since <= a.bucket
GROUP BY a.bucket
ORDER BY a.bucket
