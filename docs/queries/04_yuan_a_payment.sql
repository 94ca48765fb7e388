-- What is paid at kiosks on average, by institution? Amounts are stored in fen; one payment may be retracted by another.
SELECT name AS institution, sum(events) AS payments, round(sum(amount_fen) / 100 / payments, 2) AS yuan_a_payment
FROM kiosk_transactions_by_day AS paid
LEFT JOIN (SELECT code, argMax(name, valid_from) AS name FROM institutions GROUP BY code) AS named ON code = institution
WHERE origin != 'simulated' AND service = 'payment' AND day BETWEEN '2020-09-01' AND '2020-09-30'
GROUP BY name
HAVING payments > 0
ORDER BY yuan_a_payment DESC
