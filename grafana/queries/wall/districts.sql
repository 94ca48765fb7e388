-- One row per district: rows uploaded today and this month, by the time of their upload. Districts
-- that uploaded nothing this month and of which no duty to upload is stated are not connected.
SELECT
    name AS `区`,
    if(`状态` = '未对接', NULL, today_rows) AS `今日（条）`,
    if(`状态` = '未对接', NULL, month_rows) AS `本月（条）`,
    multiIf(today_events > 0, '已上传', month_events > 0 OR duty, '今日未上传', '未对接') AS `状态`
FROM (SELECT code, argMax(name, valid_from) AS name FROM institutions GROUP BY code HAVING argMax(kind, valid_from) = 'district') AS named
LEFT JOIN
(
    SELECT
        organisation AS code, sum(events) AS month_events, sum(rows) AS month_rows,
        sumIf(events, day = toDate(now('Asia/Shanghai'))) AS today_events,
        sumIf(rows, day = toDate(now('Asia/Shanghai'))) AS today_rows
    FROM uploads_by_day
    WHERE day >= toStartOfMonth(toDate(now('Asia/Shanghai'))) AND origin IN (${origin:singlequote})
    GROUP BY organisation
) AS uploaded USING code
LEFT JOIN
(
    SELECT subject AS code, 1 AS duty FROM stocks_on(day = toDate(now('Asia/Shanghai')))
    WHERE figure = 'uploads.required' AND amount > 0
) AS required USING code
ORDER BY code
