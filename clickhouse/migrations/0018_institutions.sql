-- The register by its own events: campuses, mergers, history, and who should deliver what in a month.

ALTER TABLE ${database}.raw_institutions ${on_cluster} ADD COLUMN IF NOT EXISTS campus_of Nullable(String) COMMENT 'Code of the institution that it is a campus of; null: none' AFTER labels;

ALTER TABLE ${database}.raw_institutions ${on_cluster} ADD COLUMN IF NOT EXISTS merged_into Nullable(String) COMMENT 'Code of the institution that stands for it from valid_from on; null: this entry says nothing of it' AFTER campus_of;

-- What stands of statements and of the register, as tables: nearly every table of the bulletin reads both, and
-- to find out from the log what was replaced or taken back took half of the time that a screen waits. The
-- worker brings them up to date before what changes them is durable (streams/standing.py).

-- A statement stands until one of the same day replaces it or it is taken back: by its id, not by its place in
-- the log, so that an amendment counts whichever of its two events comes first, and a second retraction of what
-- was replaced long ago takes nothing.
CREATE OR REPLACE VIEW ${database}.stocks_told ${on_cluster} AS
SELECT
    figure, subject, as_of, told.1 AS value, told.2 AS exponent, told.3 AS unit, told.4 AS origin,
    told.1 * toInt64(exp10(told.2)) AS amount
FROM
(
    SELECT figure, subject, as_of, argMax(tuple(value, exponent, unit, origin), (epoch, kafka_offset)) AS told
    FROM ${database}.raw_statements FINAL
    WHERE counted AND sign = 1
      AND event_id NOT IN (SELECT assumeNotNull(corrects) FROM ${database}.raw_statements WHERE sign = -1)
      AND (epoch, kafka_partition, kafka_offset) NOT IN
          (SELECT epoch, kafka_partition, kafka_offset FROM ${database}.far_repeats WHERE topic = 'statements')
    GROUP BY figure, subject, as_of
)
COMMENT 'One row per stock, subject and day it is stated for, worked out from the log at every query: what the view stocks should show';

CREATE TABLE IF NOT EXISTS ${database}.standing_stocks ${on_cluster}
(
    figure   LowCardinality(String) COMMENT 'Which stock, by its code',
    subject  LowCardinality(String) COMMENT 'Whose: institution, platform or city',
    as_of    Date                   COMMENT 'Day at whose end it is stated, Asia/Shanghai',
    value    Nullable(Int64)        COMMENT 'Significant digits, in ten to the exponent; null: asked and not answered',
    exponent Int32                  COMMENT 'Power of ten that value is in: its precision',
    unit     LowCardinality(String) COMMENT 'Unit of value times ten to the exponent',
    origin   LowCardinality(String) COMMENT 'live, replay or simulated',
    amount   Nullable(Int64)        COMMENT 'Value times ten to the exponent, in unit; null: asked and not answered',
    gone     UInt8                  COMMENT '1: it was taken back, and none before it stands; 0: it stands',
    kept_at  DateTime64(6, 'UTC')   COMMENT 'When the worker wrote the row; the latest one is true'
)
ENGINE = ${replicated}ReplacingMergeTree(kept_at)
ORDER BY (figure, subject, as_of)
COMMENT 'One row per stock, subject and day it is stated for: stocks_told as the worker keeps it. Read with FINAL, and not what is gone: the view stocks does';

INSERT INTO ${database}.standing_stocks
SELECT figure, subject, as_of, value, exponent, unit, origin, amount, 0, now64(6) FROM ${database}.stocks_told;

CREATE OR REPLACE VIEW ${database}.stocks ${on_cluster} AS
SELECT figure, subject, as_of, value, exponent, unit, origin, amount
FROM ${database}.standing_stocks FINAL
WHERE NOT gone
COMMENT 'One row per stock, subject and day it is stated for: the last statement that was not taken back. amount is value times ten to the exponent; null: asked and not answered';

