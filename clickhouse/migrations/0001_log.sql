-- The log as ClickHouse knows it: which blocks of which partition are in, what was refused, what came twice.
-- ReplacingMergeTree everywhere: a line written again has the same key and the greater last_offset wins,
-- so that any writer may write any line twice. Read with FINAL.

CREATE TABLE IF NOT EXISTS ${database}.ledger ${on_cluster}
(
    topic           LowCardinality(String)              COMMENT 'Event kind: calls, bookings, …',
    epoch           UInt16                              COMMENT 'Life of the topic, from 1; a topic made again gets the next',
    kafka_partition UInt16                              COMMENT 'Kafka partition',
    block           UInt64           CODEC(Delta, ZSTD) COMMENT 'First offset of the block',
    last_offset     UInt64           CODEC(Delta, ZSTD) COMMENT 'Last offset of the block so far; the version of the line',
    counted         UInt64                              COMMENT 'Events of the block that count',
    repeats         UInt64                              COMMENT 'Events dropped because their id stands within the horizon before them',
    dead            UInt64                              COMMENT 'Messages that went to dead_letters',
    gaps            UInt64                              COMMENT 'Offsets without a message: control records, compaction',
    skipped         UInt64                              COMMENT 'Offsets passed over by an operator with ningmai skip',
    first_appended  DateTime64(3, 'UTC')                COMMENT 'Append time of the first message, by the broker',
    last_appended   DateTime64(3, 'UTC')                COMMENT 'Append time of the last message, by the broker',
    sealed          UInt8                               COMMENT '1: the block is complete and never changes again',
    written_at      DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'When this line was written; never part of a figure'
)
ENGINE = ${replicated}ReplacingMergeTree(last_offset)
ORDER BY (topic, epoch, kafka_partition, block)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1
COMMENT 'One row per block of a partition (a block: offsets up to the next multiple of B or change of append day). counted + repeats + dead + gaps + skipped = last_offset - block + 1';

CREATE TABLE IF NOT EXISTS ${database}.dead_letters ${on_cluster}
(
    topic           LowCardinality(String)          COMMENT 'Event kind',
    epoch           UInt16                          COMMENT 'Life of the topic',
    kafka_partition UInt16                          COMMENT 'Kafka partition',
    kafka_offset    UInt64       CODEC(Delta, ZSTD) COMMENT 'Offset of the refused message',
    appended_at     DateTime64(3, 'UTC')            COMMENT 'Append time, by the broker',
    reason          LowCardinality(String)          COMMENT 'Why, as a code: empty, magic, unknown_schema, undecodable, trailing, rule, refused',
    detail          String                          COMMENT 'Why, in words for the source system (Chinese)',
    schema_id       Nullable(Int32)                 COMMENT 'Schema id the message claims; null where it has none',
    value           String       CODEC(ZSTD)        COMMENT 'Bytes of the message, whole; for operators only'
)
ENGINE = ${replicated}ReplacingMergeTree
ORDER BY (topic, epoch, kafka_partition, kafka_offset)
TTL toDateTime(appended_at) + INTERVAL 90 DAY
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1
COMMENT 'One row per message that is no event; kept 90 days';

CREATE TABLE IF NOT EXISTS ${database}.epochs ${on_cluster}
(
    topic    LowCardinality(String) COMMENT 'Event kind',
    epoch    UInt16                 COMMENT 'Number of this life of the topic, from 1',
    topic_id String                 COMMENT 'Kafka''s id of the topic in this life, with a suffix where the log was cut back',
    since    DateTime64(3, 'UTC')   COMMENT 'When a worker first saw it'
)
ENGINE = ${replicated}ReplacingMergeTree
ORDER BY (topic, epoch, topic_id)
COMMENT 'One row per life of a topic: deleted and made again, or its log cut back behind the ledger';

CREATE TABLE IF NOT EXISTS ${database}.far_repeats ${on_cluster}
(
    topic              LowCardinality(String)          COMMENT 'Event kind',
    epoch              UInt16                          COMMENT 'Life of the topic of the repeat',
    kafka_partition    UInt16                          COMMENT 'Partition of the repeat',
    kafka_offset       UInt64       CODEC(Delta, ZSTD) COMMENT 'Offset of the repeat',
    event_id           String                          COMMENT 'Id that came again',
    first_epoch        UInt16                          COMMENT 'Life of the topic of the occurrence that counts',
    first_partition    UInt16                          COMMENT 'Partition of the occurrence that counts',
    first_offset       UInt64                          COMMENT 'Offset of the occurrence that counts',
    found_at           DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'When it was found; never part of a figure'
)
ENGINE = ${replicated}ReplacingMergeTree
ORDER BY (topic, epoch, kafka_partition, kafka_offset)
COMMENT 'One row per repeat from beyond the horizon or from another partition or life, taken back from the rollups';

CREATE TABLE IF NOT EXISTS ${database}.repeat_checks ${on_cluster}
(
    topic           LowCardinality(String) COMMENT 'Event kind',
    epoch           UInt16                 COMMENT 'Life of the topic',
    kafka_partition UInt16                 COMMENT 'Kafka partition',
    checked_to      UInt64                 COMMENT 'All offsets below this one were looked up for far repeats'
)
ENGINE = ${replicated}ReplacingMergeTree(checked_to)
ORDER BY (topic, epoch, kafka_partition)
COMMENT 'One row per partition: how far the search for far repeats has come';
