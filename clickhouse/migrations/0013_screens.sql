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
WITH stated AS (SELECT DISTINCT toStartOfMonth(as_of) AS month FROM ${database}.raw_statements WHERE counted AND origin != 'simulated')
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

-- What is stated and registered again, with an argMax a column instead of one of a tuple: faster, and
-- columns that nobody asks for are not added up. Of a null argMax takes no notice: it is asked apart.
-- The later of two messages is the one with the greater (epoch, offset), which are one number here.
CREATE OR REPLACE VIEW ${database}.institutions ${on_cluster} AS
WITH bitShiftLeft(toUInt64(epoch), 48) + kafka_offset AS told
SELECT
    code, valid_from, argMax(r.name, told) AS name, argMax(r.aliases, told) AS aliases, argMax(r.kind, told) AS kind,
    if(argMax(r.district IS NULL, told), NULL, argMax(r.district, told)) AS district,
    argMax(r.provisional, told) AS provisional, argMax(r.labels, told) AS labels
FROM ${database}.raw_institutions AS r FINAL
WHERE counted
GROUP BY code, valid_from
COMMENT 'One row per institution and first day that its entry is true for; a later entry replaces it from its own day on';

CREATE OR REPLACE VIEW ${database}.stocks ${on_cluster} AS
SELECT
    figure, subject, as_of, if(unanswered, NULL, given) AS value, exponent, unit, origin,
    value * toInt64(exp10(exponent)) AS amount
FROM
(
    WITH bitShiftLeft(toUInt64(epoch), 48) + kafka_offset AS told
    SELECT
        figure, subject, as_of, argMax(r.value IS NULL, told) AS unanswered, argMax(r.value, told) AS given,
        argMax(r.exponent, told) AS exponent, argMax(r.unit, told) AS unit, argMax(r.origin, told) AS origin
    FROM ${database}.raw_statements AS r FINAL
    WHERE counted
    GROUP BY figure, subject, as_of
    HAVING argMax(r.sign, told) = 1
)
COMMENT 'One row per stock, subject and day it is stated for: the last statement. amount is value times ten to the exponent; null: asked and not answered';

CREATE OR REPLACE VIEW ${database}.stocks_on ${on_cluster} AS
SELECT
    figure, subject, stated, if(unanswered, NULL, given) AS value, exponent,
    value * toInt64(exp10(exponent)) AS amount, unit, told_as
FROM
(
    SELECT
        figure, subject, max(as_of) AS stated, argMax(s.value IS NULL, as_of) AS unanswered, argMax(s.value, as_of) AS given,
        argMax(s.exponent, as_of) AS exponent, argMax(s.unit, as_of) AS unit, argMax(s.origin, as_of) AS told_as
    FROM ${database}.stocks AS s
    WHERE as_of <= {day:Date} AND s.origin != 'simulated'
    GROUP BY figure, subject
)
COMMENT 'stocks_on(day = …): one row per stock and subject, as last stated for that day or before';

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

