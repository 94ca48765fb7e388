-- One row per source system heard in the past 35 days: whole hours without an event until now, and the
-- most there were at this hour of the week in the past four weeks; null before two weeks are known.
SELECT
    source AS `来源`,
    transform(topic, ['calls', 'bookings', 'telemedicine', 'uploads', 'kiosk_transactions'], ['12320 来电', '预约', '远程医疗', '数据上传', '自助机'], topic) AS `事件`,
    transform(origin, ['live', 'replay', 'simulated'], ['实况', '回放', '模拟'], origin) AS `数据`,
    quiet_hours AS `静默（小时）`, habit_hours AS `平常最长`,
    multiIf(quiet_hours <= ifNull(habit_hours, 24), '正常', '静默') AS `状态`
FROM quiet_sources
WHERE origin IN (${origin:singlequote})
ORDER BY `状态` = '静默' DESC, topic = 'uploads' DESC, quiet_hours DESC, `来源`
