-- One row: transactions at kiosks, today.
WITH {human}
SELECT human(sum(events)) AS `今日`
FROM kiosk_transactions_by_hour
WHERE hour >= toStartOfDay(now('Asia/Shanghai')) AND origin IN (${origin:singlequote})
