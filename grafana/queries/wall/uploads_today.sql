-- One row: rows uploaded by districts and hospitals, by the time of their upload, today.
WITH {human}
SELECT human(sum(rows)) AS `今日`
FROM uploads_by_hour
WHERE hour >= toStartOfDay(now('Asia/Shanghai')) AND origin IN (${origin:singlequote})