-- bulletin_07 and bulletin_08 again: what they name several times is read once, as a constant.
CREATE OR REPLACE VIEW ${database}.bulletin_07 ${on_cluster} AS
WITH
(
    SELECT groupArray((platform, item, institution, n, pictures))
    FROM
    (
        SELECT platform, item, institution, sum(events) AS n, sum(images) AS pictures
        FROM ${database}.rollup_telemedicine FINAL
        WHERE definition = (SELECT definition FROM ${database}.definitions FINAL WHERE topic = 'telemedicine') AND grain = 'day'
          AND bucket >= toDateTime({month:Date}, 'Asia/Shanghai') AND bucket < toDateTime(addMonths({month:Date}, 1), 'Asia/Shanghai') AND origin != 'simulated'
        GROUP BY platform, item, institution
    )
) AS every_flow,
(SELECT groupArray((figure, subject, stated, value, told_as)) FROM ${database}.stocks_on(day = toLastDayOfMonth({month:Date})) WHERE figure LIKE 'telemedicine.%') AS every_statement,
(SELECT max(t.3 >= {month:Date} AND t.5 = 'replay') FROM (SELECT arrayJoin(every_statement) AS t)) AS printed,
flows AS (SELECT t.1 AS platform, t.2 AS item, t.3 AS institution, t.4 AS n, t.5 AS pictures FROM (SELECT arrayJoin(every_flow) AS t)),
named AS (SELECT code, argMax(name, valid_from) AS name, argMax(kind, valid_from) AS kind FROM ${database}.institutions WHERE valid_from < addMonths({month:Date}, 1) GROUP BY code),
stated AS (SELECT t.1 AS figure, t.2 AS subject, t.3 AS stated, t.4 AS value FROM (SELECT arrayJoin(every_statement) AS t)),
labelled AS (SELECT code, argMin(label, place) AS label, min(place) AS first_row FROM ${database}.institution_labels WHERE month = {month:Date} AND table = '07' GROUP BY code),
present AS
(
    SELECT DISTINCT platform FROM flows
    UNION DISTINCT SELECT subject FROM stated WHERE figure = 'telemedicine.connected' AND stated >= {month:Date}
),
ranked AS
(
    SELECT platform, concat('nth', toString(row_number() OVER (PARTITION BY platform ORDER BY n DESC, first_row = 0, first_row, code))) AS nth,
           concat(if(label != '', label, if(name != '', name, code)), toString(n), '份') AS text
    FROM (SELECT platform, assumeNotNull(institution) AS code, sum(n) AS n FROM flows WHERE item = 'report' AND institution IS NOT NULL GROUP BY platform, institution HAVING n > 0) AS reports
    LEFT JOIN labelled USING code LEFT JOIN named USING code
),
found AS
(
    -- A printed month shows what was stated for it; any other the last that was stated before.
    SELECT subject AS platform, figure AS what, toString(value) AS text FROM stated
    WHERE figure LIKE 'telemedicine.%' AND figure NOT LIKE 'telemedicine.connection.%' AND value IS NOT NULL
      AND (stated >= {month:Date} OR NOT printed)
    UNION ALL
    SELECT platform, item, toString(sum(n)) FROM (SELECT platform, item, n FROM flows UNION ALL SELECT platform, arrayJoin(['report', 'specimen', 'consultation']), 0 FROM present) GROUP BY platform, item
    UNION ALL
    SELECT platform, 'images', toString(sum(p)) FROM (SELECT platform, pictures AS p FROM flows UNION ALL SELECT platform, 0 FROM present) GROUP BY platform
    UNION ALL
    SELECT platform, transform(nth, ['nth1', 'nth2', 'nth3'], ['first', 'second', 'third'], ''), text FROM ranked
    UNION ALL
    SELECT splitByChar('.', figure)[3], 'unconnected', arrayStringConcat(arrayMap(t -> t.2, arraySort(groupArrayIf((code, if(label != '', label, if(name != '', name, code))), value = 0))), '、')
    FROM (SELECT figure, subject AS code, value FROM stated WHERE figure LIKE 'telemedicine.connection.%' AND (stated >= {month:Date} OR NOT printed)) AS connections
    LEFT JOIN labelled USING code LEFT JOIN named USING code
    GROUP BY figure
)
SELECT platforms.label AS `平台`, indicators.label AS `指标`, text AS `数值`
FROM found
INNER JOIN (SELECT splitByChar('.', list)[2] AS platform, code AS what, label, place FROM ${database}.labels FINAL WHERE list LIKE 'indicators.%') AS indicators
    ON indicators.platform = found.platform AND indicators.what = found.what
INNER JOIN (SELECT code, label, place FROM ${database}.labels FINAL WHERE list = 'platforms') AS platforms ON platforms.code = found.platform
ORDER BY platforms.place, indicators.place
COMMENT 'One row per platform and indicator. Reports, specimens, consultations and images of the month; all else as last stated';

