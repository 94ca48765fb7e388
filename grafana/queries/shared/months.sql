-- One row a month with events that are not simulated, newest first.
SELECT formatDateTime(month, '%Y年%m月') AS __text, toString(month) AS __value FROM months ORDER BY month DESC
