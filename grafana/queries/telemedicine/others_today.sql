-- One row: what the platforms did today besides reports.
WITH {human}
SELECT
    human(sum(images)) AS `影像图像（份）`,
    human(sumIf(events, platform = 'lab' AND item = 'specimen')) AS `流转标本（份）`,
    human(sumIf(events, platform = 'ecg' AND item = 'consultation')) AS `心电会诊（例）`,
    human(sumIf(events, platform = 'imaging' AND item = 'consultation')) AS `影像会诊（例）`,
    human(sumIf(events, platform = 'consultation')) AS `会诊平台（次）`
FROM telemedicine_by_hour
WHERE hour >= toStartOfDay(now('Asia/Shanghai')) AND origin IN (${origin:singlequote})
