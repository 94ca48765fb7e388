-- One row per hour, or per day where the range is long: reports by platform.
SELECT
    if($__interval_s > 3600, toStartOfDay(hour), toDateTime(hour)) AS time,
    sumIf(events, platform = 'ecg') AS `{platforms:ecg}`,
    sumIf(events, platform = 'imaging') AS `{platforms:imaging}`,
    sumIf(events, platform = 'lab') AS `{platforms:lab}`
FROM telemedicine_by_hour
WHERE $__timeFilter(hour) AND item = 'report' AND origin IN (${origin:singlequote})
GROUP BY time
ORDER BY time
