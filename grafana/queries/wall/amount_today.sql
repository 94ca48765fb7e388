-- One row: payments (not registrations) at kiosks, in yuan, today.
WITH {human}
SELECT human(sum(amount_fen) / 100) AS `今日`
FROM kiosk_transactions_by_hour
WHERE hour >= toStartOfDay(now('Asia/Shanghai')) AND service = 'payment' AND origin IN (${origin:singlequote})