-- The later of two messages is the one with the greater (epoch, offset), which are one number here.
-- Of a null argMax takes no notice: it is asked apart, except for a merger, which stays until it is taken
-- back or another follows. An entry whose last word is a retraction is gone.
CREATE OR REPLACE VIEW ${database}.institutions_told ${on_cluster} AS
WITH bitShiftLeft(toUInt64(epoch), 48) + kafka_offset AS told
SELECT
    code, valid_from, argMax(r.name, told) AS name, argMax(r.aliases, told) AS aliases, argMax(r.kind, told) AS kind,
    if(argMax(r.district IS NULL, told), NULL, argMax(r.district, told)) AS district,
    argMax(r.provisional, told) AS provisional, argMax(r.labels, told) AS labels,
    if(argMax(r.campus_of IS NULL, told), NULL, argMax(r.campus_of, told)) AS campus_of,
    nullIf(argMax(if(r.sign = 1, r.merged_into, ''), told), '') AS merged_into
FROM ${database}.raw_institutions AS r FINAL
WHERE counted
GROUP BY code, valid_from
HAVING argMax(r.sign, told) = 1
COMMENT 'One row per institution and first day that its entry is true for, worked out from the log at every query: what the view institutions should show';

CREATE TABLE IF NOT EXISTS ${database}.standing_institutions ${on_cluster}
(
    code        String                                                COMMENT 'Stable code; a provisional one starts with P',
    valid_from  Date                                                  COMMENT 'First day it is true for, Asia/Shanghai',
    name        String                                                COMMENT 'Full Chinese name',
    aliases     Array(String)                                         COMMENT 'Other names it is printed under',
    kind        LowCardinality(String)                                COMMENT 'hospital, district or other',
    district    LowCardinality(Nullable(String))                      COMMENT 'Code of its district; null where unknown',
    provisional UInt8                                                 COMMENT '1: met in print and not yet in the register',
    labels      Array(Tuple(table String, label String, place Int32)) COMMENT 'Its rows in the printed tables of that month',
    campus_of   Nullable(String)                                      COMMENT 'Code of the institution that it is a campus of; null: none',
    merged_into Nullable(String)                                      COMMENT 'Code of the institution that stands for it from valid_from on; null: none',
    gone        UInt8                                                 COMMENT '1: the entry was taken back; 0: it stands',
    kept_at     DateTime64(6, 'UTC')                                  COMMENT 'When the worker wrote the row; the latest one is true'
)
ENGINE = ${replicated}ReplacingMergeTree(kept_at)
ORDER BY (code, valid_from)
COMMENT 'One row per institution and first day that its entry is true for: institutions_told as the worker keeps it. Read with FINAL, and not what is gone: the view institutions does';

INSERT INTO ${database}.standing_institutions
SELECT code, valid_from, name, aliases, kind, district, provisional, labels, campus_of, merged_into, 0, now64(6) FROM ${database}.institutions_told;

CREATE OR REPLACE VIEW ${database}.institutions ${on_cluster} AS
SELECT code, valid_from, name, aliases, kind, district, provisional, labels, campus_of, merged_into
FROM ${database}.standing_institutions FINAL
WHERE NOT gone
COMMENT 'One row per institution and first day that its entry is true for; a later entry replaces it from its own day on';

CREATE OR REPLACE VIEW ${database}.mergers ${on_cluster} AS
SELECT code, valid_from AS since, assumeNotNull(merged_into) AS into
FROM ${database}.standing_institutions FINAL
WHERE NOT gone AND merged_into IS NOT NULL
COMMENT 'One row per institution that another stands for and day from which on: what happens from since on is counted under into';

CREATE OR REPLACE VIEW ${database}.institution_history ${on_cluster} AS
SELECT
    code, valid_from, CAST(appended_at AS DateTime64(0, 'Asia/Shanghai')) AS told_at, source, origin, sign, name, aliases, kind, district,
    provisional, campus_of, merged_into, length(labels) AS rows_printed, event_id
FROM ${database}.raw_institutions FINAL
WHERE counted
COMMENT 'One row per entry of the register as it was published, those that a later one replaced or took back among them: told_at is when, source which system said so';

-- The bulletin again. In a table by institution, a merged one's events stand under the institution that it was
-- merged into from that day on, by business date for uploads. In a month that began merged, nothing that was
-- stated of it stands: who took it in states for both; its row of a print is the other's, if that has none. They read
-- what stands from its tables: a view within a view costs planning at every query.


