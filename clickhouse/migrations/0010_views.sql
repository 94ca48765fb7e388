-- What analysts ask: events that count, and their sums. FINAL and the definition in force are inside.
CREATE TABLE IF NOT EXISTS ${database}.definitions ${on_cluster}
(
    topic      LowCardinality(String) COMMENT 'Event kind',
    definition UInt16                 COMMENT 'Version of the rollup definition that the views show',
    since      DateTime DEFAULT now() COMMENT 'When the views began to show it'
)
ENGINE = ${replicated}ReplacingMergeTree(since)
ORDER BY topic
COMMENT 'One row per event kind: which definition of its rollup is in force';

INSERT INTO ${database}.definitions (topic, definition)
SELECT arrayJoin(['calls', 'bookings', 'telemedicine', 'uploads', 'kiosk_transactions'])  AS topic, 1
WHERE topic NOT IN (SELECT topic FROM ${database}.definitions);

CREATE OR REPLACE VIEW ${database}.calls ${on_cluster} AS
SELECT
    event_id, occurred_at, toDate(occurred_at, 'Asia/Shanghai') AS day, source, origin, sign, corrects,
    line, city, category,
    appended_at, dateDiff('second', occurred_at, appended_at) AS delay_seconds
FROM ${database}.raw_calls FINAL
WHERE counted
  AND (epoch, kafka_partition, kafka_offset) NOT IN
      (SELECT epoch, kafka_partition, kafka_offset FROM ${database}.far_repeats FINAL WHERE topic = 'calls')
COMMENT 'One row per event that counts; add up sign, not rows. day is of Asia/Shanghai';

CREATE OR REPLACE VIEW ${database}.calls_by_minute ${on_cluster} AS
SELECT toDateTime64(bucket, 0, 'Asia/Shanghai') AS minute, origin, source, line, city, category, sum(events) AS events
FROM ${database}.rollup_calls FINAL
WHERE definition = (SELECT definition FROM ${database}.definitions FINAL WHERE topic = 'calls') AND grain = 'minute'
GROUP BY bucket, origin, source, line, city, category
COMMENT 'One row per minute (kept 90 days), origin, source and dimensions';

CREATE OR REPLACE VIEW ${database}.calls_by_hour ${on_cluster} AS
SELECT toDateTime64(bucket, 0, 'Asia/Shanghai') AS hour, origin, source, line, city, category, sum(events) AS events
FROM ${database}.rollup_calls FINAL
WHERE definition = (SELECT definition FROM ${database}.definitions FINAL WHERE topic = 'calls') AND grain = 'hour'
GROUP BY bucket, origin, source, line, city, category
COMMENT 'One row per hour, origin, source and dimensions';

CREATE OR REPLACE VIEW ${database}.calls_by_day ${on_cluster} AS
SELECT toDate(bucket, 'Asia/Shanghai') AS day, origin, source, line, city, category, sum(events) AS events
FROM ${database}.rollup_calls FINAL
WHERE definition = (SELECT definition FROM ${database}.definitions FINAL WHERE topic = 'calls') AND grain = 'day'
GROUP BY bucket, origin, source, line, city, category
COMMENT 'One row per day of Asia/Shanghai, origin, source and dimensions';

CREATE OR REPLACE VIEW ${database}.bookings ${on_cluster} AS
SELECT
    event_id, occurred_at, toDate(occurred_at, 'Asia/Shanghai') AS day, source, origin, sign, corrects,
    hospital, channel, route,
    appended_at, dateDiff('second', occurred_at, appended_at) AS delay_seconds
FROM ${database}.raw_bookings FINAL
WHERE counted
  AND (epoch, kafka_partition, kafka_offset) NOT IN
      (SELECT epoch, kafka_partition, kafka_offset FROM ${database}.far_repeats FINAL WHERE topic = 'bookings')
COMMENT 'One row per event that counts; add up sign, not rows. day is of Asia/Shanghai';

CREATE OR REPLACE VIEW ${database}.bookings_by_minute ${on_cluster} AS
SELECT toDateTime64(bucket, 0, 'Asia/Shanghai') AS minute, origin, source, hospital, channel, route, sum(events) AS events
FROM ${database}.rollup_bookings FINAL
WHERE definition = (SELECT definition FROM ${database}.definitions FINAL WHERE topic = 'bookings') AND grain = 'minute'
GROUP BY bucket, origin, source, hospital, channel, route
COMMENT 'One row per minute (kept 90 days), origin, source and dimensions';

