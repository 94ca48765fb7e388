-- The bulletin's tables: bulletin_NN(month = '2020-09-01'), columns, rows and order as printed. No total rows:
-- a total is the sum of its rows. No simulated event is counted. A row stands for what happened in the month,
-- or for an institution that the register places in that table of that month.

CREATE OR REPLACE VIEW ${database}.bulletin_01a ${on_cluster} AS
WITH flows AS
(
    SELECT line, city, category, sum(events) AS n
    FROM ${database}.rollup_calls FINAL
    WHERE definition = (SELECT definition FROM ${database}.definitions FINAL WHERE topic = 'calls') AND grain = 'day'
      AND bucket >= toDateTime({month:Date}, 'Asia/Shanghai') AND bucket < toDateTime(addMonths({month:Date}, 1), 'Asia/Shanghai') AND origin != 'simulated'
    GROUP BY line, city, category
)
SELECT `类别`, `数量`, `单位`
FROM
(
    SELECT if(label != '', label, code) AS `类别`, n AS `数量`, '个' AS `单位`, if(place = 0, 100, place) AS nth
    FROM
    (
        SELECT code, max(place) AS place, max(label) AS label, sum(n) AS n FROM
        (
            SELECT code, label, place, 0 AS n FROM ${database}.labels FINAL WHERE list = 'categories' AND (SELECT count() FROM flows) > 0
            UNION ALL
            SELECT assumeNotNull(category), '', 0, n FROM flows WHERE line = 'hotline' AND city = 'nanjing' AND category IS NOT NULL
        )
        GROUP BY code
    )
    UNION ALL
    SELECT max(label), sum(n), '件', 200 + max(place)
    FROM
    (
        SELECT code AS line, label, place, 0 AS n FROM ${database}.labels FINAL WHERE list = 'lines' AND (SELECT count() FROM flows) > 0
        UNION ALL
        SELECT line, '', 0, n FROM flows WHERE line != 'hotline'
    )
    GROUP BY line
)
ORDER BY nth, `类别`
COMMENT 'One row per category of home-city calls, then one per kind of 12345 orders, which are in no total';

CREATE OR REPLACE VIEW ${database}.bulletin_01b ${on_cluster} AS
SELECT if(label != '', label, code) AS `市`, n AS `电话量（人次）`
FROM
(
    SELECT assumeNotNull(city) AS code, sum(events) AS n
    FROM ${database}.rollup_calls FINAL
    WHERE definition = (SELECT definition FROM ${database}.definitions FINAL WHERE topic = 'calls') AND grain = 'day'
      AND bucket >= toDateTime({month:Date}, 'Asia/Shanghai') AND bucket < toDateTime(addMonths({month:Date}, 1), 'Asia/Shanghai') AND origin != 'simulated' AND line = 'hotline' AND city IS NOT NULL
    GROUP BY code
) AS flows
LEFT JOIN (SELECT code, label, place FROM ${database}.labels FINAL WHERE list = 'cities') AS named USING code
ORDER BY n DESC, place
COMMENT 'One row per city with calls to its 12320';

CREATE OR REPLACE VIEW ${database}.bulletin_02 ${on_cluster} AS
WITH flows AS
(
    SELECT
        assumeNotNull(hospital) AS code,
        sumIf(events, channel = 'online') AS online, sumIf(events, channel = 'phone') AS phone,
        sumIf(events, channel = 'clinic') AS clinic, sumIf(events, channel = 'third_party') AS third, sum(events) AS n
    FROM ${database}.rollup_bookings FINAL
    WHERE definition = (SELECT definition FROM ${database}.definitions FINAL WHERE topic = 'bookings') AND grain = 'day'
      AND bucket >= toDateTime({month:Date}, 'Asia/Shanghai') AND bucket < toDateTime(addMonths({month:Date}, 1), 'Asia/Shanghai') AND origin != 'simulated' AND hospital IS NOT NULL
    GROUP BY hospital
),
placed AS (SELECT code, label, place FROM ${database}.institution_labels WHERE month = {month:Date} AND table = '02'),
named AS (SELECT code, argMax(name, valid_from) AS name, argMax(kind, valid_from) AS kind FROM ${database}.institutions WHERE valid_from < addMonths({month:Date}, 1) GROUP BY code)
SELECT
    row_number() OVER (ORDER BY place = 0, place, n DESC, code) AS `序号`, if(label != '', label, if(name != '', name, code)) AS `单位`,
    online AS `12320在线预约`, phone AS `电话预约`, clinic AS `诊间预约`, third AS `第三方`, n AS `小计`
