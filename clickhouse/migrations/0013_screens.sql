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

-- A month that is known of needs no second look: of the larger totals only the other months are read,
-- which NOT IN leaves of their partitions.
CREATE OR REPLACE VIEW ${database}.months ${on_cluster} AS
WITH
    stated AS (SELECT DISTINCT toStartOfMonth(as_of) AS month FROM ${database}.stocks WHERE origin != 'simulated'),
    called AS
    (
        SELECT DISTINCT toStartOfMonth(toDate(bucket, 'Asia/Shanghai')) AS month FROM ${database}.rollup_calls
        WHERE grain = 'day' AND origin != 'simulated' AND toYYYYMM(bucket, 'Asia/Shanghai') NOT IN (SELECT toYYYYMM(month) FROM stated)
    ),
    known AS (SELECT month FROM stated UNION DISTINCT SELECT month FROM called)
SELECT month
FROM
(
    SELECT month FROM known
    UNION DISTINCT
    SELECT DISTINCT toStartOfMonth(toDate(bucket, 'Asia/Shanghai')) AS month FROM ${database}.rollup_bookings
    WHERE grain = 'day' AND origin != 'simulated' AND toYYYYMM(bucket, 'Asia/Shanghai') NOT IN (SELECT toYYYYMM(month) FROM known)
    UNION DISTINCT
    SELECT DISTINCT toStartOfMonth(toDate(bucket, 'Asia/Shanghai')) AS month FROM ${database}.rollup_telemedicine
    WHERE grain = 'day' AND origin != 'simulated' AND toYYYYMM(bucket, 'Asia/Shanghai') NOT IN (SELECT toYYYYMM(month) FROM known)
    UNION DISTINCT
    SELECT DISTINCT toStartOfMonth(business_date) AS month FROM ${database}.rollup_uploads
    WHERE grain = 'day' AND origin != 'simulated' AND toYYYYMM(bucket, 'Asia/Shanghai') NOT IN (SELECT toYYYYMM(month) FROM known)
    UNION DISTINCT
    SELECT DISTINCT toStartOfMonth(toDate(bucket, 'Asia/Shanghai')) AS month FROM ${database}.rollup_kiosk_transactions
    WHERE grain = 'day' AND origin != 'simulated' AND toYYYYMM(bucket, 'Asia/Shanghai') NOT IN (SELECT toYYYYMM(month) FROM known)
)
ORDER BY month DESC
COMMENT 'One row per month of which something not simulated is known, newest first: its first day. Uploads are of the month of their business dates';

-- bulletin_04 and bulletin_05 count by business date, for which rows may come at any time after:
-- of what came later than the month only the granules with dates of the month are read, and once.
ALTER TABLE ${database}.rollup_uploads ${on_cluster} ADD INDEX IF NOT EXISTS by_business_date business_date TYPE minmax GRANULARITY 1;

ALTER TABLE ${database}.rollup_uploads ${on_cluster} MATERIALIZE INDEX by_business_date;

CREATE OR REPLACE VIEW ${database}.bulletin_04 ${on_cluster} AS
WITH uploaded AS
(
    SELECT organisation, table_code, business_date, sum(events) AS n, sum(rows) AS r, sum(persons) AS p
    FROM ${database}.rollup_uploads FINAL
    WHERE definition = (SELECT definition FROM ${database}.definitions FINAL WHERE topic = 'uploads') AND grain = 'day' AND origin != 'simulated'
      AND business_date >= {month:Date} AND business_date < addMonths({month:Date}, 1)
      AND bucket >= toDateTime({month:Date}, 'Asia/Shanghai') - INTERVAL 2 DAY
    GROUP BY organisation, table_code, business_date
),
placed AS (SELECT code, label, place FROM ${database}.institution_labels WHERE month = {month:Date} AND table = '04'),
flows AS
(
    SELECT
        code, uniqExactIf(table_code, n > 0) AS tables, uniqExactIf(business_date, n > 0) AS days,
        sum(r) AS volume, sumIf(p, table_code = 'visits') AS visits, sumIf(p, table_code = 'discharges') AS discharges
    FROM
    (
        SELECT organisation AS code, table_code, business_date, n, r, p FROM uploaded
        UNION ALL SELECT code, '', {month:Date}, 0, 0, 0 FROM placed
    )
    GROUP BY code
),
named AS (SELECT code, argMax(name, valid_from) AS name, argMax(kind, valid_from) AS kind FROM ${database}.institutions WHERE valid_from < addMonths({month:Date}, 1) GROUP BY code),
stated AS (SELECT * FROM ${database}.stocks_on(day = toLastDayOfMonth({month:Date}))),
stocked AS
(
    SELECT
        subject AS code,
        anyIf(amount, figure = 'uploads.declared') AS declared, anyIf(amount, figure = 'uploads.required') AS required,
        anyIf(amount, figure = 'records.basic') AS basic, anyIf(amount, figure = 'records.hypertension') AS hypertension,
        anyIf(amount, figure = 'records.diabetes') AS diabetes
    FROM stated GROUP BY subject
)
SELECT
    if(label != '', label, if(name != '', name, code)) AS `接入单位`,
    if(required IS NULL, NULL, concat(ifNull(toString(declared), '未反馈'), '/', toString(required))) AS `申明上传表/规定上传表`,
    tables AS `已上传表（CDA文档）`, volume AS `数据上传量`, days AS `数据上传天数`,
    visits AS `门急诊信息上传人次`, discharges AS `出院信息上传人次`,
    basic AS `健康档案累计上传总量/基本信息`, hypertension AS `健康档案累计上传总量/高血压`, diabetes AS `健康档案累计上传总量/糖尿病`
