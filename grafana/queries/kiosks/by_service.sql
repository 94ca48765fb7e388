-- One row per hour, or per day where the range is long: transactions by service.
SELECT
    if($__interval_s > 3600, toStartOfDay(hour), toDateTime(hour)) AS time,
    sumIf(events, service = 'registration') AS `{services:registration}`,
    sumIf(events, service = 'payment') AS `{services:payment}`
FROM kiosk_transactions_by_hour
WHERE $__timeFilter(hour) AND origin IN (${origin:singlequote})
GROUP BY time
ORDER BY time
