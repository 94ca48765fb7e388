-- One row per institution or district, the fifteen with most transactions in the range.
WITH named AS (SELECT code, argMax(name, valid_from) AS name FROM institutions GROUP BY code)
SELECT if(name != '', name, institution) AS `单位`, registrations AS `{services:registration}`, payments AS `{services:payment}`
FROM
(
    SELECT institution, sumIf(events, service = 'registration') AS registrations, sumIf(events, service = 'payment') AS payments
    FROM kiosk_transactions_by_hour
    WHERE $__timeFilter(hour) AND origin IN (${origin:singlequote})
    GROUP BY institution
    HAVING registrations + payments > 0
    ORDER BY registrations + payments DESC, institution
    LIMIT 15
) AS most
LEFT JOIN named ON named.code = most.institution
ORDER BY registrations + payments DESC, institution
