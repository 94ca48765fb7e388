-- One row: bookings today by channel.
WITH {human}
SELECT
    human(sumIf(events, channel = 'online')) AS `{channels:online}`,
    human(sumIf(events, channel = 'phone')) AS `{channels:phone}`,
    human(sumIf(events, channel = 'clinic')) AS `{channels:clinic}`,
    human(sumIf(events, channel = 'third_party')) AS `{channels:third_party}`
FROM bookings_by_hour
WHERE hour >= toStartOfDay(now('Asia/Shanghai')) AND origin IN (${origin:singlequote})
