-- What was taken back, by source and channel? A retraction is an event of sign -1; add up sign, never rows.
SELECT source, channel, countIf(sign = 1) AS happened, countIf(sign = -1) AS taken_back, sum(sign) AS counts
FROM bookings
WHERE day >= today() - 30
GROUP BY source, channel
ORDER BY taken_back DESC, source, channel
