-- One row: reports of the telemedicine platforms, today.
WITH {human}
SELECT human(sum(events)) AS `今日`
FROM telemedicine_by_hour
WHERE hour >= toStartOfDay(now('Asia/Shanghai')) AND item = 'report' AND origin IN (${origin:singlequote})