CREATE OR REPLACE VIEW ${database}.bulletin_08 ${on_cluster} AS
WITH
(
    SELECT groupArray((figure, stated, amount, exponent, told_as, subject))
    FROM ${database}.stocks_on(day = toLastDayOfMonth({month:Date})) WHERE figure IN ('bookings.total', 'uploads.rows_total')
) AS every_statement,
stated AS (SELECT t.1 AS figure, t.2 AS stated, t.3 AS amount, t.4 AS exponent, t.5 AS told_as, t.6 AS subject FROM (SELECT arrayJoin(every_statement) AS t)),
totals AS (SELECT figure, stated AS as_of, assumeNotNull(amount) AS amount, exponent FROM stated WHERE subject = 'city' AND figure IN ('bookings.total', 'uploads.rows_total') AND amount IS NOT NULL
    AND (stated >= {month:Date} OR NOT (SELECT max(stated >= {month:Date} AND told_as = 'replay') FROM stated WHERE figure IN ('bookings.total', 'uploads.rows_total')))),
since AS
(
    SELECT 'bookings.total' AS figure, sum(events) AS n FROM ${database}.rollup_bookings FINAL
    WHERE definition = (SELECT definition FROM ${database}.definitions FINAL WHERE topic = 'bookings') AND grain = 'day' AND origin != 'simulated' AND bucket < toDateTime(addMonths({month:Date}, 1), 'Asia/Shanghai')
      AND toDate(bucket, 'Asia/Shanghai') > (SELECT max(as_of) FROM totals WHERE figure = 'bookings.total')
    UNION ALL
    SELECT 'uploads.rows_total', sum(rows) FROM ${database}.rollup_uploads FINAL
    WHERE definition = (SELECT definition FROM ${database}.definitions FINAL WHERE topic = 'uploads') AND grain = 'day' AND origin != 'simulated' AND business_date < addMonths({month:Date}, 1)
      AND business_date > (SELECT max(as_of) FROM totals WHERE figure = 'uploads.rows_total')
)
SELECT
    replace(label, '{month}', toString(toMonth({month:Date}))) AS `指标`,
    if(figure = 'uploads.rows_total',
        toString(if(exponent >= 8, toString(intDiv(amount + n, 100000000)), concat(toString(intDiv(amount + n, 100000000)), '.', leftPad(toString(intDiv((amount + n) % 100000000, toInt64(exp10(exponent)))), toUInt8(8 - exponent), '0')))), toString(amount + n)) AS `数值`,
    if(figure = 'uploads.rows_total', '亿条', '次') AS `单位`
FROM totals LEFT JOIN since USING figure
INNER JOIN (SELECT code, label, place FROM ${database}.labels FINAL WHERE list = 'cumulative') AS named ON named.code = totals.figure
ORDER BY place
COMMENT 'One row per figure since opening: as last stated, with the flows since, in the precision of the statement';

-- A month to which nothing was added for an hour becomes one part a grain: FINAL then costs nothing.
ALTER TABLE ${database}.rollup_calls ${on_cluster} MODIFY SETTING min_age_to_force_merge_seconds = 3600, min_age_to_force_merge_on_partition_only = 1;

ALTER TABLE ${database}.rollup_bookings ${on_cluster} MODIFY SETTING min_age_to_force_merge_seconds = 3600, min_age_to_force_merge_on_partition_only = 1;

ALTER TABLE ${database}.rollup_telemedicine ${on_cluster} MODIFY SETTING min_age_to_force_merge_seconds = 3600, min_age_to_force_merge_on_partition_only = 1;

ALTER TABLE ${database}.rollup_uploads ${on_cluster} MODIFY SETTING min_age_to_force_merge_seconds = 3600, min_age_to_force_merge_on_partition_only = 1;

ALTER TABLE ${database}.rollup_kiosk_transactions ${on_cluster} MODIFY SETTING min_age_to_force_merge_seconds = 3600, min_age_to_force_merge_on_partition_only = 1;
