-- institutions: the register, by code and first day of validity.
CREATE TABLE IF NOT EXISTS ${database}.raw_institutions ${on_cluster}
(
    event_id        String                         CODEC(ZSTD)        COMMENT 'Identity of the event, from its source',
    occurred_at     DateTime64(3, 'UTC')           CODEC(Delta, ZSTD) COMMENT 'When it happened',
    source          LowCardinality(String)                            COMMENT 'System that says so',
    origin          LowCardinality(String)                            COMMENT 'live, replay or simulated',
    sign            Int8                                              COMMENT '1: it happened; -1: takes back the event that corrects names',
    corrects        Nullable(String)                                  COMMENT 'event_id of the event taken back or amended; null: none',
    code            String                                            COMMENT 'Stable code; a provisional one starts with P',
    valid_from      Date                                              COMMENT 'First day it is true for, Asia/Shanghai',
    name            String                                            COMMENT 'Full Chinese name',
    aliases         Array(String)                                     COMMENT 'Other names it is printed under',
    kind            LowCardinality(String)                            COMMENT 'hospital, district or other',
    district        LowCardinality(Nullable(String))                   COMMENT 'Code of its district; null where unknown',
    provisional     UInt8                                             COMMENT '1: met in print and not yet in the register',
    labels          Array(Tuple(table String, label String, place Int32))                    COMMENT 'Its rows in the printed tables of that month',
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
COMMENT 'One row per entry of the register as published. The entry of a code and valid_from is its latest one';
