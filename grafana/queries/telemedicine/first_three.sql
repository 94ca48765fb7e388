-- One row per platform and one of the three institutions with most reports in the chosen month.
WITH
    toDate(${month:singlequote}) AS first,
    named AS (SELECT code, argMax(name, valid_from) AS name FROM institutions WHERE valid_from < addMonths(first, 1) GROUP BY code)
SELECT
    transform(platform, ['ecg', 'imaging', 'lab'], ['心电', '影像', '临检'], platform) AS `平台`, nth AS `名次`,
    if(name != '', name, ranked.code) AS `机构`, n AS `报告（份）`
FROM
(
    SELECT platform, assumeNotNull(institution) AS code, sum(events) AS n, row_number() OVER (PARTITION BY platform ORDER BY n DESC, code) AS nth
    FROM telemedicine_by_day
    WHERE day >= first AND day < addMonths(first, 1) AND item = 'report' AND institution IS NOT NULL AND origin IN (${origin:singlequote})
    GROUP BY platform, code
    HAVING n > 0
) AS ranked
LEFT JOIN named ON named.code = ranked.code
WHERE nth <= 3
ORDER BY platform, nth
