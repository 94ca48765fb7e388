-- One row: what the platforms did today besides reports; null for the platform for consultations where
-- it has told of none in 35 days, as of one that states its total only.
WITH {human}
SELECT
    human(sum(images)) AS `影像图像（份）`,
    human(sumIf(events, platform = 'lab' AND item = 'specimen')) AS `流转标本（份）`,
    human(sumIf(events, platform = 'ecg' AND item = 'consultation')) AS `心电会诊（例）`,
    human(sumIf(events, platform = 'imaging' AND item = 'consultation')) AS `影像会诊（例）`,
    human(if(
        (SELECT count() FROM telemedicine_by_day WHERE day >= toDate(now('Asia/Shanghai')) - 35 AND platform = 'consultation' AND origin IN (${origin:singlequote})) = 0,
        NULL, sumIf(events, platform = 'consultation')
    )) AS `会诊平台（次）`
FROM telemedicine_by_hour
WHERE hour >= toStartOfDay(now('Asia/Shanghai')) AND origin IN (${origin:singlequote})