CREATE OR REPLACE VIEW ${database}.bookings_by_hour ${on_cluster} AS
SELECT toDateTime64(bucket, 0, 'Asia/Shanghai') AS hour, origin, source, hospital, channel, route, sum(events) AS events
FROM ${database}.rollup_bookings FINAL
WHERE definition = (SELECT definition FROM ${database}.definitions FINAL WHERE topic = 'bookings') AND grain = 'hour'
GROUP BY bucket, origin, source, hospital, channel, route
COMMENT 'One row per hour, origin, source and dimensions';

CREATE OR REPLACE VIEW ${database}.bookings_by_day ${on_cluster} AS
SELECT toDate(bucket, 'Asia/Shanghai') AS day, origin, source, hospital, channel, route, sum(events) AS events
FROM ${database}.rollup_bookings FINAL
WHERE definition = (SELECT definition FROM ${database}.definitions FINAL WHERE topic = 'bookings') AND grain = 'day'
GROUP BY bucket, origin, source, hospital, channel, route
COMMENT 'One row per day of Asia/Shanghai, origin, source and dimensions';

CREATE OR REPLACE VIEW ${database}.telemedicine ${on_cluster} AS
SELECT
    event_id, occurred_at, toDate(occurred_at, 'Asia/Shanghai') AS day, source, origin, sign, corrects,
    platform, item, institution, images,
    appended_at, dateDiff('second', occurred_at, appended_at) AS delay_seconds
FROM ${database}.raw_telemedicine FINAL
WHERE counted
  AND (epoch, kafka_partition, kafka_offset) NOT IN
      (SELECT epoch, kafka_partition, kafka_offset FROM ${database}.far_repeats FINAL WHERE topic = 'telemedicine')
COMMENT 'One row per event that counts; add up sign, not rows. day is of Asia/Shanghai';

CREATE OR REPLACE VIEW ${database}.telemedicine_by_minute ${on_cluster} AS
SELECT toDateTime64(bucket, 0, 'Asia/Shanghai') AS minute, origin, source, platform, item, institution, sum(events) AS events, sum(images) AS images
FROM ${database}.rollup_telemedicine FINAL
WHERE definition = (SELECT definition FROM ${database}.definitions FINAL WHERE topic = 'telemedicine') AND grain = 'minute'
GROUP BY bucket, origin, source, platform, item, institution
COMMENT 'One row per minute (kept 90 days), origin, source and dimensions';

CREATE OR REPLACE VIEW ${database}.telemedicine_by_hour ${on_cluster} AS
SELECT toDateTime64(bucket, 0, 'Asia/Shanghai') AS hour, origin, source, platform, item, institution, sum(events) AS events, sum(images) AS images
FROM ${database}.rollup_telemedicine FINAL
WHERE definition = (SELECT definition FROM ${database}.definitions FINAL WHERE topic = 'telemedicine') AND grain = 'hour'
GROUP BY bucket, origin, source, platform, item, institution
COMMENT 'One row per hour, origin, source and dimensions';

CREATE OR REPLACE VIEW ${database}.telemedicine_by_day ${on_cluster} AS
SELECT toDate(bucket, 'Asia/Shanghai') AS day, origin, source, platform, item, institution, sum(events) AS events, sum(images) AS images
FROM ${database}.rollup_telemedicine FINAL
WHERE definition = (SELECT definition FROM ${database}.definitions FINAL WHERE topic = 'telemedicine') AND grain = 'day'
GROUP BY bucket, origin, source, platform, item, institution
COMMENT 'One row per day of Asia/Shanghai, origin, source and dimensions';

CREATE OR REPLACE VIEW ${database}.uploads ${on_cluster} AS
SELECT
    event_id, occurred_at, toDate(occurred_at, 'Asia/Shanghai') AS day, source, origin, sign, corrects,
    organisation, table_code, business_date, rows, persons,
    appended_at, dateDiff('second', occurred_at, appended_at) AS delay_seconds
FROM ${database}.raw_uploads FINAL
WHERE counted
  AND (epoch, kafka_partition, kafka_offset) NOT IN
      (SELECT epoch, kafka_partition, kafka_offset FROM ${database}.far_repeats FINAL WHERE topic = 'uploads')
COMMENT 'One row per event that counts; add up sign, not rows. day is of Asia/Shanghai';

