-- One row per platform and place: the three institutions with most reports in the chosen month; reports
-- whose institution is not known are in none.
WITH {labels:platforms},
    toDate(${month:singlequote}) AS first,
    named AS (SELECT code, argMax(name, valid_from) AS name FROM institutions GROUP BY code)
SELECT platforms_label(platform) AS `平台`, place AS `名次`, if(name != '', name, institution) AS `单位`, n AS `报告（份）`
FROM
(
    SELECT platform, institution, n, row_number() OVER (PARTITION BY platform ORDER BY n DESC, institution) AS place
    FROM
    (
        SELECT platform, assumeNotNull(telemedicine_by_day.institution) AS institution, sum(events) AS n
        FROM telemedicine_by_day
        WHERE day >= first AND day < addMonths(first, 1) AND item = 'report' AND telemedicine_by_day.institution IS NOT NULL AND origin IN (${origin:singlequote})
        GROUP BY platform, institution
        HAVING n > 0
    )
) AS ranked
LEFT JOIN named ON named.code = ranked.institution
WHERE place <= 3
ORDER BY indexOf(['ecg', 'lab', 'imaging', 'consultation'], platform), place
