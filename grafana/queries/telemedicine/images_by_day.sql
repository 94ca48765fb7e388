-- One row per day of the chosen month: images of the imaging platform's reports.
WITH toDate(${month:singlequote}) AS first
SELECT toString(toDayOfMonth(day)) AS `日`, sum(n) AS `图像（份）`
FROM
(
    SELECT day, sum(images) AS n
    FROM telemedicine_by_day
    WHERE day >= first AND day < addMonths(first, 1) AND origin IN (${origin:singlequote})
    GROUP BY day
    UNION ALL
    SELECT first + number, 0 FROM numbers(toUInt64(addMonths(first, 1) - first))
)
GROUP BY day
ORDER BY day
