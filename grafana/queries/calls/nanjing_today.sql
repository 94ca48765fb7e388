-- One row: calls to the home city's 12320, today.
WITH {human}
SELECT human(sum(events)) AS `今日`
FROM calls_by_hour
WHERE hour >= toStartOfDay(now('Asia/Shanghai')) AND line = 'hotline' AND city = 'nanjing' AND origin IN (${origin:singlequote})
