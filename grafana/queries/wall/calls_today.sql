-- One row: calls to 12320, all cities, today.
WITH {human}
SELECT human(sum(events)) AS `今日`
FROM calls_by_hour
WHERE hour >= toStartOfDay(now('Asia/Shanghai')) AND line = 'hotline' AND origin IN (${origin:singlequote})
