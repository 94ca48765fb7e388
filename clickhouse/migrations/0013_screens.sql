-- What the screens ask several times a minute, and what makes it cheap on ten years of totals.

-- The hours and minutes again: from a cast, unlike from toDateTime64, ClickHouse knows that
-- hour >= … is bucket >= …, and reads those partitions and granules alone.
CREATE OR REPLACE VIEW ${database}.calls_by_minute ${on_cluster} AS
SELECT CAST(bucket AS DateTime64(0, 'Asia/Shanghai')) AS minute, origin, source, line, city, category, sum(events) AS events
FROM ${database}.rollup_calls FINAL
WHERE definition = (SELECT definition FROM ${database}.definitions FINAL WHERE topic = 'calls') AND grain = 'minute'
GROUP BY bucket, origin, source, line, city, category
COMMENT 'One row per minute (kept 90 days), origin, source and dimensions';

CREATE OR REPLACE VIEW ${database}.calls_by_hour ${on_cluster} AS
SELECT CAST(bucket AS DateTime64(0, 'Asia/Shanghai')) AS hour, origin, source, line, city, category, sum(events) AS events
FROM ${database}.rollup_calls FINAL
WHERE definition = (SELECT definition FROM ${database}.definitions FINAL WHERE topic = 'calls') AND grain = 'hour'
GROUP BY bucket, origin, source, line, city, category
COMMENT 'One row per hour, origin, source and dimensions';

CREATE OR REPLACE VIEW ${database}.bookings_by_minute ${on_cluster} AS
SELECT CAST(bucket AS DateTime64(0, 'Asia/Shanghai')) AS minute, origin, source, hospital, channel, route, sum(events) AS events
FROM ${database}.rollup_bookings FINAL
WHERE definition = (SELECT definition FROM ${database}.definitions FINAL WHERE topic = 'bookings') AND grain = 'minute'
GROUP BY bucket, origin, source, hospital, channel, route
COMMENT 'One row per minute (kept 90 days), origin, source and dimensions';

CREATE OR REPLACE VIEW ${database}.bookings_by_hour ${on_cluster} AS
SELECT CAST(bucket AS DateTime64(0, 'Asia/Shanghai')) AS hour, origin, source, hospital, channel, route, sum(events) AS events
FROM ${database}.rollup_bookings FINAL
WHERE definition = (SELECT definition FROM ${database}.definitions FINAL WHERE topic = 'bookings') AND grain = 'hour'
GROUP BY bucket, origin, source, hospital, channel, route
COMMENT 'One row per hour, origin, source and dimensions';

CREATE OR REPLACE VIEW ${database}.telemedicine_by_minute ${on_cluster} AS
SELECT CAST(bucket AS DateTime64(0, 'Asia/Shanghai')) AS minute, origin, source, platform, item, institution, sum(events) AS events, sum(images) AS images
FROM ${database}.rollup_telemedicine FINAL
WHERE definition = (SELECT definition FROM ${database}.definitions FINAL WHERE topic = 'telemedicine') AND grain = 'minute'
GROUP BY bucket, origin, source, platform, item, institution
COMMENT 'One row per minute (kept 90 days), origin, source and dimensions';

CREATE OR REPLACE VIEW ${database}.telemedicine_by_hour ${on_cluster} AS
SELECT CAST(bucket AS DateTime64(0, 'Asia/Shanghai')) AS hour, origin, source, platform, item, institution, sum(events) AS events, sum(images) AS images
FROM ${database}.rollup_telemedicine FINAL
WHERE definition = (SELECT definition FROM ${database}.definitions FINAL WHERE topic = 'telemedicine') AND grain = 'hour'
GROUP BY bucket, origin, source, platform, item, institution
COMMENT 'One row per hour, origin, source and dimensions';

CREATE OR REPLACE VIEW ${database}.uploads_by_minute ${on_cluster} AS
SELECT CAST(bucket AS DateTime64(0, 'Asia/Shanghai')) AS minute, origin, source, organisation, table_code, business_date, sum(events) AS events, sum(rows) AS rows, sum(persons) AS persons
FROM ${database}.rollup_uploads FINAL
WHERE definition = (SELECT definition FROM ${database}.definitions FINAL WHERE topic = 'uploads') AND grain = 'minute'
GROUP BY bucket, origin, source, organisation, table_code, business_date
COMMENT 'One row per minute (kept 90 days), origin, source and dimensions';

