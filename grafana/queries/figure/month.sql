-- One row: a figure, this month so far; its change against the same days and hours of last month and
-- of this month last year (the hour in progress left out); the newest event's minute, or its day.
WITH {human}, {change}, {so_far}
SELECT
    human(sumIf(n, ago = 0)) AS `累计`,
    change(sumIf(n, ago = 0 AND whole), sumIf(n, ago = 1)) AS `环比`,
    change(sumIf(n, ago = 0 AND whole), sumIf(n, ago = 12)) AS `同比`,
    coalesce(
        (
            SELECT formatDateTime(maxOrNull(minute), '%H:%i') FROM {kind}_by_minute
            WHERE minute >= now('Asia/Shanghai') - INTERVAL 1 HOUR AND {where} AND origin IN (${origin:singlequote})
        ),
        formatDateTime(maxOrNullIf(day, ago = 0 AND n != 0), '%m-%d'), '—'
    ) AS `最新`
FROM
(
    SELECT day, months_ago(day) AS ago, 1 AS whole, {sum} AS n
    FROM {kind}_by_day
    WHERE in_days(day) AND {where} AND origin IN (${origin:singlequote})
    GROUP BY day
    UNION ALL
    SELECT toDate(hour) AS day, months_ago(day) AS ago, hour < this_hour AS whole, {sum} AS n
    FROM {kind}_by_hour
    WHERE in_hours(hour) AND {where} AND origin IN (${origin:singlequote})
    GROUP BY day, whole
)
