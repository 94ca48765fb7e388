-- One row per hour, or per day where the range is long: reports by platform, and all consultations.
SELECT
    if($__interval_s > 3600, toStartOfDay(hour), toDateTime(hour)) AS time,
    sumIf(events, platform = 'lab' AND item = 'report') AS `临检报告`,
    sumIf(events, platform = 'ecg' AND item = 'report') AS `心电报告`,
    sumIf(events, platform = 'imaging' AND item = 'report') AS `影像报告`,
    sumIf(events, item = 'consultation') AS `会诊`
FROM telemedicine_by_hour
WHERE $__timeFilter(hour) AND origin IN (${origin:singlequote})
GROUP BY time
ORDER BY time
