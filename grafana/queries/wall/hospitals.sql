-- One row per hospital, the ten with most bookings today.
SELECT if(name != '', name, hospital) AS `医院`, n AS `今日预约（次）`
FROM
(
    SELECT assumeNotNull(hospital) AS hospital, sum(events) AS n
    FROM bookings_by_hour
    WHERE hour >= toStartOfDay(now('Asia/Shanghai')) AND bookings_by_hour.hospital IS NOT NULL AND origin IN (${origin:singlequote})
    GROUP BY hospital
    HAVING n > 0
    ORDER BY n DESC, hospital
    LIMIT 10
) AS most
LEFT JOIN (SELECT code AS hospital, argMax(name, valid_from) AS name FROM institutions GROUP BY code) AS named USING hospital
ORDER BY n DESC, hospital
