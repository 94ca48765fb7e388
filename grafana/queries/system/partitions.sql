-- One row per partition: its newest block, where it stands in the log, and when it was written. The
-- delay is null where nothing came for ten minutes.
SELECT
    topic AS `主题`, kafka_partition AS `分区`, max(last_offset) AS `已入库至`,
    argMax(sealed, last_offset) = 1 ? '已封' : '进行中' AS `最新块`,
    if(max(last_appended) >= now64(3) - INTERVAL 10 MINUTE, greatest(0, dateDiff('second', max(last_appended), max(written_at))), NULL) AS `写入延迟（秒）`,
    formatDateTime(max(written_at), '%m-%d %H:%i:%S', 'Asia/Shanghai') AS `最近写入`
FROM blocks
WHERE (topic, epoch) IN (SELECT topic, max(epoch) FROM blocks GROUP BY topic)
GROUP BY topic, kafka_partition
ORDER BY topic, kafka_partition
