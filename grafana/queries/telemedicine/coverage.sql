-- One row per platform: institutions and districts it reaches, as last stated for the chosen month; of
-- the districts asked about, how many are not reached and of how many nobody knows; and since when.
WITH
    stated AS (SELECT * FROM stocks_on(day = toLastDayOfMonth(toDate(${month:singlequote}))) WHERE figure LIKE 'telemedicine.%'),
    connections AS
    (
        SELECT splitByChar('.', figure)[3] AS platform, countIf(value = 0) AS apart, countIf(value IS NULL) AS unknown
        FROM stated WHERE figure LIKE 'telemedicine.connection.%' GROUP BY platform
    ),
    totals AS
    (
        SELECT
            subject AS platform, anyIf(amount, figure = 'telemedicine.connected') AS institutions,
            anyIf(amount, figure = 'telemedicine.districts_covered') AS covered,
            anyIf(amount, figure = 'telemedicine.consultations_total') AS consultations, max(stated.stated) AS day
        FROM stated WHERE figure NOT LIKE 'telemedicine.connection.%' GROUP BY platform
    )
SELECT
    transform(platform, ['consultation', 'ecg', 'imaging', 'lab'], ['{platforms:consultation}', '{platforms:ecg}', '{platforms:imaging}', '{platforms:lab}'], platform) AS `平台`,
    institutions AS `接入机构（家）`, covered AS `覆盖（区）`,
    if(connections.platform = '', NULL, apart) AS `未对接（区）`, if(connections.platform = '', NULL, unknown) AS `未知（区）`,
    consultations AS `累计会诊（次）`, toString(day) AS `申报于`
FROM totals LEFT JOIN connections ON connections.platform = totals.platform
ORDER BY totals.platform
