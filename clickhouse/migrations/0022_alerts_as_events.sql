-- Alerts as events: what the worker found beyond its habit, and the totals that it finds them in.

-- Sorted by its place in the log, as all raw tables. Few rows: not cut by month.
CREATE TABLE IF NOT EXISTS ${database}.raw_alerts ${on_cluster}
(
    event_id        String                         CODEC(ZSTD)        COMMENT 'Identity of the event: the same whoever finds the alert, however often',
    occurred_at     DateTime64(3, 'UTC')           CODEC(Delta, ZSTD) COMMENT 'End of the quarter of an hour in which it was raised or cleared, on the clock of the events it is about',
    source          LowCardinality(String)                            COMMENT 'System that says so: ningmai',
    origin          LowCardinality(String)                            COMMENT 'Of the events it is about: live, replay or simulated',
    sign            Int8                                              COMMENT '1: it happened; -1: takes back the event that corrects names',
    corrects        Nullable(String)                                  COMMENT 'event_id of the event taken back or amended; null: none',
    rule            LowCardinality(String)                            COMMENT 'quiet_source, uploads_behind, calls_unusual or payments_failing',
    subject         String                                            COMMENT 'kind/source of a source, code of an institution, or category of calls',
    state           LowCardinality(String)                            COMMENT 'raised or cleared',
    level           LowCardinality(String)                            COMMENT 'warning or critical',
    measured        Int64                                             COMMENT 'What was measured, hundredths: of hours (quiet_source, uploads_behind) or of events in the past hour',
    usual           Nullable(Int64)                                   COMMENT 'What is usual then, the same hundredths; null: unknown',
    limit           Nullable(Int64)                                   COMMENT 'Limit that was passed, the same hundredths; null: unknown',
    since           DateTime64(3, 'UTC')           CODEC(Delta, ZSTD) COMMENT 'Start of the quarter of an hour in which it went beyond the limit; the same in both events of an alert',
    text            String                                            COMMENT 'What is told, in Chinese',
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
COMMENT 'One row per decoded offset: an alert raised or cleared, repeats included (counted = 0)';

CREATE OR REPLACE VIEW ${database}.alerts ${on_cluster} AS
SELECT
    rule, subject, origin, CAST(a.since AS DateTime64(3, 'Asia/Shanghai')) AS since,
    any(a.level)                                                                        AS level,
    CAST(minIf(a.occurred_at, a.state = 'raised') AS DateTime64(3, 'Asia/Shanghai'))     AS raised_at,
    if(countIf(a.state = 'cleared') = 0, NULL,
       CAST(minIf(a.occurred_at, a.state = 'cleared') AS DateTime64(3, 'Asia/Shanghai'))) AS cleared_at,
    argMinIf(a.measured, a.occurred_at, a.state = 'raised') / 100                        AS measured,
    argMinIf(a.usual, a.occurred_at, a.state = 'raised') / 100                           AS usual,
    argMinIf(a.limit, a.occurred_at, a.state = 'raised') / 100                           AS at_most,
    argMinIf(a.text, a.occurred_at, a.state = 'raised')                                  AS text
FROM ${database}.raw_alerts AS a FINAL
WHERE counted AND sign = 1
    AND event_id NOT IN (SELECT assumeNotNull(corrects) FROM ${database}.raw_alerts FINAL WHERE counted AND sign = -1)
GROUP BY rule, subject, origin, a.since
HAVING countIf(a.state = 'raised') > 0
COMMENT 'One row per alert: since when it was beyond its limit, when it was raised and cleared (null: open), what was measured then and what is usual (hours for quiet_source and uploads_behind, events in an hour otherwise); at_most is the limit, for payments_failing the least';

CREATE OR REPLACE VIEW ${database}.alerts_open ${on_cluster} AS
SELECT rule, subject, origin, since, level, raised_at, measured, usual, at_most, text
FROM ${database}.alerts
WHERE cleared_at IS NULL
COMMENT 'One row per alert that is not over';

-- Asked once a quarter of an hour. Arrays, so that an answer has a row per subject and not per quarter.
CREATE OR REPLACE VIEW ${database}.alert_totals ${on_cluster} AS
SELECT rule, subject, origin, groupArray(tick) AS ticks, groupArray(n) AS events
FROM
(
    SELECT 'quiet_source' AS rule, concat('calls/', source) AS subject, origin, toUInt32(intDiv(toUnixTimestamp(bucket), 900)) AS tick, sum(events) AS n
    FROM ${database}.rollup_calls FINAL
    WHERE grain = 'minute' AND bucket >= {from:DateTime} AND bucket < {to:DateTime}
      AND definition = (SELECT definition FROM ${database}.definitions FINAL WHERE topic = 'calls')
    GROUP BY subject, origin, tick
    UNION ALL
    SELECT 'quiet_source' AS rule, concat('bookings/', source) AS subject, origin, toUInt32(intDiv(toUnixTimestamp(bucket), 900)) AS tick, sum(events) AS n
    FROM ${database}.rollup_bookings FINAL
    WHERE grain = 'minute' AND bucket >= {from:DateTime} AND bucket < {to:DateTime}
      AND definition = (SELECT definition FROM ${database}.definitions FINAL WHERE topic = 'bookings')
    GROUP BY subject, origin, tick
    UNION ALL
    SELECT 'quiet_source' AS rule, concat('telemedicine/', source) AS subject, origin, toUInt32(intDiv(toUnixTimestamp(bucket), 900)) AS tick, sum(events) AS n
    FROM ${database}.rollup_telemedicine FINAL
    WHERE grain = 'minute' AND bucket >= {from:DateTime} AND bucket < {to:DateTime}
      AND definition = (SELECT definition FROM ${database}.definitions FINAL WHERE topic = 'telemedicine')
    GROUP BY subject, origin, tick
    UNION ALL
    SELECT 'quiet_source' AS rule, concat('uploads/', source) AS subject, origin, toUInt32(intDiv(toUnixTimestamp(bucket), 900)) AS tick, sum(events) AS n
    FROM ${database}.rollup_uploads FINAL
    WHERE grain = 'minute' AND bucket >= {from:DateTime} AND bucket < {to:DateTime}
      AND definition = (SELECT definition FROM ${database}.definitions FINAL WHERE topic = 'uploads')
    GROUP BY subject, origin, tick
    UNION ALL
    SELECT 'quiet_source' AS rule, concat('kiosk_transactions/', source) AS subject, origin, toUInt32(intDiv(toUnixTimestamp(bucket), 900)) AS tick, sum(events) AS n
    FROM ${database}.rollup_kiosk_transactions FINAL
    WHERE grain = 'minute' AND bucket >= {from:DateTime} AND bucket < {to:DateTime}
      AND definition = (SELECT definition FROM ${database}.definitions FINAL WHERE topic = 'kiosk_transactions')
    GROUP BY subject, origin, tick
    UNION ALL
    SELECT 'uploads_behind' AS rule, organisation AS subject, origin, toUInt32(intDiv(toUnixTimestamp(bucket), 900)) AS tick, sum(events) AS n
    FROM ${database}.rollup_uploads FINAL
    WHERE grain = 'minute' AND bucket >= {from:DateTime} AND bucket < {to:DateTime}
      AND definition = (SELECT definition FROM ${database}.definitions FINAL WHERE topic = 'uploads')
    GROUP BY subject, origin, tick
    UNION ALL
    SELECT 'calls_unusual' AS rule, assumeNotNull(category) AS subject, origin, toUInt32(intDiv(toUnixTimestamp(bucket), 900)) AS tick, sum(events) AS n
    FROM ${database}.rollup_calls FINAL
    WHERE grain = 'minute' AND bucket >= {from:DateTime} AND bucket < {to:DateTime} AND line = 'hotline' AND category IS NOT NULL
      AND definition = (SELECT definition FROM ${database}.definitions FINAL WHERE topic = 'calls')
    GROUP BY subject, origin, tick
    UNION ALL
    SELECT 'payments_failing' AS rule, institution AS subject, origin, toUInt32(intDiv(toUnixTimestamp(bucket), 900)) AS tick, sum(events) AS n
    FROM ${database}.rollup_kiosk_transactions FINAL
    WHERE grain = 'minute' AND bucket >= {from:DateTime} AND bucket < {to:DateTime} AND service = 'payment'
      AND definition = (SELECT definition FROM ${database}.definitions FINAL WHERE topic = 'kiosk_transactions')
    GROUP BY subject, origin, tick
)
WHERE n != 0
GROUP BY rule, subject, origin
COMMENT 'alert_totals(from = …, to = …): one row per alert rule, subject and origin: the quarters of an hour (counted from 1970-01-01 UTC) with events, and how many events each';
