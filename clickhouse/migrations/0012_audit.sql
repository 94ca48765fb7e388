-- The audit: for sealed blocks, what the log had, what raw holds and what the rollups add up to are one.
CREATE OR REPLACE VIEW ${database}.audit ${on_cluster} AS
SELECT
    'calls' AS topic, count() AS blocks,
    sum(abs(toInt64(offsets) - toInt64(accounted))) AS unaccounted,
    sum(abs(toInt64(counted) - rows)) AS missing,
    sum(abs(events - totals)) AS difference
FROM
(
    SELECT * FROM ${database}.blocks WHERE topic = 'calls' AND sealed AND skipped = 0 AND last_appended >= {since:DateTime}
) AS sealed
LEFT JOIN
(
    SELECT r.epoch AS epoch, r.kafka_partition AS kafka_partition, s.block AS block, toInt64(count()) AS rows, sum(r.sign) AS events
    FROM (SELECT epoch, kafka_partition, kafka_offset, sign FROM ${database}.raw_calls FINAL WHERE counted AND appended_at >= {since:DateTime}) AS r
    ASOF INNER JOIN (SELECT epoch, kafka_partition, block FROM ${database}.ledger FINAL WHERE topic = 'calls') AS s
        ON r.epoch = s.epoch AND r.kafka_partition = s.kafka_partition AND r.kafka_offset >= s.block
    GROUP BY epoch, kafka_partition, block
) AS stored USING (epoch, kafka_partition, block)
LEFT JOIN
(
    SELECT epoch, kafka_partition, block, sum(events) AS totals
    FROM ${database}.rollup_calls FINAL
    WHERE grain = 'day' AND taken_back = 0 AND append_day >= toDate({since:DateTime})
      AND definition = (SELECT definition FROM ${database}.definitions FINAL WHERE topic = 'calls')
    GROUP BY epoch, kafka_partition, block
) AS rolled USING (epoch, kafka_partition, block)
UNION ALL
SELECT
    'bookings' AS topic, count() AS blocks,
    sum(abs(toInt64(offsets) - toInt64(accounted))) AS unaccounted,
    sum(abs(toInt64(counted) - rows)) AS missing,
    sum(abs(events - totals)) AS difference
FROM
(
    SELECT * FROM ${database}.blocks WHERE topic = 'bookings' AND sealed AND skipped = 0 AND last_appended >= {since:DateTime}
) AS sealed
LEFT JOIN
(
    SELECT r.epoch AS epoch, r.kafka_partition AS kafka_partition, s.block AS block, toInt64(count()) AS rows, sum(r.sign) AS events
    FROM (SELECT epoch, kafka_partition, kafka_offset, sign FROM ${database}.raw_bookings FINAL WHERE counted AND appended_at >= {since:DateTime}) AS r
    ASOF INNER JOIN (SELECT epoch, kafka_partition, block FROM ${database}.ledger FINAL WHERE topic = 'bookings') AS s
        ON r.epoch = s.epoch AND r.kafka_partition = s.kafka_partition AND r.kafka_offset >= s.block
    GROUP BY epoch, kafka_partition, block
) AS stored USING (epoch, kafka_partition, block)
LEFT JOIN
(
    SELECT epoch, kafka_partition, block, sum(events) AS totals
    FROM ${database}.rollup_bookings FINAL
    WHERE grain = 'day' AND taken_back = 0 AND append_day >= toDate({since:DateTime})
      AND definition = (SELECT definition FROM ${database}.definitions FINAL WHERE topic = 'bookings')
    GROUP BY epoch, kafka_partition, block
) AS rolled USING (epoch, kafka_partition, block)
UNION ALL
SELECT
    'telemedicine' AS topic, count() AS blocks,
    sum(abs(toInt64(offsets) - toInt64(accounted))) AS unaccounted,
    sum(abs(toInt64(counted) - rows)) AS missing,
    sum(abs(events - totals)) AS difference