CREATE OR REPLACE VIEW ${database}.bulletin_02 ${on_cluster} AS
WITH
(SELECT arraySort(step -> step.2, groupArray((code, since, into))) FROM ${database}.mergers) AS moved,
told AS
(
    SELECT
        ifNull(nullIf(arrayLast(step -> step.1 = assumeNotNull(hospital) AND step.2 <= toDate(bucket, 'Asia/Shanghai'), moved).3, ''), toString(assumeNotNull(hospital))) AS code,
        sumIf(events, channel = 'online') AS online, sumIf(events, channel = 'phone') AS phone,
        sumIf(events, channel = 'clinic') AS clinic, sumIf(events, channel = 'third_party') AS third, sum(events) AS n,
        1 AS heard, '' AS name, [] AS places
    FROM ${database}.rollup_bookings FINAL
    WHERE definition = (SELECT definition FROM ${database}.definitions FINAL WHERE topic = 'bookings') AND grain = 'day'
      AND bucket >= toDateTime({month:Date}, 'Asia/Shanghai') AND bucket < toDateTime(addMonths({month:Date}, 1), 'Asia/Shanghai') AND origin != 'simulated' AND hospital IS NOT NULL
    GROUP BY code
    UNION ALL
    SELECT
        ifNull(nullIf(arrayLast(step -> step.1 = known.code AND step.2 <= {month:Date}, moved).3 AS stands, ''), known.code), 0, 0, 0, 0, 0, 0, if(stands = '', argMax(known.name, valid_from), ''),
        arrayMap(row -> (row.label, row.place, stands != ''), arrayFilter(row -> row.table = '02', anyIf(labels, valid_from = {month:Date})))
    FROM ${database}.standing_institutions AS known FINAL WHERE NOT gone AND valid_from < addMonths({month:Date}, 1) GROUP BY known.code
)
SELECT
    row_number() OVER (ORDER BY row.2 = 0, row.2, n DESC, code) AS `序号`, multiIf(row.1 != '', row.1, name != '', name, code) AS `单位`,
    online AS `12320在线预约`, phone AS `电话预约`, clinic AS `诊间预约`, third AS `第三方`, n AS `小计`
FROM
(
    SELECT
        code, sum(told.online) AS online, sum(told.phone) AS phone, sum(told.clinic) AS clinic, sum(told.third) AS third, sum(told.n) AS n,
        max(told.heard) AS heard, max(told.name) AS name, arraySort(row -> (row.3, row.2), arrayFlatten(groupArray(told.places))) AS every, if(every[1].3, arraySlice(every, 1, 1), arrayFilter(row -> NOT row.3, every)) AS places
    FROM told GROUP BY code
)
LEFT ARRAY JOIN places AS row
WHERE row.2 > 0 OR heard
ORDER BY `序号`
COMMENT 'One row per hospital with bookings';

CREATE OR REPLACE VIEW ${database}.bulletin_04 ${on_cluster} AS
WITH
(SELECT arraySort(step -> step.2, groupArray((code, since, into))) FROM ${database}.mergers) AS moved,
uploaded AS
(
    SELECT ifNull(nullIf(arrayLast(step -> step.1 = organisation AND step.2 <= business_date, moved).3, ''), toString(organisation)) AS code, table_code, business_date, sum(events) AS n, sum(rows) AS r, sum(persons) AS p
    FROM ${database}.rollup_uploads FINAL
    WHERE definition = (SELECT definition FROM ${database}.definitions FINAL WHERE topic = 'uploads') AND grain = 'day' AND origin != 'simulated'
      AND business_date >= {month:Date} AND business_date < addMonths({month:Date}, 1)
      AND bucket >= toDateTime({month:Date}, 'Asia/Shanghai') - INTERVAL 2 DAY
    GROUP BY code, table_code, business_date
),
told AS
(
    SELECT
        code, uniqExactIf(table_code, n > 0) AS tables, uniqExactIf(business_date, n > 0) AS days,
        sum(r) AS volume, sumIf(p, table_code = 'visits') AS visits, sumIf(p, table_code = 'discharges') AS discharges,
        1 AS heard, '' AS name, '' AS kind, [] AS places, '' AS figure, NULL AS amount
    FROM uploaded GROUP BY code
    UNION ALL
    SELECT
        ifNull(nullIf(arrayLast(step -> step.1 = known.code AND step.2 <= {month:Date}, moved).3 AS stands, ''), known.code), 0, 0, 0, 0, 0, 0, if(stands = '', argMax(known.name, valid_from), ''), if(stands = '', argMax(known.kind, valid_from), ''),
        arrayMap(row -> (row.label, row.place, stands != ''), arrayFilter(row -> row.table = '04', anyIf(labels, valid_from = {month:Date}))), '', NULL
    FROM ${database}.standing_institutions AS known FINAL WHERE NOT gone AND valid_from < addMonths({month:Date}, 1) GROUP BY known.code
    UNION ALL
    SELECT subject, 0, 0, 0, 0, 0, 0, '', '', [], stock.figure, if(argMax(stock.amount IS NULL, as_of), NULL, argMax(stock.amount, as_of))
    FROM ${database}.standing_stocks AS stock FINAL
    WHERE NOT gone AND as_of < addMonths({month:Date}, 1) AND stock.origin != 'simulated' AND NOT arrayExists(step -> step.1 = subject AND step.2 <= {month:Date}, moved)
      AND figure IN ('uploads.declared', 'uploads.required', 'records.basic', 'records.hypertension', 'records.diabetes')
    GROUP BY figure, subject
)
SELECT
    if(row.1 != '', row.1, if(name != '', name, code)) AS `接入单位`,
    if(required IS NULL, NULL, concat(ifNull(toString(declared), '未反馈'), '/', toString(required))) AS `申明上传表/规定上传表`,
    tables AS `已上传表（CDA文档）`, volume AS `数据上传量`, days AS `数据上传天数`,
    visits AS `门急诊信息上传人次`, discharges AS `出院信息上传人次`,
    basic AS `健康档案累计上传总量/基本信息`, hypertension AS `健康档案累计上传总量/高血压`, diabetes AS `健康档案累计上传总量/糖尿病`
