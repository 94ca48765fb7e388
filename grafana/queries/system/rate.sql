-- One row per minute and event kind, of the minutes of the range: events a second that are counted.
SELECT
    toDateTime(minute) AS time,
    sumIf(n, kind = 'calls') / 60 AS `12320 来电`,
    sumIf(n, kind = 'bookings') / 60 AS `预约`,
    sumIf(n, kind = 'telemedicine') / 60 AS `远程医疗`,
    sumIf(n, kind = 'uploads') / 60 AS `数据上传`,
    sumIf(n, kind = 'kiosks') / 60 AS `自助机`
FROM
(
    SELECT minute, 'calls' AS kind, sum(events) AS n FROM calls_by_minute WHERE $__timeFilter(minute) AND origin IN (${origin:singlequote}) GROUP BY minute
    UNION ALL
    SELECT minute, 'bookings', sum(events) FROM bookings_by_minute WHERE $__timeFilter(minute) AND origin IN (${origin:singlequote}) GROUP BY minute
    UNION ALL
    SELECT minute, 'telemedicine', sum(events) FROM telemedicine_by_minute WHERE $__timeFilter(minute) AND origin IN (${origin:singlequote}) GROUP BY minute
    UNION ALL
    SELECT minute, 'uploads', sum(events) FROM uploads_by_minute WHERE $__timeFilter(minute) AND origin IN (${origin:singlequote}) GROUP BY minute
    UNION ALL
    SELECT minute, 'kiosks', sum(events) FROM kiosk_transactions_by_minute WHERE $__timeFilter(minute) AND origin IN (${origin:singlequote}) GROUP BY minute
)
GROUP BY minute
ORDER BY minute
