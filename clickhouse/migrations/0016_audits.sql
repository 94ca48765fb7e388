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
ENGINE = ${replicated}MergeTree
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
