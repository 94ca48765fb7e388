-- One row per source system of the last weeks: when it was last heard, to the hour.
SELECT
    source AS `来源`,
    transform(topic, ['calls', 'bookings', 'telemedicine', 'uploads', 'kiosk_transactions'], ['12320 来电', '预约', '远程医疗', '数据上传', '自助机'], topic) AS `事件`,
    transform(origin, ['live', 'replay', 'simulated'], ['实况', '回放', '模拟'], origin) AS `数据`,
    formatDateTime(last_hour, '%Y-%m-%d %H 时') AS `最近一小时`,
    multiIf(origin = 'replay', '回放完毕', last_hour >= now('Asia/Shanghai') - INTERVAL 2 HOUR, '正常', '静默') AS `状态`
FROM last_heard
WHERE origin IN (${origin:singlequote})
ORDER BY last_hour DESC, `来源`, `事件`
