-- title: Where incidents come from
-- question: Are incidents started from a playbook, and from a post?
-- events: CreateIncident
-- owner: incident response
-- columns: bucket=From, from_playbook=From a playbook, without_playbook=Without one, from_post=From a post
-- draws: stacked from_playbook without_playbook
-- note: An incident counts as from a playbook when it started with items; the event does not name the playbook.
SELECT
  CAST(DATE_TRUNC($by, started_at) AS DATE) AS bucket,
  CAST(SUM(CASE WHEN is_from_playbook THEN 1 ELSE 0 END) AS BIGINT) AS from_playbook,
  CAST(SUM(CASE WHEN is_from_playbook THEN 0 ELSE 1 END) AS BIGINT) AS without_playbook,
  CAST(SUM(CASE WHEN is_from_post THEN 1 ELSE 0 END) AS BIGINT) AS from_post
FROM incidents
WHERE started_at >= $start AND started_at < $end
GROUP BY 1
ORDER BY 1
