-- One row per district: whether each platform reaches it, as last stated for the chosen month. Unknown
-- is what was stated without an answer, or was never stated.
WITH
    answer -> if(isNull(answer), '未知', if(answer = 0, '未对接', '已对接')) AS state
SELECT
    name AS `区`,
    state(anyIf(value, figure = 'telemedicine.connection.consultation')) AS `会诊`,
    state(anyIf(value, figure = 'telemedicine.connection.ecg')) AS `心电`,
    state(anyIf(value, figure = 'telemedicine.connection.imaging')) AS `影像`,
    state(anyIf(value, figure = 'telemedicine.connection.lab')) AS `临检`
FROM (SELECT code, argMax(name, valid_from) AS name FROM institutions GROUP BY code HAVING argMax(kind, valid_from) = 'district') AS districts
LEFT JOIN
(
    SELECT subject AS code, figure, value
    FROM stocks_on(day = toLastDayOfMonth(toDate(${month:singlequote})))
    WHERE figure LIKE 'telemedicine.connection.%'
) AS stated USING code
GROUP BY code, name
ORDER BY code