FROM flows
LEFT JOIN placed USING code LEFT JOIN named USING code LEFT JOIN stocked USING code
WHERE place > 0 OR kind = 'district'
ORDER BY place = 0, place, volume DESC, code
COMMENT 'One row per district that uploaded rows of the month''s business dates';

CREATE OR REPLACE VIEW ${database}.bulletin_05 ${on_cluster} AS
WITH uploaded AS
(
    SELECT organisation, table_code, business_date, sum(events) AS n, sum(rows) AS r, sum(persons) AS p
    FROM ${database}.rollup_uploads FINAL
    WHERE definition = (SELECT definition FROM ${database}.definitions FINAL WHERE topic = 'uploads') AND grain = 'day' AND origin != 'simulated'
      AND business_date >= {month:Date} AND business_date < addMonths({month:Date}, 1)
      AND bucket >= toDateTime({month:Date}, 'Asia/Shanghai') - INTERVAL 2 DAY
    GROUP BY organisation, table_code, business_date
),
placed AS (SELECT code, label, place FROM ${database}.institution_labels WHERE month = {month:Date} AND table = '05'),
flows AS
(
    SELECT
        code, uniqExactIf(table_code, n > 0) AS tables, uniqExactIf(business_date, n > 0) AS days,
        sum(r) AS volume, sumIf(p, table_code = 'visits') AS visits, sumIf(p, table_code = 'discharges') AS discharges
    FROM
    (
        SELECT organisation AS code, table_code, business_date, n, r, p FROM uploaded
        UNION ALL SELECT code, '', {month:Date}, 0, 0, 0 FROM placed
    )
    GROUP BY code
),
named AS (SELECT code, argMax(name, valid_from) AS name, argMax(kind, valid_from) AS kind FROM ${database}.institutions WHERE valid_from < addMonths({month:Date}, 1) GROUP BY code),
stated AS (SELECT * FROM ${database}.stocks_on(day = toLastDayOfMonth({month:Date}))),
stocked AS
(
    SELECT
        subject AS code,
        anyIf(amount, figure = 'uploads.declared') AS declared, anyIf(amount, figure = 'uploads.required') AS required,
        anyIf(amount, figure = 'records.basic') AS basic, anyIf(amount, figure = 'records.hypertension') AS hypertension,
        anyIf(amount, figure = 'records.diabetes') AS diabetes
    FROM stated GROUP BY subject
)
SELECT
    if(label != '', label, if(name != '', name, code)) AS `接入单位`,
    if(required IS NULL, NULL, concat(ifNull(toString(declared), '未反馈'), '/', toString(required))) AS `申明上传表/规定上传`,
    tables AS `已上传表/CDA文档（份）`, volume AS `数据上传量`, days AS `数据上传天数`,
    visits AS `门急诊信息上传人次`, discharges AS `出院信息上传人次`
FROM flows
LEFT JOIN placed USING code LEFT JOIN named USING code LEFT JOIN stocked USING code
WHERE place > 0 OR kind != 'district'
ORDER BY place = 0, place, volume DESC, code
COMMENT 'One row per hospital that uploaded rows of the month''s business dates';

-- A month to which nothing was added for an hour becomes one part a grain: FINAL then costs nothing.
ALTER TABLE ${database}.rollup_calls ${on_cluster} MODIFY SETTING min_age_to_force_merge_seconds = 3600, min_age_to_force_merge_on_partition_only = 1;

ALTER TABLE ${database}.rollup_bookings ${on_cluster} MODIFY SETTING min_age_to_force_merge_seconds = 3600, min_age_to_force_merge_on_partition_only = 1;

ALTER TABLE ${database}.rollup_telemedicine ${on_cluster} MODIFY SETTING min_age_to_force_merge_seconds = 3600, min_age_to_force_merge_on_partition_only = 1;

ALTER TABLE ${database}.rollup_uploads ${on_cluster} MODIFY SETTING min_age_to_force_merge_seconds = 3600, min_age_to_force_merge_on_partition_only = 1;

ALTER TABLE ${database}.rollup_kiosk_transactions ${on_cluster} MODIFY SETTING min_age_to_force_merge_seconds = 3600, min_age_to_force_merge_on_partition_only = 1;
