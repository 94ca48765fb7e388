-- One row: today's reports of each telemedicine platform, and its consultations.
WITH {human}
SELECT
    human(sumIf(events, platform = 'ecg' AND item = 'report')) AS `心电`,
    human(sumIf(events, platform = 'imaging' AND item = 'report')) AS `影像`,
    human(sumIf(events, platform = 'lab' AND item = 'report')) AS `临检`,
    human(sumIf(events, item = 'consultation')) AS `会诊`
FROM telemedicine_by_hour
WHERE hour >= toStartOfDay(now('Asia/Shanghai')) AND origin IN (${origin:singlequote})
