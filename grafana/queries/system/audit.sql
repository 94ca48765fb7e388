-- One row per event kind: the last audit's sealed blocks, and how far log, raw and rollups are apart.
SELECT
    transform(topic, ['calls', 'bookings', 'telemedicine', 'uploads', 'kiosk_transactions'], ['12320 来电', '预约', '远程医疗', '数据上传', '自助机'], topic) AS `事件`,
    blocks AS `已封块`, unaccounted AS `日志差`, missing AS `明细差`, difference AS `汇总差`,
    if(unaccounted = 0 AND missing = 0 AND difference = 0, '相符', '不符') AS `结论`,
    formatDateTime(last_audit, '%H:%i:%S') AS `审计于`
FROM audits
ORDER BY topic
