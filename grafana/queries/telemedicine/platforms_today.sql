-- One row: today's reports of the platforms that make them, consultations, specimens and images.
WITH {human}
SELECT
    human(sumIf(events, platform = 'ecg' AND item = 'report')) AS `心电报告`,
    human(sumIf(events, platform = 'imaging' AND item = 'report')) AS `影像报告`,
    human(sumIf(events, platform = 'lab' AND item = 'report')) AS `临检报告`,
    human(sumIf(events, item = 'specimen')) AS `流转标本`,
    human(sumIf(events, item = 'consultation')) AS `会诊`,
    human(sum(images)) AS `图像`
FROM telemedicine_by_hour
WHERE hour >= toStartOfDay(now('Asia/Shanghai')) AND origin IN (${origin:singlequote})
