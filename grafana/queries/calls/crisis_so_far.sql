-- One row: calls for psychological crisis today until now, and their mean until the end of this hour
-- over the past four weeks, of the days with any call to 12320.
WITH toStartOfDay(now('Asia/Shanghai')) AS midnight, toHour(now('Asia/Shanghai')) AS this_hour
SELECT
    sumIf(events, category = 'crisis' AND hour >= midnight) AS `今日`,
    round(sumIf(events, category = 'crisis' AND hour < midnight AND toHour(hour) <= this_hour) / nullIf(uniqExactIf(toDate(hour), hour < midnight), 0), 1) AS `平常同期`
FROM calls_by_hour
WHERE hour >= midnight - INTERVAL 28 DAY AND line = 'hotline' AND city = 'nanjing' AND origin IN (${origin:singlequote})