FROM
(
    SELECT
        code, max(told.tables) AS tables, max(told.days) AS days, sum(told.volume) AS volume, sum(told.visits) AS visits, sum(told.discharges) AS discharges,
        max(told.heard) AS heard, max(told.name) AS name, max(told.kind) AS kind, arraySort(row -> (row.3, row.2), arrayFlatten(groupArray(told.places))) AS every, if(every[1].3, arraySlice(every, 1, 1), arrayFilter(row -> NOT row.3, every)) AS places,
        anyIf(amount, figure = 'uploads.declared') AS declared, anyIf(amount, figure = 'uploads.required') AS required,
        anyIf(amount, figure = 'records.basic') AS basic,
        anyIf(amount, figure = 'records.hypertension') AS hypertension,
        anyIf(amount, figure = 'records.diabetes') AS diabetes
    FROM told GROUP BY code
)
LEFT ARRAY JOIN places AS row
WHERE row.2 > 0 OR (heard AND kind = 'district')
ORDER BY row.2 = 0, row.2, volume DESC, code
COMMENT 'One row per district that uploaded rows of the month''s business dates';

CREATE OR REPLACE VIEW ${database}.bulletin_05 ${on_cluster} AS
WITH
(SELECT arraySort(step -> step.2, groupArray((code, since, into))) FROM ${database}.mergers) AS moved,
uploaded AS
(
    SELECT ifNull(nullIf(arrayLast(step -> step.1 = organisation AND step.2 <= business_date, moved).3, ''), toString(organisation)) AS code, table_code, business_date, sum(events) AS n, sum(rows) AS r, sum(persons) AS p
    FROM ${database}.rollup_uploads FINAL
    WHERE definition = (SELECT definition FROM ${database}.definitions FINAL WHERE topic = 'uploads') AND grain = 'day' AND origin != 'simulated'
      AND business_date >= {month:Date} AND business_date < addMonths({month:Date}, 1)
      AND bucket >= toDateTime({month:Date}, 'Asia/Shanghai') - INTERVAL 2 DAY
    GROUP BY code, table_code, business_date
),
told AS
(
    SELECT
        code, uniqExactIf(table_code, n > 0) AS tables, uniqExactIf(business_date, n > 0) AS days,
        sum(r) AS volume, sumIf(p, table_code = 'visits') AS visits, sumIf(p, table_code = 'discharges') AS discharges,
        1 AS heard, '' AS name, '' AS kind, [] AS places, '' AS figure, NULL AS amount
    FROM uploaded GROUP BY code
    UNION ALL
    SELECT
        ifNull(nullIf(arrayLast(step -> step.1 = known.code AND step.2 <= {month:Date}, moved).3 AS stands, ''), known.code), 0, 0, 0, 0, 0, 0, if(stands = '', argMax(known.name, valid_from), ''), if(stands = '', argMax(known.kind, valid_from), ''),
        arrayMap(row -> (row.label, row.place, stands != ''), arrayFilter(row -> row.table = '05', anyIf(labels, valid_from = {month:Date}))), '', NULL
    FROM ${database}.standing_institutions AS known FINAL WHERE NOT gone AND valid_from < addMonths({month:Date}, 1) GROUP BY known.code
    UNION ALL
    SELECT subject, 0, 0, 0, 0, 0, 0, '', '', [], stock.figure, if(argMax(stock.amount IS NULL, as_of), NULL, argMax(stock.amount, as_of))
    FROM ${database}.standing_stocks AS stock FINAL
    WHERE NOT gone AND as_of < addMonths({month:Date}, 1) AND stock.origin != 'simulated' AND NOT arrayExists(step -> step.1 = subject AND step.2 <= {month:Date}, moved)
      AND figure IN ('uploads.declared', 'uploads.required')
    GROUP BY figure, subject
)
SELECT
    if(row.1 != '', row.1, if(name != '', name, code)) AS `接入单位`,
    if(required IS NULL, NULL, concat(ifNull(toString(declared), '未反馈'), '/', toString(required))) AS `申明上传表/规定上传`,
    tables AS `已上传表/CDA文档（份）`, volume AS `数据上传量`, days AS `数据上传天数`,
    visits AS `门急诊信息上传人次`, discharges AS `出院信息上传人次`
