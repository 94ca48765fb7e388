-- One row per district: whether it is connected to each platform, as last stated for the chosen
-- month's end: 1 yes, 0 no, null unknown.
WITH named AS (SELECT code, argMax(name, valid_from) AS name FROM institutions GROUP BY code HAVING argMax(kind, valid_from) = 'district')
SELECT
    name AS `区`,
    anyIf(value, figure = 'telemedicine.connection.consultation') AS `会诊`,
    anyIf(value, figure = 'telemedicine.connection.ecg') AS `心电`,
    anyIf(value, figure = 'telemedicine.connection.lab') AS `临检`,
    anyIf(value, figure = 'telemedicine.connection.imaging') AS `影像`
FROM named
LEFT JOIN (SELECT subject, figure, value FROM stocks_on(day = toLastDayOfMonth(toDate(${month:singlequote}))) WHERE figure LIKE 'telemedicine.connection.%') AS stated ON stated.subject = named.code
GROUP BY code, name
ORDER BY code
