-- One row per hour, or per day where the range is long: bookings by channel.
SELECT
    if($__interval_s > 3600, toStartOfDay(hour), toDateTime(hour)) AS time,
    sumIf(events, channel = 'online') AS `{channels:online}`,
    sumIf(events, channel = 'phone') AS `{channels:phone}`,
    sumIf(events, channel = 'clinic') AS `{channels:clinic}`,
    sumIf(events, channel = 'third_party') AS `{channels:third_party}`,
    sumIf(events, ifNull(channel, '') = '') AS `渠道不明`
FROM bookings_by_hour
WHERE $__timeFilter(hour) AND $__conditionalAll(hospital IN (${hospital:singlequote}), $hospital) AND origin IN (${origin:singlequote})
GROUP BY time
ORDER BY time
