-- One row: whether simulated events are among what a screen shows; stands in the panels' titles.
SELECT if('simulated' IN (${origin:singlequote}) AND (SELECT count() FROM (
    (SELECT 1 FROM calls_by_day WHERE day >= toDate(now('Asia/Shanghai')) - 35 AND origin = 'simulated' LIMIT 1)
    UNION ALL (SELECT 1 FROM bookings_by_day WHERE day >= toDate(now('Asia/Shanghai')) - 35 AND origin = 'simulated' LIMIT 1)
    UNION ALL (SELECT 1 FROM telemedicine_by_day WHERE day >= toDate(now('Asia/Shanghai')) - 35 AND origin = 'simulated' LIMIT 1)
    UNION ALL (SELECT 1 FROM uploads_by_day WHERE day >= toDate(now('Asia/Shanghai')) - 35 AND origin = 'simulated' LIMIT 1)
    UNION ALL (SELECT 1 FROM kiosk_transactions_by_day WHERE day >= toDate(now('Asia/Shanghai')) - 35 AND origin = 'simulated' LIMIT 1)
)) > 0, '含模拟', '真实')
