-- One row per alert that is not over, the critical ones first: since when, and what about whom.
SELECT
    if(toYear(since) = toYear(now('Asia/Shanghai')), formatDateTime(since, '%m-%d %H:%i'), formatDateTime(since, '%Y-%m-%d')) AS `起于`,
    replaceRegexpOne(text, ' (已|一小时|又有).*', '') AS `告警`
FROM alerts_open
WHERE origin IN (${origin:singlequote})
ORDER BY level = 'critical' DESC, raised_at DESC
LIMIT 6
