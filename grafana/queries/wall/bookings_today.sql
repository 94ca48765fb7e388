-- One row: bookings, today.
WITH {human}
SELECT human(sum(events)) AS `今日`
FROM bookings_by_hour
WHERE hour >= toStartOfDay(now('Asia/Shanghai')) AND origin IN (${origin:singlequote})
