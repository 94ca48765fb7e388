-- One row per business date of the chosen month: rows uploaded, of districts and of hospitals.
WITH
    toDate(${month:singlequote}) AS first,
    districts AS (SELECT code FROM institutions GROUP BY code HAVING argMax(kind, valid_from) = 'district')
SELECT toString(toDayOfMonth(day)) AS `日`, sumIf(n, district) AS `区`, sumIf(n, NOT district) AS `医院`
FROM
(
    SELECT business_date AS day, organisation IN (SELECT code FROM districts) AS district, sum(rows) AS n
    FROM uploads_totals
    WHERE grain = 'day' AND business_date >= first AND business_date < addMonths(first, 1) AND uploads_totals.day >= first - 2 AND origin IN (${origin:singlequote})
    GROUP BY day, district
    UNION ALL
    SELECT first + number, 0, 0 FROM numbers(toUInt64(addMonths(first, 1) - first))
)
GROUP BY day
ORDER BY day
