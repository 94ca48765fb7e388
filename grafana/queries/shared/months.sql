-- One row a month, its first day and its name, as the plugin reads options: what something that is
-- not simulated is known about, newest first, then the month in progress if it is none of these.
SELECT toString(month), formatDateTime(month, '%Y年%m月')
FROM
(
    SELECT month, 1 AS known FROM months
    UNION ALL
    SELECT toStartOfMonth(toDate(now('Asia/Shanghai'))), 0
)
GROUP BY month
ORDER BY max(known) DESC, month DESC
