-- calls: every event as it came, and what it adds up to.

-- Sorted by its place in the log: an insert done again has the same key, a partition's ids are read back
-- in one range, and the audit counts a block in one range. Cut by month of the event, which is how
-- analysts ask and what never changes; no TTL: raw is kept for ever.
CREATE TABLE IF NOT EXISTS ${database}.raw_calls ${on_cluster}
(
    event_id        String                         CODEC(ZSTD)        COMMENT 'Identity of the event, from its source',
    occurred_at     DateTime64(3, 'UTC')           CODEC(Delta, ZSTD) COMMENT 'When it happened',
    source          LowCardinality(String)                            COMMENT 'System that says so',
    origin          LowCardinality(String)                            COMMENT 'live, replay or simulated',
    sign            Int8                                              COMMENT '1: it happened; -1: takes back the event that corrects names',
    corrects        Nullable(String)                                  COMMENT 'event_id of the event taken back or amended; null: none',
    line            LowCardinality(String)                            COMMENT 'hotline, order_city or order_province',
    city            LowCardinality(Nullable(String))                   COMMENT 'City code; null for orders and where unknown',
    category        LowCardinality(Nullable(String))                   COMMENT 'Category code; null where unknown',
    epoch           UInt16                                            COMMENT 'Life of the topic',
    kafka_partition UInt16                                            COMMENT 'Kafka partition',
    kafka_offset    UInt64                         CODEC(Delta, ZSTD) COMMENT 'Kafka offset',
    appended_at     DateTime64(3, 'UTC')           CODEC(Delta, ZSTD) COMMENT 'When the broker appended it',
    counted         UInt8                                             COMMENT '1: it counts; 0: a repeat of an id within the horizon before it',
    INDEX by_id event_id TYPE bloom_filter GRANULARITY 4,
    INDEX by_time occurred_at TYPE minmax GRANULARITY 1
)
ENGINE = ${replicated}ReplacingMergeTree
PARTITION BY toYYYYMM(occurred_at, 'Asia/Shanghai')
ORDER BY (epoch, kafka_partition, kafka_offset)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1
COMMENT 'One row per decoded offset: one call or work order, repeats included (counted = 0). Never sum without counted and sign';

-- Absolute totals of a block so far, never deltas: written again, the line with the greater last_offset
-- wins. Figures are sums over blocks with FINAL; ask the views calls_by_minute, _by_hour and _by_day.
CREATE TABLE IF NOT EXISTS ${database}.rollup_calls ${on_cluster}
(
    definition      UInt16                                            COMMENT 'Version of the rollup definition',
    grain           LowCardinality(String)                            COMMENT 'minute, hour or day',
    bucket          DateTime('UTC')                CODEC(Delta, ZSTD) COMMENT 'Start of the minute, hour or day (day of Asia/Shanghai) of occurred_at',
    source          LowCardinality(String)                            COMMENT 'System that says so',
    origin          LowCardinality(String)                            COMMENT 'live, replay or simulated',
    line            LowCardinality(String)                            COMMENT 'hotline, order_city or order_province',
    city            LowCardinality(Nullable(String))                   COMMENT 'City code; null for orders and where unknown',
    category        LowCardinality(Nullable(String))                   COMMENT 'Category code; null where unknown',
    epoch           UInt16                                            COMMENT 'Life of the topic',
    kafka_partition UInt16                                            COMMENT 'Kafka partition',
    block           UInt64                         CODEC(Delta, ZSTD) COMMENT 'First offset of the block; of a far repeat taken back: its own offset',
    taken_back      UInt8                                             COMMENT '1: takes back a far repeat; 0: totals of a block',
    events          Int64                          CODEC(ZSTD)        COMMENT 'Sum of sign over counted events',
    append_day      Date                                              COMMENT 'Append day (UTC) of the block; what minutes expire by',
    last_offset     UInt64                         CODEC(Delta, ZSTD) COMMENT 'Last offset counted in; the version of the row'
)
ENGINE = ${replicated}ReplacingMergeTree(last_offset)
PARTITION BY (grain, toYYYYMM(bucket, 'Asia/Shanghai'))
ORDER BY (definition, grain, bucket, line, city, category, origin, source, epoch, kafka_partition, block, taken_back)
TTL append_day + INTERVAL 90 DAY DELETE WHERE grain = 'minute'
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, allow_nullable_key = 1
COMMENT 'One row per definition, grain, bucket, dimensions, origin, source and block of the log. Sum events only with FINAL, one grain and one definition';