CREATE OR REPLACE VIEW ${database}.uploads_by_hour ${on_cluster} AS
SELECT CAST(bucket AS DateTime64(0, 'Asia/Shanghai')) AS hour, origin, source, organisation, table_code, business_date, sum(events) AS events, sum(rows) AS rows, sum(persons) AS persons
FROM ${database}.rollup_uploads FINAL
WHERE definition = (SELECT definition FROM ${database}.definitions FINAL WHERE topic = 'uploads') AND grain = 'hour'
GROUP BY bucket, origin, source, organisation, table_code, business_date
COMMENT 'One row per hour, origin, source and dimensions';

CREATE OR REPLACE VIEW ${database}.kiosk_transactions_by_minute ${on_cluster} AS
SELECT CAST(bucket AS DateTime64(0, 'Asia/Shanghai')) AS minute, origin, source, institution, service, sum(events) AS events, sum(amount_fen) AS amount_fen
FROM ${database}.rollup_kiosk_transactions FINAL
WHERE definition = (SELECT definition FROM ${database}.definitions FINAL WHERE topic = 'kiosk_transactions') AND grain = 'minute'
GROUP BY bucket, origin, source, institution, service
COMMENT 'One row per minute (kept 90 days), origin, source and dimensions';

CREATE OR REPLACE VIEW ${database}.kiosk_transactions_by_hour ${on_cluster} AS
SELECT CAST(bucket AS DateTime64(0, 'Asia/Shanghai')) AS hour, origin, source, institution, service, sum(events) AS events, sum(amount_fen) AS amount_fen
FROM ${database}.rollup_kiosk_transactions FINAL
WHERE definition = (SELECT definition FROM ${database}.definitions FINAL WHERE topic = 'kiosk_transactions') AND grain = 'hour'
GROUP BY bucket, origin, source, institution, service
COMMENT 'One row per hour, origin, source and dimensions';

-- Without FINAL: a line that was replaced was never later, nor its last offset greater.
CREATE OR REPLACE VIEW ${database}.pulse ${on_cluster} AS
SELECT topic, CAST(max(changed) AS DateTime64(3, 'Asia/Shanghai')) AS changed, sum(last_offset) AS last_offsets
FROM
(
    SELECT topic, max(written_at) AS changed, max(last_offset) AS last_offset
    FROM ${database}.ledger
    GROUP BY topic, epoch, kafka_partition
)
GROUP BY topic
COMMENT 'One row per kind: when its figures last changed, and the sum of the last offsets of its partitions';

CREATE OR REPLACE VIEW ${database}.source_freshness ${on_cluster} AS
SELECT 'calls' AS topic, source, origin, CAST(max(bucket) AS DateTime64(0, 'Asia/Shanghai')) AS last_hour, sum(events) AS events
FROM ${database}.rollup_calls FINAL
WHERE definition = (SELECT definition FROM ${database}.definitions FINAL WHERE topic = 'calls') AND grain = 'hour'
  AND bucket >= (SELECT max(bucket) - INTERVAL 35 DAY FROM ${database}.rollup_calls WHERE grain = 'hour')
GROUP BY source, origin
UNION ALL
SELECT 'bookings' AS topic, source, origin, CAST(max(bucket) AS DateTime64(0, 'Asia/Shanghai')) AS last_hour, sum(events) AS events
FROM ${database}.rollup_bookings FINAL
WHERE definition = (SELECT definition FROM ${database}.definitions FINAL WHERE topic = 'bookings') AND grain = 'hour'
  AND bucket >= (SELECT max(bucket) - INTERVAL 35 DAY FROM ${database}.rollup_bookings WHERE grain = 'hour')
GROUP BY source, origin
UNION ALL
SELECT 'telemedicine' AS topic, source, origin, CAST(max(bucket) AS DateTime64(0, 'Asia/Shanghai')) AS last_hour, sum(events) AS events
FROM ${database}.rollup_telemedicine FINAL
WHERE definition = (SELECT definition FROM ${database}.definitions FINAL WHERE topic = 'telemedicine') AND grain = 'hour'
  AND bucket >= (SELECT max(bucket) - INTERVAL 35 DAY FROM ${database}.rollup_telemedicine WHERE grain = 'hour')
