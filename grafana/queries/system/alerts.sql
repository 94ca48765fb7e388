-- One row per alert that was open at some time within the range, the newest first.
SELECT
    formatDateTime(a.raised_at, '%Y-%m-%d %H:%i') AS `告警于`,
    ifNull(formatDateTime(a.cleared_at, '%Y-%m-%d %H:%i'), '—') AS `解除于`,
    transform(origin, ['live', 'replay', 'simulated'], ['实况', '回放', '模拟'], origin) AS `数据`,
    if(a.cleared_at IS NULL, '未解除', '已解除') AS `状态`,
    text AS `告警`
FROM alerts AS a
WHERE origin IN (${origin:singlequote}) AND a.raised_at <= $__toTime AND ifNull(a.cleared_at, now()) >= $__fromTime
ORDER BY a.raised_at DESC
LIMIT 200
