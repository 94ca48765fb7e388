-- One row per day of the chosen month: reports by platform.
WITH toDate(${month:singlequote}) AS first
SELECT
    toString(toDayOfMonth(day)) AS `日`,
    sumIf(n, platform = 'lab') AS `临检报告`, sumIf(n, platform = 'ecg') AS `心电报告`, sumIf(n, platform = 'imaging') AS `影像报告`
FROM
(
    SELECT day, platform, sum(events) AS n
    FROM telemedicine_by_day
    WHERE day >= first AND day < addMonths(first, 1) AND item = 'report' AND origin IN (${origin:singlequote})
    GROUP BY day, platform
    UNION ALL
    SELECT first + number, '', 0 FROM numbers(toUInt64(addMonths(first, 1) - first))
)
GROUP BY day
ORDER BY day