FROM (SELECT code FROM flows UNION DISTINCT SELECT code FROM placed) AS every
LEFT JOIN flows USING code LEFT JOIN placed USING code LEFT JOIN named USING code
ORDER BY `序号`
COMMENT 'One row per hospital with bookings';

CREATE OR REPLACE VIEW ${database}.bulletin_03 ${on_cluster} AS
SELECT row_number() OVER (ORDER BY n DESC, place) AS `序号`, if(label != '', label, code) AS `名称`, n AS `预约数量`
FROM
(
    SELECT assumeNotNull(route) AS code, sum(events) AS n
    FROM ${database}.rollup_bookings FINAL
    WHERE definition = (SELECT definition FROM ${database}.definitions FINAL WHERE topic = 'bookings') AND grain = 'day'
      AND bucket >= toDateTime({month:Date}, 'Asia/Shanghai') AND bucket < toDateTime(addMonths({month:Date}, 1), 'Asia/Shanghai') AND origin != 'simulated' AND route IS NOT NULL
    GROUP BY code
) AS flows
LEFT JOIN (SELECT code, label, place FROM ${database}.labels FINAL WHERE list = 'routes') AS named USING code
ORDER BY `序号`
COMMENT 'One row per route with bookings, those whose hospital is unknown among them';

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
flows AS
(
    SELECT
        organisation AS code, uniqExactIf(table_code, n > 0) AS tables, uniqExactIf(business_date, n > 0) AS days,
        sum(r) AS volume, sumIf(p, table_code = 'visits') AS visits, sumIf(p, table_code = 'discharges') AS discharges
    FROM uploaded GROUP BY organisation
),
placed AS (SELECT code, label, place FROM ${database}.institution_labels WHERE month = {month:Date} AND table = '04'),
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
FROM (SELECT code FROM flows UNION DISTINCT SELECT code FROM placed) AS every
LEFT JOIN flows USING code LEFT JOIN placed USING code LEFT JOIN named USING code LEFT JOIN stocked USING code
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
flows AS
(
    SELECT
        organisation AS code, uniqExactIf(table_code, n > 0) AS tables, uniqExactIf(business_date, n > 0) AS days,
        sum(r) AS volume, sumIf(p, table_code = 'visits') AS visits, sumIf(p, table_code = 'discharges') AS discharges
    FROM uploaded GROUP BY organisation
),
placed AS (SELECT code, label, place FROM ${database}.institution_labels WHERE month = {month:Date} AND table = '05'),
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
FROM (SELECT code FROM flows UNION DISTINCT SELECT code FROM placed) AS every
LEFT JOIN flows USING code LEFT JOIN placed USING code LEFT JOIN named USING code LEFT JOIN stocked USING code
WHERE place > 0 OR kind != 'district'
ORDER BY place = 0, place, volume DESC, code
COMMENT 'One row per hospital that uploaded rows of the month''s business dates';

