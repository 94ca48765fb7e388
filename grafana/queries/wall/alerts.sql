-- One row per alert that is not over, the newest first: since when, and what.
SELECT
    formatDateTime(since, '%m-%d %H:%i') AS `起于`,
    splitByChar('，', text)[1] AS `告警`
FROM alerts_open
WHERE origin IN (${origin:singlequote})
ORDER BY level = 'critical' DESC, raised_at DESC
LIMIT 7
