-- One row: whether simulated events are among what a screen shows; stands in the panels' titles.
SELECT if('simulated' IN (${origin:singlequote}) AND (SELECT count() FROM (
    (SELECT 1 FROM calls_totals WHERE grain = 'day' AND day >= toDate(now('Asia/Shanghai')) - 35 AND origin = 'simulated' LIMIT 1)
    UNION ALL (SELECT 1 FROM bookings_totals WHERE grain = 'day' AND day >= toDate(now('Asia/Shanghai')) - 35 AND origin = 'simulated' LIMIT 1)
    UNION ALL (SELECT 1 FROM telemedicine_totals WHERE grain = 'day' AND day >= toDate(now('Asia/Shanghai')) - 35 AND origin = 'simulated' LIMIT 1)
    UNION ALL (SELECT 1 FROM uploads_totals WHERE grain = 'day' AND day >= toDate(now('Asia/Shanghai')) - 35 AND origin = 'simulated' LIMIT 1)
    UNION ALL (SELECT 1 FROM kiosk_transactions_totals WHERE grain = 'day' AND day >= toDate(now('Asia/Shanghai')) - 35 AND origin = 'simulated' LIMIT 1)
)) > 0, '含模拟', '真实')
