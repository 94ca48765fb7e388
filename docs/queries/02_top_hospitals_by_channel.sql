-- Which hospitals lead in each booking channel, and what share of the channel do they have?
SELECT channel, name AS hospital, n AS bookings, round(100 * n / sum(n) OVER (PARTITION BY channel), 1) AS percent
FROM
(
    SELECT channel, hospital AS code, sum(events) AS n
    FROM bookings_by_day
    WHERE origin != 'simulated' AND day BETWEEN '2020-09-01' AND '2020-09-30' AND hospital IS NOT NULL
    GROUP BY channel, hospital
) AS booked
LEFT JOIN (SELECT code, argMax(name, valid_from) AS name FROM institutions GROUP BY code) AS named USING code
ORDER BY channel, n DESC
LIMIT 5 BY channel
