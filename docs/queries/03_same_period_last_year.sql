-- How do this year's bookings stand against the same days of last year? Null where last year is not there.
SELECT
    channel, sumIf(events, year = 2020) AS now, sumIf(events, year = 2019) AS a_year_before,
    if(a_year_before = 0, NULL, round(100 * (now - a_year_before) / a_year_before, 1)) AS growth_percent
FROM
(
    SELECT channel, toYear(day) AS year, events
    FROM bookings_by_day
    WHERE origin != 'simulated'
      AND (day BETWEEN '2020-09-01' AND '2020-09-30' OR day BETWEEN '2019-09-01' AND '2019-09-30')
)
GROUP BY channel
ORDER BY now DESC
