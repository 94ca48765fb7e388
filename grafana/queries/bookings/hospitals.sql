-- One row per hospital, the fifteen with most bookings in the range: bookings by channel.
WITH named AS (SELECT code AS hospital, argMax(name, valid_from) AS name FROM institutions GROUP BY code)
SELECT
    multiIf(most.hospital = '', '医院不明', name != '', name, most.hospital) AS `医院`,
    `{channels:online}`, `{channels:phone}`, `{channels:clinic}`, `{channels:third_party}`, `渠道不明`
FROM
(
    SELECT
        ifNull(bookings_by_hour.hospital, '') AS hospital, sum(events) AS n,
        sumIf(events, channel = 'online') AS `{channels:online}`,
        sumIf(events, channel = 'phone') AS `{channels:phone}`,
        sumIf(events, channel = 'clinic') AS `{channels:clinic}`,
        sumIf(events, channel = 'third_party') AS `{channels:third_party}`,
        sumIf(events, ifNull(channel, '') = '') AS `渠道不明`
    FROM bookings_by_hour
    WHERE $__timeFilter(hour) AND $__conditionalAll(hospital IN (${hospital:singlequote}), $hospital) AND origin IN (${origin:singlequote})
    GROUP BY hospital
    HAVING n > 0
    ORDER BY n DESC, hospital
    LIMIT 15
) AS most
LEFT JOIN named ON named.hospital = most.hospital
ORDER BY n DESC, most.hospital
