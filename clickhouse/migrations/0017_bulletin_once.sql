-- Tables of the bulletin again, with the same cells for less: each reads every table once, one below
-- the other instead of joined, and none reads a view with parameters, as that is planned several times.

CREATE OR REPLACE VIEW ${database}.bulletin_04 ${on_cluster} AS
WITH
uploaded AS
(
    SELECT organisation, table_code, business_date, sum(events) AS n, sum(rows) AS r, sum(persons) AS p
    FROM ${database}.rollup_uploads FINAL
    WHERE definition = (SELECT definition FROM ${database}.definitions FINAL WHERE topic = 'uploads') AND grain = 'day' AND origin != 'simulated'
      AND business_date >= {month:Date} AND business_date < addMonths({month:Date}, 1)
      AND bucket >= toDateTime({month:Date}, 'Asia/Shanghai') - INTERVAL 2 DAY
    GROUP BY organisation, table_code, business_date
),
told AS
(
    SELECT
        toString(organisation) AS code, uniqExactIf(table_code, n > 0) AS tables, uniqExactIf(business_date, n > 0) AS days,
        sum(r) AS volume, sumIf(p, table_code = 'visits') AS visits, sumIf(p, table_code = 'discharges') AS discharges,
        1 AS heard, '' AS name, '' AS kind, [] AS places, '' AS figure, NULL AS amount
    FROM uploaded GROUP BY organisation
    UNION ALL
    SELECT
        code, 0, 0, 0, 0, 0, 0, argMax(known.name, valid_from), argMax(known.kind, valid_from),
        arrayMap(row -> (row.label, row.place), arrayFilter(row -> row.table = '04', anyIf(labels, valid_from = {month:Date}))), '', NULL
    FROM ${database}.institutions AS known WHERE valid_from < addMonths({month:Date}, 1) GROUP BY code
    UNION ALL
    SELECT subject, 0, 0, 0, 0, 0, 0, '', '', [], stock.figure, if(argMax(stock.amount IS NULL, as_of), NULL, argMax(stock.amount, as_of))
    FROM ${database}.stocks AS stock
    WHERE as_of < addMonths({month:Date}, 1) AND stock.origin != 'simulated'
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
        max(told.heard) AS heard, max(told.name) AS name, max(told.kind) AS kind, arrayFlatten(groupArray(told.places)) AS places,
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
uploaded AS
(
    SELECT organisation, table_code, business_date, sum(events) AS n, sum(rows) AS r, sum(persons) AS p
    FROM ${database}.rollup_uploads FINAL
    WHERE definition = (SELECT definition FROM ${database}.definitions FINAL WHERE topic = 'uploads') AND grain = 'day' AND origin != 'simulated'
      AND business_date >= {month:Date} AND business_date < addMonths({month:Date}, 1)
      AND bucket >= toDateTime({month:Date}, 'Asia/Shanghai') - INTERVAL 2 DAY
    GROUP BY organisation, table_code, business_date
),
told AS
(
    SELECT
        toString(organisation) AS code, uniqExactIf(table_code, n > 0) AS tables, uniqExactIf(business_date, n > 0) AS days,
        sum(r) AS volume, sumIf(p, table_code = 'visits') AS visits, sumIf(p, table_code = 'discharges') AS discharges,
        1 AS heard, '' AS name, '' AS kind, [] AS places, '' AS figure, NULL AS amount
    FROM uploaded GROUP BY organisation
    UNION ALL
    SELECT
        code, 0, 0, 0, 0, 0, 0, argMax(known.name, valid_from), argMax(known.kind, valid_from),
        arrayMap(row -> (row.label, row.place), arrayFilter(row -> row.table = '05', anyIf(labels, valid_from = {month:Date}))), '', NULL
    FROM ${database}.institutions AS known WHERE valid_from < addMonths({month:Date}, 1) GROUP BY code
    UNION ALL
    SELECT subject, 0, 0, 0, 0, 0, 0, '', '', [], stock.figure, if(argMax(stock.amount IS NULL, as_of), NULL, argMax(stock.amount, as_of))
    FROM ${database}.stocks AS stock
    WHERE as_of < addMonths({month:Date}, 1) AND stock.origin != 'simulated'
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
        max(told.heard) AS heard, max(told.name) AS name, max(told.kind) AS kind, arrayFlatten(groupArray(told.places)) AS places,
        anyIf(amount, figure = 'uploads.declared') AS declared, anyIf(amount, figure = 'uploads.required') AS required
    FROM told GROUP BY code
)
LEFT ARRAY JOIN places AS row
WHERE row.2 > 0 OR (heard AND kind != 'district')
ORDER BY row.2 = 0, row.2, volume DESC, code
COMMENT 'One row per hospital that uploaded rows of the month''s business dates';

CREATE OR REPLACE VIEW ${database}.bulletin_06 ${on_cluster} AS
WITH told AS
(
    SELECT
        toString(institution) AS code,
        sumIf(events, service = 'registration') AS registrations, sumIf(amount_fen, service = 'registration') AS registration_fen,
        sumIf(events, service = 'payment') AS payments, sumIf(amount_fen, service = 'payment') AS payment_fen,
        1 AS heard, '' AS name, '' AS kind, [] AS places, 0 AS deployed, NULL AS devices
    FROM ${database}.rollup_kiosk_transactions FINAL
    WHERE definition = (SELECT definition FROM ${database}.definitions FINAL WHERE topic = 'kiosk_transactions') AND grain = 'day'
      AND bucket >= toDateTime({month:Date}, 'Asia/Shanghai') AND bucket < toDateTime(addMonths({month:Date}, 1), 'Asia/Shanghai') AND origin != 'simulated'
    GROUP BY institution
    UNION ALL
    SELECT
        code, 0, 0, 0, 0, 0, argMax(known.name, valid_from), argMax(known.kind, valid_from),
        arrayMap(row -> (row.label, row.place), arrayFilter(row -> row.table = '06', anyIf(labels, valid_from = {month:Date}))), 0, NULL
    FROM ${database}.institutions AS known WHERE valid_from < addMonths({month:Date}, 1) GROUP BY code
    UNION ALL
    SELECT subject, 0, 0, 0, 0, 0, '', '', [], 1, if(argMax(amount IS NULL, as_of), NULL, argMax(amount, as_of))
    FROM ${database}.stocks
    WHERE as_of < addMonths({month:Date}, 1) AND origin != 'simulated' AND figure = 'kiosk.devices'
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
        max(told.heard) AS heard, max(told.name) AS name, max(told.kind) AS kind, arrayFlatten(groupArray(told.places)) AS places,
        max(told.deployed) AS deployed, any(told.devices) AS devices, max(notEmpty(places)) OVER () AS printed
    FROM told GROUP BY code
)
LEFT ARRAY JOIN places AS row
WHERE row.2 > 0 OR heard OR (deployed AND NOT printed)
ORDER BY `组` = '各区', row.2 = 0, row.2, devices DESC, code
COMMENT 'One row per institution or district with kiosks; amounts in yuan';

CREATE OR REPLACE VIEW ${database}.bulletin_07 ${on_cluster} AS
WITH
-- A printed month shows what was stated for it; any other the last that was stated before.
stated AS
(
    SELECT
        figure, subject, if(argMax(stock.value IS NULL, as_of), NULL, argMax(stock.value, as_of)) AS value,
        max(as_of) >= {month:Date} AS fresh, fresh OR NOT max(fresh AND argMax(stock.origin, as_of) = 'replay') OVER () AS shown,
        figure LIKE 'telemedicine.connection.%' AS connection
    FROM ${database}.stocks AS stock
    WHERE as_of < addMonths({month:Date}, 1) AND stock.origin != 'simulated' AND figure LIKE 'telemedicine.%'
    GROUP BY figure, subject
),
told AS
(
    SELECT
        toString(platform) AS platform, toString(item) AS what, ifNull(toString(institution), '') AS code, sum(events) AS n, sum(images) AS pictures,
        'flow' AS sort, 1 AS present, CAST(NULL AS Nullable(Int64)) AS value
    FROM ${database}.rollup_telemedicine FINAL
    WHERE definition = (SELECT definition FROM ${database}.definitions FINAL WHERE topic = 'telemedicine') AND grain = 'day'
      AND bucket >= toDateTime({month:Date}, 'Asia/Shanghai') AND bucket < toDateTime(addMonths({month:Date}, 1), 'Asia/Shanghai') AND origin != 'simulated'
    GROUP BY platform, item, institution
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
        FROM ${database}.institutions AS known WHERE valid_from < addMonths({month:Date}, 1)
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

CREATE OR REPLACE VIEW ${database}.bulletin_08 ${on_cluster} AS
WITH
-- By figure: day, amount and exponent of the city's statement. A printed month shows what was stated
-- for it; any other the last that was stated before.
(
    SELECT CAST((groupArrayIf(figure, kept), groupArrayIf((stated, assumeNotNull(amount), exponent), kept)), 'Map(String, Tuple(Date, Int64, Int8))')
    FROM
    (
        SELECT
            figure, max(as_of) AS stated, argMax(stock.amount, as_of) AS amount, argMax(stock.exponent, as_of) AS exponent,
            subject = 'city' AND NOT argMax(stock.amount IS NULL, as_of)
                AND (stated >= {month:Date} OR NOT max(stated >= {month:Date} AND argMax(stock.origin, as_of) = 'replay') OVER ()) AS kept
        FROM ${database}.stocks AS stock
        WHERE as_of < addMonths({month:Date}, 1) AND stock.origin != 'simulated' AND figure IN ('bookings.total', 'uploads.rows_total')
        GROUP BY figure, subject
    )
) AS totals,
since AS
(
    SELECT 'bookings.total' AS figure, sum(events) AS n FROM ${database}.rollup_bookings FINAL
    WHERE definition = (SELECT definition FROM ${database}.definitions FINAL WHERE topic = 'bookings') AND grain = 'day' AND origin != 'simulated'
      AND bucket >= toDateTime(totals['bookings.total'].1 + 1, 'Asia/Shanghai') AND bucket < toDateTime(addMonths({month:Date}, 1), 'Asia/Shanghai')
    UNION ALL
    SELECT 'uploads.rows_total', sum(rows) FROM ${database}.rollup_uploads FINAL
    WHERE definition = (SELECT definition FROM ${database}.definitions FINAL WHERE topic = 'uploads') AND grain = 'day' AND origin != 'simulated'
      AND business_date > totals['uploads.rows_total'].1 AND business_date < addMonths({month:Date}, 1)
      AND bucket >= toDateTime(totals['uploads.rows_total'].1, 'Asia/Shanghai') - INTERVAL 2 DAY
)
SELECT
    replace(label, '{month}', toString(toMonth({month:Date}))) AS `指标`,
    if(figure = 'uploads.rows_total',
        if(exponent >= 8, toString(intDiv(amount, 100000000)), concat(toString(intDiv(amount, 100000000)), '.', leftPad(toString(intDiv(amount % 100000000, toInt64(exp10(exponent)))), toUInt8(8 - exponent), '0'))), toString(amount)) AS `数值`,
    if(figure = 'uploads.rows_total', '亿条', '次') AS `单位`
FROM (SELECT figure, totals[figure].2 + n AS amount, totals[figure].3 AS exponent FROM since WHERE mapContains(totals, figure)) AS grown
INNER JOIN (SELECT code AS figure, label, place FROM ${database}.labels FINAL WHERE list = 'cumulative') AS named USING figure
ORDER BY place
COMMENT 'One row per figure since opening: as last stated, with the flows since, in the precision of the statement';