FROM
(
    SELECT * FROM ${database}.blocks WHERE topic = 'telemedicine' AND sealed AND skipped = 0 AND last_appended >= {since:DateTime}
) AS sealed
LEFT JOIN
(
    SELECT r.epoch AS epoch, r.kafka_partition AS kafka_partition, s.block AS block, toInt64(count()) AS rows, sum(r.sign) AS events
    FROM (SELECT epoch, kafka_partition, kafka_offset, sign FROM ${database}.raw_telemedicine FINAL WHERE counted AND appended_at >= {since:DateTime}) AS r
    ASOF INNER JOIN (SELECT epoch, kafka_partition, block FROM ${database}.ledger FINAL WHERE topic = 'telemedicine') AS s
        ON r.epoch = s.epoch AND r.kafka_partition = s.kafka_partition AND r.kafka_offset >= s.block
    GROUP BY epoch, kafka_partition, block
) AS stored USING (epoch, kafka_partition, block)
LEFT JOIN
(
    SELECT epoch, kafka_partition, block, sum(events) AS totals
    FROM ${database}.rollup_telemedicine FINAL
    WHERE grain = 'day' AND taken_back = 0 AND append_day >= toDate({since:DateTime})
      AND definition = (SELECT definition FROM ${database}.definitions FINAL WHERE topic = 'telemedicine')
    GROUP BY epoch, kafka_partition, block
) AS rolled USING (epoch, kafka_partition, block)
UNION ALL
SELECT
    'uploads' AS topic, count() AS blocks,
    sum(abs(toInt64(offsets) - toInt64(accounted))) AS unaccounted,
    sum(abs(toInt64(counted) - rows)) AS missing,
    sum(abs(events - totals)) AS difference
FROM
(
    SELECT * FROM ${database}.blocks WHERE topic = 'uploads' AND sealed AND skipped = 0 AND last_appended >= {since:DateTime}
) AS sealed
LEFT JOIN
(
    SELECT r.epoch AS epoch, r.kafka_partition AS kafka_partition, s.block AS block, toInt64(count()) AS rows, sum(r.sign) AS events
    FROM (SELECT epoch, kafka_partition, kafka_offset, sign FROM ${database}.raw_uploads FINAL WHERE counted AND appended_at >= {since:DateTime}) AS r
    ASOF INNER JOIN (SELECT epoch, kafka_partition, block FROM ${database}.ledger FINAL WHERE topic = 'uploads') AS s
        ON r.epoch = s.epoch AND r.kafka_partition = s.kafka_partition AND r.kafka_offset >= s.block
    GROUP BY epoch, kafka_partition, block
) AS stored USING (epoch, kafka_partition, block)
LEFT JOIN
(
    SELECT epoch, kafka_partition, block, sum(events) AS totals
    FROM ${database}.rollup_uploads FINAL
    WHERE grain = 'day' AND taken_back = 0 AND append_day >= toDate({since:DateTime})
      AND definition = (SELECT definition FROM ${database}.definitions FINAL WHERE topic = 'uploads')
    GROUP BY epoch, kafka_partition, block
) AS rolled USING (epoch, kafka_partition, block)
UNION ALL
SELECT
    'kiosk_transactions' AS topic, count() AS blocks,
    sum(abs(toInt64(offsets) - toInt64(accounted))) AS unaccounted,
    sum(abs(toInt64(counted) - rows)) AS missing,
    sum(abs(events - totals)) AS difference
FROM
(
    SELECT * FROM ${database}.blocks WHERE topic = 'kiosk_transactions' AND sealed AND skipped = 0 AND last_appended >= {since:DateTime}
) AS sealed
LEFT JOIN
(
    SELECT r.epoch AS epoch, r.kafka_partition AS kafka_partition, s.block AS block, toInt64(count()) AS rows, sum(r.sign) AS events
    FROM (SELECT epoch, kafka_partition, kafka_offset, sign FROM ${database}.raw_kiosk_transactions FINAL WHERE counted AND appended_at >= {since:DateTime}) AS r
    ASOF INNER JOIN (SELECT epoch, kafka_partition, block FROM ${database}.ledger FINAL WHERE topic = 'kiosk_transactions') AS s
        ON r.epoch = s.epoch AND r.kafka_partition = s.kafka_partition AND r.kafka_offset >= s.block
    GROUP BY epoch, kafka_partition, block
) AS stored USING (epoch, kafka_partition, block)
LEFT JOIN
(
    SELECT epoch, kafka_partition, block, sum(events) AS totals
    FROM ${database}.rollup_kiosk_transactions FINAL
    WHERE grain = 'day' AND taken_back = 0 AND append_day >= toDate({since:DateTime})
      AND definition = (SELECT definition FROM ${database}.definitions FINAL WHERE topic = 'kiosk_transactions')
    GROUP BY epoch, kafka_partition, block
) AS rolled USING (epoch, kafka_partition, block)
COMMENT 'audit(since = …): one row per kind over blocks appended since. unaccounted offsets, raw rows missing against the ledger, and the difference of rollups against raw are 0, or something is wrong';