CREATE OR REPLACE VIEW ${database}.uploads_by_minute ${on_cluster} AS
SELECT toDateTime64(bucket, 0, 'Asia/Shanghai') AS minute, origin, source, organisation, table_code, business_date, sum(events) AS events, sum(rows) AS rows, sum(persons) AS persons
FROM ${database}.rollup_uploads FINAL
WHERE definition = (SELECT definition FROM ${database}.definitions FINAL WHERE topic = 'uploads') AND grain = 'minute'
GROUP BY bucket, origin, source, organisation, table_code, business_date
COMMENT 'One row per minute (kept 90 days), origin, source and dimensions';

CREATE OR REPLACE VIEW ${database}.uploads_by_hour ${on_cluster} AS
SELECT toDateTime64(bucket, 0, 'Asia/Shanghai') AS hour, origin, source, organisation, table_code, business_date, sum(events) AS events, sum(rows) AS rows, sum(persons) AS persons
FROM ${database}.rollup_uploads FINAL
WHERE definition = (SELECT definition FROM ${database}.definitions FINAL WHERE topic = 'uploads') AND grain = 'hour'
GROUP BY bucket, origin, source, organisation, table_code, business_date
COMMENT 'One row per hour, origin, source and dimensions';

CREATE OR REPLACE VIEW ${database}.uploads_by_day ${on_cluster} AS
SELECT toDate(bucket, 'Asia/Shanghai') AS day, origin, source, organisation, table_code, business_date, sum(events) AS events, sum(rows) AS rows, sum(persons) AS persons
FROM ${database}.rollup_uploads FINAL
WHERE definition = (SELECT definition FROM ${database}.definitions FINAL WHERE topic = 'uploads') AND grain = 'day'
GROUP BY bucket, origin, source, organisation, table_code, business_date
COMMENT 'One row per day of Asia/Shanghai, origin, source and dimensions';

CREATE OR REPLACE VIEW ${database}.kiosk_transactions ${on_cluster} AS
SELECT
    event_id, occurred_at, toDate(occurred_at, 'Asia/Shanghai') AS day, source, origin, sign, corrects,
    institution, service, amount_fen, device,
    appended_at, dateDiff('second', occurred_at, appended_at) AS delay_seconds
FROM ${database}.raw_kiosk_transactions FINAL
WHERE counted
  AND (epoch, kafka_partition, kafka_offset) NOT IN
      (SELECT epoch, kafka_partition, kafka_offset FROM ${database}.far_repeats FINAL WHERE topic = 'kiosk_transactions')
COMMENT 'One row per event that counts; add up sign, not rows. day is of Asia/Shanghai';

CREATE OR REPLACE VIEW ${database}.kiosk_transactions_by_minute ${on_cluster} AS
SELECT toDateTime64(bucket, 0, 'Asia/Shanghai') AS minute, origin, source, institution, service, sum(events) AS events, sum(amount_fen) AS amount_fen
FROM ${database}.rollup_kiosk_transactions FINAL
WHERE definition = (SELECT definition FROM ${database}.definitions FINAL WHERE topic = 'kiosk_transactions') AND grain = 'minute'
GROUP BY bucket, origin, source, institution, service
COMMENT 'One row per minute (kept 90 days), origin, source and dimensions';

CREATE OR REPLACE VIEW ${database}.kiosk_transactions_by_hour ${on_cluster} AS
SELECT toDateTime64(bucket, 0, 'Asia/Shanghai') AS hour, origin, source, institution, service, sum(events) AS events, sum(amount_fen) AS amount_fen
FROM ${database}.rollup_kiosk_transactions FINAL
WHERE definition = (SELECT definition FROM ${database}.definitions FINAL WHERE topic = 'kiosk_transactions') AND grain = 'hour'
GROUP BY bucket, origin, source, institution, service
COMMENT 'One row per hour, origin, source and dimensions';

CREATE OR REPLACE VIEW ${database}.kiosk_transactions_by_day ${on_cluster} AS
SELECT toDate(bucket, 'Asia/Shanghai') AS day, origin, source, institution, service, sum(events) AS events, sum(amount_fen) AS amount_fen
FROM ${database}.rollup_kiosk_transactions FINAL
WHERE definition = (SELECT definition FROM ${database}.definitions FINAL WHERE topic = 'kiosk_transactions') AND grain = 'day'
GROUP BY bucket, origin, source, institution, service
COMMENT 'One row per day of Asia/Shanghai, origin, source and dimensions';

CREATE OR REPLACE VIEW ${database}.institutions ${on_cluster} AS
SELECT
    code, valid_from, told.1 AS name, told.2 AS aliases, told.3 AS kind, told.4 AS district, told.5 AS provisional,
    told.6 AS labels
