-- One row per kind and reason of the last 90 days: messages that were no events.
SELECT
    transform(topic, ['calls', 'bookings', 'telemedicine', 'uploads', 'kiosk_transactions', 'statements', 'institutions', 'alerts'], ['12320 来电', '预约', '远程医疗', '数据上传', '自助机', '存量申报', '机构登记', '告警'], topic) AS `事件`,
    detail AS `原因`, letters AS `条数`, formatDateTime(last, '%Y-%m-%d %H:%i:%S', 'Asia/Shanghai') AS `最近一次`
FROM dead_letters_by_reason
ORDER BY last DESC
LIMIT 50
