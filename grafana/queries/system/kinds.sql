-- One row per event kind: when its newest message came and its figures changed, and what its messages
-- became. The delay is null where nothing came for ten minutes: a worker that starts writes its last
-- block again, which says nothing of how long its messages lay.
SELECT
    transform(topic, ['calls', 'bookings', 'telemedicine', 'uploads', 'kiosk_transactions', 'statements', 'institutions', 'alerts'], ['12320 来电', '预约', '远程医疗', '数据上传', '自助机', '存量申报', '机构登记', '告警'], topic) AS `事件`,
    dateDiff('second', last_appended, now64(3)) AS `最新消息距今（秒）`,
    if(last_appended >= now64(3) - INTERVAL 10 MINUTE, greatest(0, dateDiff('millisecond', last_appended, changed) / 1000), NULL) AS `入库延迟（秒）`,
    counted AS `计入`, repeats AS `重复`, dead AS `死信`
FROM freshness INNER JOIN pulse USING topic
ORDER BY counted DESC
