-- statements: stocks, as their owners stated them.
CREATE TABLE IF NOT EXISTS ${database}.raw_statements ${on_cluster}
(
    event_id        String                         CODEC(ZSTD)        COMMENT 'Identity of the event, from its source',
    occurred_at     DateTime64(3, 'UTC')           CODEC(Delta, ZSTD) COMMENT 'When it happened',
    source          LowCardinality(String)                            COMMENT 'System that says so',
    origin          LowCardinality(String)                            COMMENT 'live, replay or simulated',
    sign            Int8                                              COMMENT '1: it happened; -1: takes back the event that corrects names',
    corrects        Nullable(String)                                  COMMENT 'event_id of the event taken back or amended; null: none',
    figure          LowCardinality(String)                            COMMENT 'Which stock, by its code',
    subject         LowCardinality(String)                            COMMENT 'Whose: institution, platform or city',
    as_of           Date                                              COMMENT 'Day at whose end it is stated, Asia/Shanghai',
    value           Nullable(Int64)                                   COMMENT 'Significant digits, in ten to the exponent; null: asked and not answered',
    exponent        Int32                                             COMMENT 'Power of ten that value is in: its precision',
    unit            LowCardinality(String)                            COMMENT 'Unit of value times ten to the exponent',
    epoch           UInt16                                            COMMENT 'Life of the topic',
    kafka_partition UInt16                                            COMMENT 'Kafka partition',
    kafka_offset    UInt64                         CODEC(Delta, ZSTD) COMMENT 'Kafka offset',
    appended_at     DateTime64(3, 'UTC')           CODEC(Delta, ZSTD) COMMENT 'When the broker appended it',
    counted         UInt8                                             COMMENT '1: it counts; 0: a repeat of an id within the horizon before it',
    INDEX by_id event_id TYPE bloom_filter GRANULARITY 4
)
ENGINE = ${replicated}ReplacingMergeTree
ORDER BY (epoch, kafka_partition, kafka_offset)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1
COMMENT 'One row per statement of a stock. The stock on a day is the latest statement as of that day or before: ask the view stocks';
