-- One row per platform: institutions connected, districts covered, as last stated for the chosen
-- month's end; null where nothing was stated.
WITH {labels:platforms}
SELECT
    platforms_label(subject) AS `平台`,
    anyIf(amount, figure = 'telemedicine.connected') AS `接入机构（家）`,
    anyIf(amount, figure = 'telemedicine.districts_covered') AS `覆盖区（个）`,
    anyIf(amount, figure = 'telemedicine.consultations_total') AS `累计会诊（次）`,
    max(stated) AS `申报日`
FROM stocks_on(day = toLastDayOfMonth(toDate(${month:singlequote})))
WHERE figure IN ('telemedicine.connected', 'telemedicine.districts_covered', 'telemedicine.consultations_total')
GROUP BY subject
ORDER BY indexOf(['consultation', 'ecg', 'lab', 'imaging'], subject)
