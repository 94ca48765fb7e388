-- What audits found, and what makes them cheap: screens and alarms ask for the last one instead of
-- making one each.
CREATE TABLE IF NOT EXISTS ${database}.audit_log ${on_cluster}
(
    topic       LowCardinality(String)                  COMMENT 'Event kind',
    audited_at  DateTime64(3, 'UTC') CODEC(Delta, ZSTD) COMMENT 'When the audit ended',
    since       DateTime('UTC')                         COMMENT 'Blocks appended since then were looked at',
    blocks      UInt64                                  COMMENT 'Sealed blocks looked at',
    unaccounted UInt64                                  COMMENT 'Offsets that are neither event, repeat, dead letter nor gap',
    missing     UInt64                                  COMMENT 'Raw rows that the ledger counts and raw has not, or the other way round',
    difference  UInt64                                  COMMENT 'Events by which rollups and raw differ'
)
ENGINE = ${replicated}ReplacingMergeTree
ORDER BY (topic, audited_at)
TTL toDateTime(audited_at) + INTERVAL 90 DAY
COMMENT 'One row per kind and audit by a worker; kept 90 days';

CREATE OR REPLACE VIEW ${database}.audits ${on_cluster} AS
SELECT
    topic, CAST(max(audited_at) AS DateTime64(3, 'Asia/Shanghai')) AS last_audit,
    argMax(log.blocks, audited_at) AS blocks, argMax(log.unaccounted, audited_at) AS unaccounted,
    argMax(log.missing, audited_at) AS missing, argMax(log.difference, audited_at) AS difference
FROM ${database}.audit_log AS log
WHERE audited_at >= now() - INTERVAL 1 DAY
GROUP BY topic
COMMENT 'One row per kind: what the last audit of the last day found; all but blocks are zero';

-- Offsets of a partition come in the order of their append: of raw and rollups only what is new is read.
ALTER TABLE ${database}.raw_calls ${on_cluster} ADD INDEX IF NOT EXISTS by_append appended_at TYPE minmax GRANULARITY 1;

ALTER TABLE ${database}.raw_calls ${on_cluster} MATERIALIZE INDEX by_append;

ALTER TABLE ${database}.rollup_calls ${on_cluster} ADD INDEX IF NOT EXISTS by_append_day append_day TYPE minmax GRANULARITY 1;

ALTER TABLE ${database}.rollup_calls ${on_cluster} MATERIALIZE INDEX by_append_day;

ALTER TABLE ${database}.raw_bookings ${on_cluster} ADD INDEX IF NOT EXISTS by_append appended_at TYPE minmax GRANULARITY 1;

ALTER TABLE ${database}.raw_bookings ${on_cluster} MATERIALIZE INDEX by_append;

ALTER TABLE ${database}.rollup_bookings ${on_cluster} ADD INDEX IF NOT EXISTS by_append_day append_day TYPE minmax GRANULARITY 1;

ALTER TABLE ${database}.rollup_bookings ${on_cluster} MATERIALIZE INDEX by_append_day;

ALTER TABLE ${database}.raw_telemedicine ${on_cluster} ADD INDEX IF NOT EXISTS by_append appended_at TYPE minmax GRANULARITY 1;

ALTER TABLE ${database}.raw_telemedicine ${on_cluster} MATERIALIZE INDEX by_append;

ALTER TABLE ${database}.rollup_telemedicine ${on_cluster} ADD INDEX IF NOT EXISTS by_append_day append_day TYPE minmax GRANULARITY 1;

ALTER TABLE ${database}.rollup_telemedicine ${on_cluster} MATERIALIZE INDEX by_append_day;

ALTER TABLE ${database}.raw_uploads ${on_cluster} ADD INDEX IF NOT EXISTS by_append appended_at TYPE minmax GRANULARITY 1;

ALTER TABLE ${database}.raw_uploads ${on_cluster} MATERIALIZE INDEX by_append;

ALTER TABLE ${database}.rollup_uploads ${on_cluster} ADD INDEX IF NOT EXISTS by_append_day append_day TYPE minmax GRANULARITY 1;

ALTER TABLE ${database}.rollup_uploads ${on_cluster} MATERIALIZE INDEX by_append_day;

ALTER TABLE ${database}.raw_kiosk_transactions ${on_cluster} ADD INDEX IF NOT EXISTS by_append appended_at TYPE minmax GRANULARITY 1;

ALTER TABLE ${database}.raw_kiosk_transactions ${on_cluster} MATERIALIZE INDEX by_append;

ALTER TABLE ${database}.rollup_kiosk_transactions ${on_cluster} ADD INDEX IF NOT EXISTS by_append_day append_day TYPE minmax GRANULARITY 1;

ALTER TABLE ${database}.rollup_kiosk_transactions ${on_cluster} MATERIALIZE INDEX by_append_day;

-- The audit again: a block that was appended for longer than since goes back has rows from before it.
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
    FROM (SELECT epoch, kafka_partition, kafka_offset, sign FROM ${database}.raw_calls FINAL WHERE counted AND appended_at >= (SELECT minOrNull(first_appended) FROM ${database}.blocks WHERE topic = 'calls' AND sealed AND skipped = 0 AND last_appended >= {since:DateTime})) AS r
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
    FROM (SELECT epoch, kafka_partition, kafka_offset, sign FROM ${database}.raw_bookings FINAL WHERE counted AND appended_at >= (SELECT minOrNull(first_appended) FROM ${database}.blocks WHERE topic = 'bookings' AND sealed AND skipped = 0 AND last_appended >= {since:DateTime})) AS r
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
    FROM (SELECT epoch, kafka_partition, kafka_offset, sign FROM ${database}.raw_telemedicine FINAL WHERE counted AND appended_at >= (SELECT minOrNull(first_appended) FROM ${database}.blocks WHERE topic = 'telemedicine' AND sealed AND skipped = 0 AND last_appended >= {since:DateTime})) AS r
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
    FROM (SELECT epoch, kafka_partition, kafka_offset, sign FROM ${database}.raw_uploads FINAL WHERE counted AND appended_at >= (SELECT minOrNull(first_appended) FROM ${database}.blocks WHERE topic = 'uploads' AND sealed AND skipped = 0 AND last_appended >= {since:DateTime})) AS r
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
    FROM (SELECT epoch, kafka_partition, kafka_offset, sign FROM ${database}.raw_kiosk_transactions FINAL WHERE counted AND appended_at >= (SELECT minOrNull(first_appended) FROM ${database}.blocks WHERE topic = 'kiosk_transactions' AND sealed AND skipped = 0 AND last_appended >= {since:DateTime})) AS r
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
