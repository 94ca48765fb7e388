-- One row per day of the chosen month: bookings by channel.
WITH toDate(${month:singlequote}) AS first
SELECT
    toString(toDayOfMonth(day)) AS `日`,
    sumIf(events, channel = 'online') AS `{channels:online}`,
    sumIf(events, channel = 'phone') AS `{channels:phone}`,
    sumIf(events, channel = 'clinic') AS `{channels:clinic}`,
    sumIf(events, channel = 'third_party') AS `{channels:third_party}`,
    sumIf(events, ifNull(channel, '') = '') AS `渠道不明`
FROM
(
    SELECT day, ifNull(channel, '') AS channel, sum(events) AS events
    FROM bookings_by_day
    WHERE day >= first AND day < addMonths(first, 1) AND $__conditionalAll(hospital IN (${hospital:singlequote}), $hospital) AND origin IN (${origin:singlequote})
    GROUP BY day, channel
    UNION ALL
    SELECT first + number, '', 0 FROM numbers(toUInt64(addMonths(first, 1) - first))
)
GROUP BY day
ORDER BY day
