-- One row per institution and service with transactions in the chosen month: yuan a transaction, and
-- how it stands to the median of the institutions; far from it means over three times or under a third.
WITH toDate(${month:singlequote}) AS first, named AS (SELECT code, argMax(name, valid_from) AS name FROM institutions WHERE valid_from < addMonths(first, 1) GROUP BY code)
SELECT
    if(name != '', name, institution) AS `单位`, transform(service, ['registration', 'payment'], ['{services:registration}', '{services:payment}'], service) AS `业务`,
    n AS `次数`, toDecimal64(fen, 2) / 100 AS `金额（元）`, round(average, 2) AS `均价（元）`,
    round(average / middle, 2) AS `与中位数之比`,
    multiIf(average > 3 * middle, '偏高', average * 3 < middle, '偏低', '') AS `判断`
FROM
(
    SELECT institution, service, n, fen, fen / n / 100 AS average, median(average) OVER (PARTITION BY service) AS middle
    FROM
    (
        SELECT institution, service, sum(events) AS n, sum(amount_fen) AS fen
        FROM kiosk_transactions_by_day
        WHERE day >= first AND day < addMonths(first, 1) AND origin IN (${origin:singlequote})
        GROUP BY institution, service
        HAVING n > 0 AND fen > 0
    )
) AS means
LEFT JOIN named ON named.code = means.institution
ORDER BY abs(log(average / middle)) DESC, `次数` DESC
