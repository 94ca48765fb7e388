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
    SELECT start AS minute, 'calls' AS kind, sum(events) AS n FROM calls_totals WHERE grain = 'minute' AND $__timeFilter(start) AND origin IN (${origin:singlequote}) GROUP BY minute
    UNION ALL
    SELECT start AS minute, 'bookings', sum(events) FROM bookings_totals WHERE grain = 'minute' AND $__timeFilter(start) AND origin IN (${origin:singlequote}) GROUP BY minute
    UNION ALL
    SELECT start AS minute, 'telemedicine', sum(events) FROM telemedicine_totals WHERE grain = 'minute' AND $__timeFilter(start) AND origin IN (${origin:singlequote}) GROUP BY minute
    UNION ALL
    SELECT start AS minute, 'uploads', sum(events) FROM uploads_totals WHERE grain = 'minute' AND $__timeFilter(start) AND origin IN (${origin:singlequote}) GROUP BY minute
    UNION ALL
    SELECT start AS minute, 'kiosks', sum(events) FROM kiosk_transactions_totals WHERE grain = 'minute' AND $__timeFilter(start) AND origin IN (${origin:singlequote}) GROUP BY minute
)
GROUP BY minute
ORDER BY minute
