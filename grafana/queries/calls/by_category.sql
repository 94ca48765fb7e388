-- One row per hour, or per day where the range is long: calls to 12320 by category. Only the home
-- city's calls have categories.
SELECT
    if($__interval_s > 3600, toStartOfDay(hour), toDateTime(hour)) AS time,
    sumIf(events, category = 'consultation') AS `{categories:consultation}`,
    sumIf(events, category = 'booking') AS `{categories:booking}`,
    sumIf(events, category = 'complaint') AS `{categories:complaint}`,
    sumIf(events, category = 'crisis') AS `{categories:crisis}`,
    sumIf(events, category = 'survey') AS `{categories:survey}`,
    sumIf(events, category = 'voice') AS `{categories:voice}`,
    sumIf(events, ifNull(city, '') = 'nanjing' AND ifNull(category, '') NOT IN ('consultation', 'booking', 'complaint', 'crisis', 'survey', 'voice')) AS `其他类别`,
    sumIf(events, ifNull(city, '') != 'nanjing') AS `其他城市`
FROM calls_by_hour
WHERE $__timeFilter(hour) AND line = 'hotline' AND origin IN (${origin:singlequote})
GROUP BY time
ORDER BY time
