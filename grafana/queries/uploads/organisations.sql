-- One row per organisation that must upload in the chosen month, or did: tables declared, required and
-- uploaded, days and rows of the month's business dates. Declared is 未反馈 where it was asked and did not
-- answer, and — where nothing is stated of it at all.
WITH
    toDate(${month:singlequote}) AS first,
    told AS
    (
        SELECT organisation AS code, uniqExact(table_code) AS tables, uniqExact(business_date) AS days, sum(n) AS volume, 1 AS wanted, '' AS name, '' AS kind, '' AS figure, NULL AS amount
        FROM
        (
            SELECT organisation, table_code, business_date, sum(rows) AS n
            FROM uploads_totals
            WHERE grain = 'day' AND business_date >= first AND business_date < addMonths(first, 1) AND day >= first - 2 AND origin IN (${origin:singlequote})
            GROUP BY organisation, table_code, business_date
            HAVING sum(events) > 0
        )
        GROUP BY organisation
        UNION ALL
        SELECT code, 0, 0, 0, 0, argMax(institutions.name, valid_from), argMax(institutions.kind, valid_from), '', NULL
        FROM institutions WHERE valid_from < addMonths(first, 1) GROUP BY code
        UNION ALL
        SELECT subject, 0, 0, 0, 1, '', '', stocks.figure, stocks.amount
        FROM stocks
        WHERE as_of < addMonths(first, 1) AND origin != 'simulated' AND figure IN ('uploads.declared', 'uploads.required')
          AND subject NOT IN (SELECT code FROM mergers WHERE since <= first)
        ORDER BY as_of DESC
        LIMIT 1 BY figure, subject
    )
SELECT
    if(name != '', name, code) AS `单位`, if(kind = 'district', '区', '医院') AS `类别`,
    multiIf(required IS NULL, '—', declared IS NULL, '未反馈', toString(declared)) AS `申明表`, required AS `规定表`, tables AS `已上传表`, days AS `天数`, volume AS `数据量（条）`,
    multiIf(required IS NOT NULL AND declared IS NULL, '未反馈', tables = 0, '未上传', days < least(toDayOfMonth(toLastDayOfMonth(first)), toInt32(toDate(now('Asia/Shanghai')) - first)), '缺日', '齐全') AS `状态`
FROM
(
    SELECT
        code, max(told.name) AS name, max(told.kind) AS kind, max(told.tables) AS tables, max(told.days) AS days, sum(told.volume) AS volume, max(told.wanted) AS wanted,
        anyIf(amount, figure = 'uploads.declared') AS declared, anyIf(amount, figure = 'uploads.required') AS required
    FROM told GROUP BY code
)
WHERE wanted
ORDER BY `类别`, volume DESC, code