FROM
(
    SELECT
        code, max(told.tables) AS tables, max(told.days) AS days, sum(told.volume) AS volume, sum(told.visits) AS visits, sum(told.discharges) AS discharges,
        max(told.heard) AS heard, max(told.name) AS name, max(told.kind) AS kind, arraySort(row -> (row.3, row.2), arrayFlatten(groupArray(told.places))) AS every, if(every[1].3, arraySlice(every, 1, 1), arrayFilter(row -> NOT row.3, every)) AS places,
        anyIf(amount, figure = 'uploads.declared') AS declared, anyIf(amount, figure = 'uploads.required') AS required
    FROM told GROUP BY code
)
LEFT ARRAY JOIN places AS row
WHERE row.2 > 0 OR (heard AND kind != 'district')
ORDER BY row.2 = 0, row.2, volume DESC, code
COMMENT 'One row per hospital that uploaded rows of the month''s business dates';

CREATE OR REPLACE VIEW ${database}.bulletin_06 ${on_cluster} AS
WITH
(SELECT arraySort(step -> step.2, groupArray((code, since, into))) FROM ${database}.mergers) AS moved,
told AS
(
    SELECT
        ifNull(nullIf(arrayLast(step -> step.1 = institution AND step.2 <= toDate(bucket, 'Asia/Shanghai'), moved).3, ''), toString(institution)) AS code,
        sumIf(events, service = 'registration') AS registrations, sumIf(amount_fen, service = 'registration') AS registration_fen,
        sumIf(events, service = 'payment') AS payments, sumIf(amount_fen, service = 'payment') AS payment_fen,
        1 AS heard, '' AS name, '' AS kind, [] AS places, 0 AS deployed, NULL AS devices
    FROM ${database}.rollup_kiosk_transactions FINAL
    WHERE definition = (SELECT definition FROM ${database}.definitions FINAL WHERE topic = 'kiosk_transactions') AND grain = 'day'
      AND bucket >= toDateTime({month:Date}, 'Asia/Shanghai') AND bucket < toDateTime(addMonths({month:Date}, 1), 'Asia/Shanghai') AND origin != 'simulated'
    GROUP BY code
    UNION ALL
    SELECT
        ifNull(nullIf(arrayLast(step -> step.1 = known.code AND step.2 <= {month:Date}, moved).3 AS stands, ''), known.code), 0, 0, 0, 0, 0, if(stands = '', argMax(known.name, valid_from), ''), if(stands = '', argMax(known.kind, valid_from), ''),
        arrayMap(row -> (row.label, row.place, stands != ''), arrayFilter(row -> row.table = '06', anyIf(labels, valid_from = {month:Date}))), 0, NULL
    FROM ${database}.standing_institutions AS known FINAL WHERE NOT gone AND valid_from < addMonths({month:Date}, 1) GROUP BY known.code
    UNION ALL
    SELECT subject, 0, 0, 0, 0, 0, '', '', [], 1, if(argMax(amount IS NULL, as_of), NULL, argMax(amount, as_of))
    FROM ${database}.standing_stocks FINAL
    WHERE NOT gone AND as_of < addMonths({month:Date}, 1) AND origin != 'simulated' AND figure = 'kiosk.devices' AND NOT arrayExists(step -> step.1 = subject AND step.2 <= {month:Date}, moved)
    GROUP BY subject
)
SELECT
    if(kind = 'district', '各区', '医疗单位') AS `组`, if(row.1 != '', row.1, if(name != '', name, code)) AS `单位`, devices AS `投放台数`,
    registrations AS `挂号（次）`, toDecimal64(registration_fen, 2) / 100 AS `挂号金额（元）`,
    payments AS `缴费（次）`, toDecimal64(payment_fen, 2) / 100 AS `缴费金额（元）`
