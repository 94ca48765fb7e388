-- What ningmai rebuild is at: which definition it makes, and how far it has come.

CREATE TABLE IF NOT EXISTS ${database}.rebuilds ${on_cluster}
(
    topic      LowCardinality(String)             COMMENT 'Event kind',
    definition UInt16                             COMMENT 'Version of the rollup definition that is made; never used twice',
    columns    String                             COMMENT 'Dimensions and measures that it counts: only workers that count these write it',
    from_day   Date                               COMMENT 'Blocks appended from this day on (UTC) are counted again; older ones are copied',
    state      LowCardinality(String)             COMMENT 'making: workers write it beside the one in force; done: the views show it, or one after it; given up: nobody writes it',
    changed_at DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'When this was so first; the version of the row'
)
ENGINE = ${replicated}ReplacingMergeTree(changed_at)
ORDER BY (topic, definition)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1
COMMENT 'One row per definition of a rollup that was made again from the raw events';

CREATE TABLE IF NOT EXISTS ${database}.rebuilt ${on_cluster}
(
    topic           LowCardinality(String) COMMENT 'Event kind',
    definition      UInt16                 COMMENT 'Version of the rollup definition that is made',
    epoch           UInt16                 COMMENT 'Life of the topic',
    kafka_partition UInt16                 COMMENT 'Kafka partition',
    done_to         UInt64                 COMMENT 'All offsets below this one are counted by it'
)
ENGINE = ${replicated}ReplacingMergeTree(done_to)
ORDER BY (topic, definition, epoch, kafka_partition)
COMMENT 'One row per definition in making and partition: how far it has come, for a run after an interruption';