GROUP BY source, origin
UNION ALL
SELECT 'uploads' AS topic, source, origin, CAST(max(bucket) AS DateTime64(0, 'Asia/Shanghai')) AS last_hour, sum(events) AS events
FROM ${database}.rollup_uploads FINAL
WHERE definition = (SELECT definition FROM ${database}.definitions FINAL WHERE topic = 'uploads') AND grain = 'hour'
  AND bucket >= (SELECT max(bucket) - INTERVAL 35 DAY FROM ${database}.rollup_uploads WHERE grain = 'hour')
GROUP BY source, origin
UNION ALL
SELECT 'kiosk_transactions' AS topic, source, origin, CAST(max(bucket) AS DateTime64(0, 'Asia/Shanghai')) AS last_hour, sum(events) AS events
FROM ${database}.rollup_kiosk_transactions FINAL
WHERE definition = (SELECT definition FROM ${database}.definitions FINAL WHERE topic = 'kiosk_transactions') AND grain = 'hour'
  AND bucket >= (SELECT max(bucket) - INTERVAL 35 DAY FROM ${database}.rollup_kiosk_transactions WHERE grain = 'hour')
GROUP BY source, origin
COMMENT 'One row per kind, source and origin heard in the 35 days before the newest hour of the kind: the last hour with an event, and how many there were in these days';

-- A month that has a statement needs no second look, so that only the others' partitions are read.
-- Uploads are of the month that their rows are about, and may come in the next.
CREATE OR REPLACE VIEW ${database}.months ${on_cluster} AS
WITH stated AS (SELECT DISTINCT toStartOfMonth(as_of) AS month FROM ${database}.stocks WHERE origin != 'simulated')
SELECT month
FROM
(
    SELECT month FROM stated
UNION DISTINCT
    SELECT toStartOfMonth(toDate(bucket, 'Asia/Shanghai')) FROM ${database}.rollup_calls
    WHERE grain = 'day' AND origin != 'simulated' AND toYYYYMM(bucket, 'Asia/Shanghai') NOT IN (SELECT toYYYYMM(month) FROM stated)
UNION DISTINCT
    SELECT toStartOfMonth(toDate(bucket, 'Asia/Shanghai')) FROM ${database}.rollup_bookings
    WHERE grain = 'day' AND origin != 'simulated' AND toYYYYMM(bucket, 'Asia/Shanghai') NOT IN (SELECT toYYYYMM(month) FROM stated)
UNION DISTINCT
    SELECT toStartOfMonth(toDate(bucket, 'Asia/Shanghai')) FROM ${database}.rollup_telemedicine
    WHERE grain = 'day' AND origin != 'simulated' AND toYYYYMM(bucket, 'Asia/Shanghai') NOT IN (SELECT toYYYYMM(month) FROM stated)
UNION DISTINCT
    SELECT toStartOfMonth(business_date) FROM ${database}.rollup_uploads
    WHERE grain = 'day' AND origin != 'simulated' AND toYYYYMM(bucket, 'Asia/Shanghai') NOT IN (SELECT toYYYYMM(month) FROM stated)
      AND toStartOfMonth(business_date) NOT IN (SELECT month FROM stated)
UNION DISTINCT
    SELECT toStartOfMonth(toDate(bucket, 'Asia/Shanghai')) FROM ${database}.rollup_kiosk_transactions
    WHERE grain = 'day' AND origin != 'simulated' AND toYYYYMM(bucket, 'Asia/Shanghai') NOT IN (SELECT toYYYYMM(month) FROM stated)
)
ORDER BY month DESC
COMMENT 'One row per month that something not simulated is known about, newest first: its first day';

-- bulletin_04 and bulletin_05 count by business date, for which rows may come at any time after:
-- of what came later than the month only the granules with dates of the month are read.
ALTER TABLE ${database}.rollup_uploads ${on_cluster} ADD INDEX IF NOT EXISTS by_business_date business_date TYPE minmax GRANULARITY 1;

ALTER TABLE ${database}.rollup_uploads ${on_cluster} MATERIALIZE INDEX by_business_date;
