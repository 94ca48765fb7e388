-- One row: transactions and yuan of each service today.
WITH {human}
SELECT
    human(sumIf(events, service = 'registration')) AS `挂号（次）`,
    human(sumIf(amount_fen, service = 'registration') / 100) AS `挂号（元）`,
    human(sumIf(events, service = 'payment')) AS `缴费（次）`,
    human(sumIf(amount_fen, service = 'payment') / 100) AS `缴费（元）`
FROM kiosk_transactions_by_hour
WHERE hour >= toStartOfDay(now('Asia/Shanghai')) AND origin IN (${origin:singlequote})
