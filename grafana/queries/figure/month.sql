-- One row: a figure, this month so far; its change against the same days and hours of last month and
-- of this month last year (the hour in progress left out); the newest event's minute, or its day.
WITH {human}, {change}, {so_far}
SELECT
    human(sumIf(n, ago = 0)) AS `累计`,
    change(sumIf(n, ago = 0 AND whole), sumIf(n, ago = 1)) AS `环比`,
    change(sumIf(n, ago = 0 AND whole), sumIf(n, ago = 12)) AS `同比`,
    coalesce(formatDateTime(max(minute), '%H:%i'), formatDateTime(maxOrNullIf(day, ago = 0 AND n != 0), '%m-%d'), '—') AS `最新`
FROM
(
    SELECT
        day, if(grain = 'minute', -1, months_ago(day)) AS ago, grain = 'day' OR start < this_hour AS whole,
        maxOrNullIf(start, grain = 'minute') AS minute, {sum} AS n
    FROM {kind}_totals
    WHERE {where} AND origin IN (${origin:singlequote})
      AND (grain = 'day' AND in_days(day) OR grain = 'hour' AND in_hours(start) OR grain = 'minute' AND start >= now('Asia/Shanghai') - INTERVAL 1 HOUR)
    GROUP BY grain, day, whole
)
