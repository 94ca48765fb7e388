-- One row per business date of the range and organisation that must upload, or did: 2 where rows came,
-- 1 where only uploads of no rows did, 0 where nothing did.
WITH
    toDate($__fromTime, 'Asia/Shanghai') AS first, toDate($__toTime, 'Asia/Shanghai') AS last,
    named AS (SELECT code, argMax(name, valid_from) AS name, argMax(kind, valid_from) AS kind FROM institutions GROUP BY code),
    uploaded AS
    (
        SELECT organisation AS code, business_date AS day, sum(events) AS n, sum(rows) AS volume
        FROM uploads_totals
        WHERE grain = 'day' AND uploads_totals.day >= first - 2 AND business_date >= first AND business_date <= last AND origin IN (${origin:singlequote})
        GROUP BY organisation, business_date
    ),
    due AS (SELECT subject AS code FROM stocks_on(day = toDate($__toTime, 'Asia/Shanghai')) WHERE figure = 'uploads.required' AND amount > 0 AND subject NOT IN (SELECT code FROM mergers WHERE since <= first)),
    days AS (SELECT first + number AS day FROM numbers(toUInt64(least(last, toDate(now('Asia/Shanghai')) - 1) - first + 1)))
SELECT toDateTime(day, 'Asia/Shanghai') AS time, if(name != '', name, code) AS `单位`, multiIf(n = 0, 0, volume = 0, 1, 2) AS Value
FROM (SELECT code FROM due UNION DISTINCT SELECT code FROM uploaded) AS every
CROSS JOIN days
LEFT JOIN uploaded USING (code, day) LEFT JOIN named USING code
WHERE kind = ${kind:singlequote}
ORDER BY time, every.code
