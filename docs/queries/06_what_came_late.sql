-- How late do events come, by source? Seconds from happening to arrival; replayed history is left out, as it comes years late.
SELECT
    source, count() AS events, quantileExact(0.5)(delay_seconds) AS median_seconds,
    quantileExact(0.99)(delay_seconds) AS p99_seconds, countIf(delay_seconds > 3600) AS over_an_hour
FROM bookings
WHERE origin != 'replay' AND day >= today() - 7
GROUP BY source
ORDER BY p99_seconds DESC
