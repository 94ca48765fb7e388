-- One row per hour of today: calls for psychological crisis, none for hours to come; and their mean
-- in the same hour over the past four weeks, of the days with any call to 12320.
WITH toStartOfDay(now('Asia/Shanghai')) AS midnight
SELECT
    midnight + INTERVAL nth HOUR AS time,
    if(time <= now('Asia/Shanghai'), sumIf(n, day = toDate(midnight)), NULL) AS `今日`,
    round(sumIf(n, day < toDate(midnight)) / nullIf(max(max(days)) OVER (), 0), 2) AS `平常日`
FROM
(
    SELECT toDate(hour) AS day, toHour(hour) AS nth, sumIf(events, category = 'crisis') AS n, uniqExactIf(day, day < toDate(midnight)) OVER () AS days
    FROM calls_by_hour
    WHERE hour >= midnight - INTERVAL 28 DAY AND line = 'hotline' AND city = 'nanjing' AND origin IN (${origin:singlequote})
    GROUP BY day, nth
    UNION ALL
    SELECT toDate(midnight), number, 0, 0 FROM numbers(24)
)
GROUP BY nth
ORDER BY time
