-- One row a month to compare with, the oldest first: its first day and its name.
SELECT toString(month), formatDateTime(month, '%Y年%m月') FROM months ORDER BY month
