-- One row per hour, or per day where the range is long: work orders taken over from 12345.
SELECT
    if($__interval_s > 3600, toStartOfDay(hour), toDateTime(hour)) AS time,
    sumIf(events, line = 'order_city') AS `{lines:order_city}`,
    sumIf(events, line = 'order_province') AS `{lines:order_province}`
FROM calls_by_hour
WHERE $__timeFilter(hour) AND line IN ('order_city', 'order_province') AND origin IN (${origin:singlequote})
GROUP BY time
ORDER BY time