FROM
(
    SELECT
        code, sum(told.registrations) AS registrations, sum(told.registration_fen) AS registration_fen,
        sum(told.payments) AS payments, sum(told.payment_fen) AS payment_fen,
        max(told.heard) AS heard, max(told.name) AS name, max(told.kind) AS kind, arraySort(row -> (row.3, row.2), arrayFlatten(groupArray(told.places))) AS every, if(every[1].3, arraySlice(every, 1, 1), arrayFilter(row -> NOT row.3, every)) AS places,
        max(told.deployed) AS deployed, any(told.devices) AS devices, max(notEmpty(places)) OVER () AS printed
    FROM told GROUP BY code
)
LEFT ARRAY JOIN places AS row
WHERE row.2 > 0 OR heard OR (deployed AND NOT printed)
ORDER BY `组` = '各区', row.2 = 0, row.2, devices DESC, code
COMMENT 'One row per institution or district with kiosks; amounts in yuan';

CREATE OR REPLACE VIEW ${database}.bulletin_07 ${on_cluster} AS
WITH
(SELECT arraySort(step -> step.2, groupArray((code, since, into))) FROM ${database}.mergers) AS moved,
-- A printed month shows what was stated for it; any other the last that was stated before.
stated AS
(
    SELECT
        figure, subject, if(argMax(stock.value IS NULL, as_of), NULL, argMax(stock.value, as_of)) AS value,
        max(as_of) >= {month:Date} AS fresh, fresh OR NOT max(fresh AND argMax(stock.origin, as_of) = 'replay') OVER () AS shown,
        figure LIKE 'telemedicine.connection.%' AS connection
    FROM ${database}.standing_stocks AS stock FINAL
    WHERE NOT gone AND as_of < addMonths({month:Date}, 1) AND stock.origin != 'simulated' AND figure LIKE 'telemedicine.%' AND NOT arrayExists(step -> step.1 = subject AND step.2 <= {month:Date}, moved)
    GROUP BY figure, subject
),
told AS
(
    SELECT
        toString(platform) AS platform, toString(item) AS what, if(institution IS NULL, '', ifNull(nullIf(arrayLast(step -> step.1 = assumeNotNull(institution) AND step.2 <= toDate(bucket, 'Asia/Shanghai'), moved).3, ''), toString(assumeNotNull(institution)))) AS code, sum(events) AS n, sum(images) AS pictures,
        'flow' AS sort, 1 AS present, CAST(NULL AS Nullable(Int64)) AS value
    FROM ${database}.rollup_telemedicine FINAL
    WHERE definition = (SELECT definition FROM ${database}.definitions FINAL WHERE topic = 'telemedicine') AND grain = 'day'
      AND bucket >= toDateTime({month:Date}, 'Asia/Shanghai') AND bucket < toDateTime(addMonths({month:Date}, 1), 'Asia/Shanghai') AND origin != 'simulated'
    GROUP BY platform, item, code
    UNION ALL
    SELECT
        if(connection, splitByChar('.', figure)[3], subject), figure, if(connection, subject, ''), 0, 0,
        multiIf(NOT shown, '', connection, 'connection', 'figure'), figure = 'telemedicine.connected' AND fresh, stated.value
    FROM stated
    UNION ALL
    -- What is printed: the rows' labels and places, under their platform.
    SELECT if(list = 'platforms', labels.code, splitByChar('.', list)[2]), labels.code, label, place, 0, if(list = 'platforms', 'platform', 'indicator'), 0, NULL
    FROM ${database}.labels FINAL WHERE list = 'platforms' OR list LIKE 'indicators.%'
),
named AS
(
    SELECT code, name, arraySort(arrayMap(row -> (row.place, row.label), arrayFilter(row -> row.table = '07', rows)))[1] AS printed
    FROM
    (
        SELECT code, argMax(known.name, valid_from) AS name, anyIf(labels, valid_from = {month:Date}) AS rows
        FROM ${database}.standing_institutions AS known FINAL WHERE NOT gone AND valid_from < addMonths({month:Date}, 1)
        GROUP BY code
    )
),
known AS (SELECT *, multiIf(printed.2 != '', printed.2, name != '', name, code) AS shown_as FROM told LEFT JOIN named USING code),
gathered AS
(
    SELECT
        platform, max(known.present) AS present, sum(pictures) AS images,
        sumIf(n, sort = 'flow' AND what = 'report') AS reports, sumIf(n, sort = 'flow' AND what = 'specimen') AS specimens,
        sumIf(n, sort = 'flow' AND what = 'consultation') AS consultations,
        arraySort(groupArrayIf((-n, printed.1 = 0, printed.1, code, concat(shown_as, toString(n), '份')), sort = 'flow' AND what = 'report' AND code != '' AND n > 0)) AS ranked,
        groupArrayIf((what, toString(value)), sort = 'figure' AND value IS NOT NULL) AS figures,
        max(sort = 'connection') AS asked, arraySort(groupArrayIf((code, shown_as), sort = 'connection' AND value = 0)) AS apart,
        anyIf(code, sort = 'platform') AS title, maxIf(n, sort = 'platform') AS place, groupArrayIf((n, what, code), sort = 'indicator') AS indicators
    FROM known GROUP BY platform
),
found AS
(
    SELECT title, place, indicators, arrayConcat(
        figures,
        present ? [('report', toString(reports)), ('specimen', toString(specimens)), ('consultation', toString(consultations)), ('images', toString(images))] : [],
        arrayZip(arraySlice(['first', 'second', 'third'], 1, length(ranked)), arraySlice(ranked.5, 1, 3)),
        asked ? [('unconnected', arrayStringConcat(apart.2, '、'))] : []
    ) AS texts
    FROM gathered WHERE place > 0
)
SELECT title AS `平台`, indicator.3 AS `指标`, texts[indexOf(texts.1, indicator.2)].2 AS `数值`
FROM found ARRAY JOIN indicators AS indicator
WHERE has(texts.1, indicator.2)
ORDER BY place, indicator.1
COMMENT 'One row per platform and indicator. Reports, specimens, consultations and images of the month; all else as last stated';

