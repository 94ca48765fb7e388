-- One row: calls to 12320 today, and when the newest of them was.
SELECT sum(events) AS `今日来电`
FROM calls_by_hour
WHERE hour >= toStartOfDay(now('Asia/Shanghai')) AND line = 'hotline' AND origin IN (${origin:singlequote})
