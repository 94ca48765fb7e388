-- Which kind and origin do a month's figures come from? Replayed, live and simulated apart.
SELECT topic, origin, sum(events) AS events
FROM
(
    SELECT 'calls' AS topic, origin, day, events FROM calls_by_day
    UNION ALL SELECT 'bookings', origin, day, events FROM bookings_by_day
    UNION ALL SELECT 'telemedicine', origin, day, events FROM telemedicine_by_day
    UNION ALL SELECT 'uploads', origin, day, events FROM uploads_by_day
    UNION ALL SELECT 'kiosk_transactions', origin, day, events FROM kiosk_transactions_by_day
)
WHERE day BETWEEN '2020-09-01' AND '2020-09-30'
GROUP BY topic, origin
ORDER BY topic, origin
