-- One row per day of the chosen month: calls to 12320, of the home city and of the others.
WITH toDate(${month:singlequote}) AS first
SELECT
    toString(toDayOfMonth(day)) AS `日`,
    sumIf(n, city = 'nanjing') AS `{cities:nanjing}`,
    sumIf(n, city != 'nanjing') AS `其他城市`
FROM
(
    SELECT day, ifNull(city, '') AS city, sum(events) AS n
    FROM calls_by_day
    WHERE day >= first AND day < addMonths(first, 1) AND line = 'hotline' AND origin IN (${origin:singlequote})
    GROUP BY day, city
    UNION ALL
    SELECT first + number, '', 0 FROM numbers(toUInt64(addMonths(first, 1) - first))
)
GROUP BY day
ORDER BY day
