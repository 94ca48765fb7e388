-- One row per institution or district that had kiosks, as last stated for the chosen month, and no
-- transaction in it; one that states none is not here, and is not idle.
WITH toDate(${month:singlequote}) AS first, named AS (SELECT code, argMax(name, valid_from) AS name FROM institutions WHERE valid_from < addMonths(first, 1) GROUP BY code)
SELECT if(name != '', name, subject) AS `单位`, assumeNotNull(amount) AS `投放（台）`, '闲置' AS `状态`
FROM (SELECT subject, amount FROM stocks_on(day = toLastDayOfMonth(toDate(${month:singlequote}))) WHERE figure = 'kiosk.devices' AND amount > 0) AS deployed
LEFT JOIN named ON named.code = deployed.subject
WHERE subject NOT IN (SELECT institution FROM kiosk_transactions_by_day WHERE day >= first AND day < addMonths(first, 1) AND origin IN (${origin:singlequote}) GROUP BY institution HAVING sum(events) > 0)
ORDER BY `投放（台）` DESC, subject
