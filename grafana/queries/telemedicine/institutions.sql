-- One row per institution, the twelve with most reports in the range, by platform.
WITH named AS (SELECT code, argMax(name, valid_from) AS name FROM institutions GROUP BY code)
SELECT if(name != '', name, most.code) AS `机构`, lab AS `临检报告`, ecg AS `心电报告`, imaging AS `影像报告`
FROM
(
    SELECT
        assumeNotNull(institution) AS code, sumIf(events, platform = 'lab') AS lab,
        sumIf(events, platform = 'ecg') AS ecg, sumIf(events, platform = 'imaging') AS imaging, sum(events) AS n
    FROM telemedicine_by_hour
    WHERE $__timeFilter(hour) AND item = 'report' AND institution IS NOT NULL AND origin IN (${origin:singlequote})
    GROUP BY code
    HAVING n > 0
    ORDER BY n DESC, code
    LIMIT 12
) AS most
LEFT JOIN named ON named.code = most.code
ORDER BY n DESC, most.code