FROM
(
    SELECT code, valid_from, argMax(tuple(name, aliases, kind, district, provisional, labels), (epoch, kafka_offset)) AS told
    FROM ${database}.raw_institutions FINAL
    WHERE counted
    GROUP BY code, valid_from
)
COMMENT 'One row per institution and first day that its entry is true for; a later entry replaces it from its own day on';

CREATE OR REPLACE VIEW ${database}.institution_labels ${on_cluster} AS
SELECT valid_from AS month, code, kind, labels.table AS table, labels.label AS label, labels.place AS place
FROM ${database}.institutions
ARRAY JOIN labels
COMMENT 'One row per month, printed table and row: which institution stands there, and under which label';

CREATE OR REPLACE VIEW ${database}.stocks ${on_cluster} AS
SELECT
    figure, subject, as_of, told.1 AS value, told.2 AS exponent, told.3 AS unit, told.4 AS origin,
    told.1 * toInt64(exp10(told.2)) AS amount
FROM
(
    SELECT figure, subject, as_of, argMax(tuple(value, exponent, unit, origin, sign), (epoch, kafka_offset)) AS told
    FROM ${database}.raw_statements FINAL
    WHERE counted
    GROUP BY figure, subject, as_of
)
WHERE told.5 = 1
COMMENT 'One row per stock, subject and day it is stated for: the last statement. amount is value times ten to the exponent; null: asked and not answered';

CREATE OR REPLACE VIEW ${database}.stocks_on ${on_cluster} AS
SELECT
    figure, subject, max(as_of) AS stated,
    argMax(tuple(value), as_of).1 AS value, argMax(exponent, as_of) AS exponent,
    argMax(tuple(amount), as_of).1 AS amount, argMax(unit, as_of) AS unit, argMax(origin, as_of) AS told_as
FROM ${database}.stocks
WHERE as_of <= {day:Date} AND origin != 'simulated'
GROUP BY figure, subject
COMMENT 'stocks_on(day = …): one row per stock and subject, as last stated for that day or before';

CREATE OR REPLACE VIEW ${database}.blocks ${on_cluster} AS
SELECT *, counted + repeats + dead + gaps + skipped AS accounted, last_offset - block + 1 AS offsets
FROM ${database}.ledger FINAL
COMMENT 'One row per block of the log, with what its offsets turned out to be';

CREATE OR REPLACE VIEW ${database}.dead_letters_by_reason ${on_cluster} AS
SELECT topic, reason, detail, count() AS letters, min(appended_at) AS first, max(appended_at) AS last
FROM ${database}.dead_letters FINAL
GROUP BY topic, reason, detail
COMMENT 'One row per kind and reason for refusal; the bytes are for operators only';

CREATE OR REPLACE VIEW ${database}.source_freshness ${on_cluster} AS
SELECT 'calls' AS topic, source, origin, toDateTime64(max(bucket), 0, 'Asia/Shanghai') AS last_hour, sum(events) AS events
FROM ${database}.rollup_calls FINAL WHERE grain = 'hour' GROUP BY source, origin
UNION ALL
SELECT 'bookings' AS topic, source, origin, toDateTime64(max(bucket), 0, 'Asia/Shanghai') AS last_hour, sum(events) AS events
FROM ${database}.rollup_bookings FINAL WHERE grain = 'hour' GROUP BY source, origin
UNION ALL
SELECT 'telemedicine' AS topic, source, origin, toDateTime64(max(bucket), 0, 'Asia/Shanghai') AS last_hour, sum(events) AS events
FROM ${database}.rollup_telemedicine FINAL WHERE grain = 'hour' GROUP BY source, origin
UNION ALL
SELECT 'uploads' AS topic, source, origin, toDateTime64(max(bucket), 0, 'Asia/Shanghai') AS last_hour, sum(events) AS events
FROM ${database}.rollup_uploads FINAL WHERE grain = 'hour' GROUP BY source, origin
UNION ALL
SELECT 'kiosk_transactions' AS topic, source, origin, toDateTime64(max(bucket), 0, 'Asia/Shanghai') AS last_hour, sum(events) AS events
FROM ${database}.rollup_kiosk_transactions FINAL WHERE grain = 'hour' GROUP BY source, origin
COMMENT 'One row per kind, source and origin: the last hour with an event, and how many there were in all';

CREATE OR REPLACE VIEW ${database}.freshness ${on_cluster} AS
SELECT topic, max(last_appended) AS last_appended, sum(counted) AS counted, sum(repeats) AS repeats, sum(dead) AS dead
FROM ${database}.ledger FINAL
GROUP BY topic
COMMENT 'One row per kind: when its newest message was appended, and what its messages turned out to be';