-- Rows of a business date are due by the end of the next day: of the month in progress, only what is due counts.
CREATE OR REPLACE VIEW ${database}.deliveries ${on_cluster} AS
WITH
(SELECT arraySort(step -> step.2, groupArray((code, since, into))) FROM ${database}.mergers) AS moved,
uploaded AS
(
    SELECT
        ifNull(nullIf(arrayLast(step -> step.1 = organisation AND step.2 <= business_date, moved).3, ''), toString(organisation)) AS code, table_code, business_date AS day, sum(events) AS n,
        min(toDate(bucket, 'Asia/Shanghai')) AS first, max(toDate(bucket, 'Asia/Shanghai')) AS last, sum(rows) AS r, sum(persons) AS p
    FROM ${database}.rollup_uploads FINAL
    WHERE definition = (SELECT definition FROM ${database}.definitions FINAL WHERE topic = 'uploads') AND grain = 'day' AND origin != 'simulated'
      AND business_date >= {month:Date} AND business_date < addMonths({month:Date}, 1)
      AND bucket >= toDateTime({month:Date}, 'Asia/Shanghai') - INTERVAL 2 DAY
    GROUP BY code, table_code, business_date
),
daily AS
(
    SELECT
        code, day, groupArrayIf(table_code, n > 0) AS tables, minIf(first, n > 0) AS came, maxIf(last, n > 0) AS last,
        sum(r) AS volume, sumIf(p, table_code = 'visits') AS visits, sumIf(p, table_code = 'discharges') AS discharges
    FROM uploaded GROUP BY code, day
),
told AS
(
    SELECT
        code, length(arrayDistinct(arrayFlatten(groupArray(daily.tables)))) AS tables, arraySort(groupArrayIf((day, came), notEmpty(daily.tables))) AS delivered, countIf(notEmpty(daily.tables) AND daily.volume = 0) AS empty_days,
        maxIf(daily.last, notEmpty(daily.tables)) AS last, sum(daily.volume) AS volume, sum(daily.visits) AS visits, sum(daily.discharges) AS discharges,
        '' AS name, '' AS kind, CAST(NULL AS Nullable(String)) AS district, 0 AS provisional, toDate(0) AS entered, '' AS figure, CAST(NULL AS Nullable(Int64)) AS amount
    FROM daily GROUP BY code
    UNION ALL
    SELECT
        code, 0, [], 0, toDate(0), 0, 0, 0, argMax(known.name, valid_from), argMax(known.kind, valid_from),
        if(argMax(known.district IS NULL, valid_from), NULL, argMax(known.district, valid_from)), argMax(known.provisional, valid_from), min(valid_from), '', NULL
    FROM ${database}.standing_institutions AS known FINAL WHERE NOT gone AND valid_from < addMonths({month:Date}, 1) GROUP BY code
    UNION ALL
    SELECT subject, 0, [], 0, toDate(0), 0, 0, 0, '', '', NULL, 0, toDate(0), stock.figure, if(argMax(stock.amount IS NULL, as_of), NULL, argMax(stock.amount, as_of))
    FROM ${database}.standing_stocks AS stock FINAL
    WHERE NOT gone AND as_of < addMonths({month:Date}, 1) AND stock.origin != 'simulated'
      AND (figure IN ('uploads.declared', 'uploads.required') OR figure LIKE 'telemedicine.connection.%')
    GROUP BY figure, subject
),
gathered AS
(
    SELECT
        code, max(told.name) AS name, max(told.kind) AS kind, max(told.district) AS district, max(told.provisional) AS provisional, max(told.entered) AS entered,
        anyIf(amount, figure = 'uploads.declared') AS declared, anyIf(amount, figure = 'uploads.required') AS required,
        max(told.tables) AS tables, arrayFlatten(groupArray(told.delivered)) AS delivered, max(told.empty_days) AS empty_days, max(told.last) AS last, sum(told.volume) AS volume,
        sum(told.visits) AS visits, sum(told.discharges) AS discharges,
        arrayMin(step -> if(step.1 = code, step.2, toDate('2149-01-01')), arrayPushBack(moved, ('', toDate(0), ''))) AS gone,
        arraySort(groupArrayIf(splitByChar('.', figure)[3], figure LIKE 'telemedicine.connection.%' AND amount = 1)) AS connected,
        arraySort(groupArrayIf(splitByChar('.', figure)[3], figure LIKE 'telemedicine.connection.%' AND amount = 0)) AS unconnected
    FROM told GROUP BY code
),
expected AS
(
    SELECT
        *,
        greatest({month:Date}, entered) AS due_from,
        least(addMonths({month:Date}, 1) - 1, toDate(now('Asia/Shanghai')) - 2, gone - 1) AS due_to,
        arrayMap(nth -> due_from + nth, range(toUInt64(if(ifNull(required, 0) > 0, greatest(due_to - due_from + 1, 0), 0)))) AS due,
        arrayFilter(day -> NOT has(delivered.1, day), due) AS overdue,
        ifNull(required, 0) > 0 AND declared IS NULL AS unanswered
    FROM gathered
    WHERE (required > 0 AND gone > {month:Date}) OR notEmpty(delivered)
)
SELECT
    code, if(name != '', name, code) AS name, if(kind != '', kind, 'other') AS kind, district, provisional, declared, required, unanswered,
    tables, length(delivered) AS days, length(due) AS due_days, if(empty(due), NULL, due_to) AS due_until, overdue, arrayCount(one -> one.2 > one.1 + 1, delivered) AS late_days, empty_days, delivered,
    if(notEmpty(delivered), delivered[-1].1, NULL) AS last_day, if(notEmpty(delivered), last, NULL) AS last_upload,
    volume, visits, discharges, connected, unconnected,
    multiIf(unanswered, '未反馈', notEmpty(overdue), '逾期', notEmpty(unconnected), '未对接', empty(delivered), '未到期', '已上传') AS state
FROM expected
ORDER BY kind = 'district' DESC, volume DESC, code
COMMENT 'deliveries(month = …): one row per institution that should upload in the month (tables are required of it) or did. tables: distinct ones; days: business dates with an upload; delivered: those dates, each with the day it first came; due_days: dates whose rows are due by now, the last of them due_until; overdue: those without an upload; late_days: dates that came after the next day; empty_days: dates with uploads and not one row; connected, unconnected: telemedicine platforms. volume in rows, visits and discharges in persons. No simulated event is counted';
