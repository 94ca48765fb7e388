-- On which days of a month did a source send nothing at all? One row per source with such days.
SELECT
    source, groupUniqArray(day) AS heard,
    arrayFilter(one -> NOT has(heard, one), arrayMap(n -> toDate('2020-09-01') + n, range(30))) AS quiet_days, length(quiet_days) AS n
FROM bookings_by_day
WHERE origin != 'simulated' AND day BETWEEN '2020-09-01' AND '2020-09-30'
GROUP BY source
HAVING n > 0
ORDER BY n DESC, source