CREATE OR REPLACE VIEW ${database}.bulletin_06 ${on_cluster} AS
WITH flows AS
(
    SELECT
        institution AS code,
        sumIf(events, service = 'registration') AS registrations, sumIf(amount_fen, service = 'registration') AS registration_fen,
        sumIf(events, service = 'payment') AS payments, sumIf(amount_fen, service = 'payment') AS payment_fen
    FROM ${database}.rollup_kiosk_transactions FINAL
    WHERE definition = (SELECT definition FROM ${database}.definitions FINAL WHERE topic = 'kiosk_transactions') AND grain = 'day'
      AND bucket >= toDateTime({month:Date}, 'Asia/Shanghai') AND bucket < toDateTime(addMonths({month:Date}, 1), 'Asia/Shanghai') AND origin != 'simulated'
    GROUP BY institution
),
placed AS (SELECT code, label, place FROM ${database}.institution_labels WHERE month = {month:Date} AND table = '06'),
named AS (SELECT code, argMax(name, valid_from) AS name, argMax(kind, valid_from) AS kind FROM ${database}.institutions WHERE valid_from < addMonths({month:Date}, 1) GROUP BY code),
stated AS (SELECT * FROM ${database}.stocks_on(day = toLastDayOfMonth({month:Date}))),
deployed AS (SELECT subject AS code, amount AS devices FROM stated WHERE figure = 'kiosk.devices')
SELECT
    if(kind = 'district', '各区', '医疗单位') AS `组`, if(label != '', label, if(name != '', name, code)) AS `单位`, devices AS `投放台数`,
    registrations AS `挂号（次）`, toDecimal64(registration_fen, 2) / 100 AS `挂号金额（元）`,
    payments AS `缴费（次）`, toDecimal64(payment_fen, 2) / 100 AS `缴费金额（元）`
FROM
(
    SELECT code FROM flows
    UNION DISTINCT SELECT code FROM placed
    UNION DISTINCT SELECT code FROM deployed WHERE (SELECT count() FROM placed) = 0
) AS every
LEFT JOIN flows USING code LEFT JOIN placed USING code LEFT JOIN named USING code LEFT JOIN deployed USING code
ORDER BY `组` = '各区', place = 0, place, devices DESC, code
COMMENT 'One row per institution or district with kiosks; amounts in yuan';

CREATE OR REPLACE VIEW ${database}.bulletin_07 ${on_cluster} AS
WITH flows AS
(
    SELECT platform, item, institution, sum(events) AS n, sum(images) AS pictures
    FROM ${database}.rollup_telemedicine FINAL
    WHERE definition = (SELECT definition FROM ${database}.definitions FINAL WHERE topic = 'telemedicine') AND grain = 'day'
      AND bucket >= toDateTime({month:Date}, 'Asia/Shanghai') AND bucket < toDateTime(addMonths({month:Date}, 1), 'Asia/Shanghai') AND origin != 'simulated'
    GROUP BY platform, item, institution
),
named AS (SELECT code, argMax(name, valid_from) AS name, argMax(kind, valid_from) AS kind FROM ${database}.institutions WHERE valid_from < addMonths({month:Date}, 1) GROUP BY code),
stated AS (SELECT * FROM ${database}.stocks_on(day = toLastDayOfMonth({month:Date}))),
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
      AND (stated >= {month:Date} OR NOT (SELECT max(stated >= {month:Date} AND told_as = 'replay') FROM stated WHERE figure LIKE 'telemedicine.%'))
    UNION ALL
    SELECT platform, item, toString(sum(n)) FROM (SELECT platform, item, n FROM flows UNION ALL SELECT platform, arrayJoin(['report', 'specimen', 'consultation']), 0 FROM present) GROUP BY platform, item
    UNION ALL
    SELECT platform, 'images', toString(sum(p)) FROM (SELECT platform, pictures AS p FROM flows UNION ALL SELECT platform, 0 FROM present) GROUP BY platform
    UNION ALL
    SELECT platform, transform(nth, ['nth1', 'nth2', 'nth3'], ['first', 'second', 'third'], ''), text FROM ranked
    UNION ALL
    SELECT splitByChar('.', figure)[3], 'unconnected', arrayStringConcat(arrayMap(t -> t.2, arraySort(groupArrayIf((code, if(label != '', label, if(name != '', name, code))), value = 0))), '、')
    FROM (SELECT figure, subject AS code, value FROM stated WHERE figure LIKE 'telemedicine.connection.%' AND (stated >= {month:Date} OR NOT (SELECT max(stated >= {month:Date} AND told_as = 'replay') FROM stated WHERE figure LIKE 'telemedicine.%'))) AS connections
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
WITH stated AS (SELECT * FROM ${database}.stocks_on(day = toLastDayOfMonth({month:Date}))),
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
