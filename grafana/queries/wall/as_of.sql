-- One row: when the newest event of any kind reached the log, and today's date.
SELECT
    concat(
        multiIf(
            max(last_appended) >= toStartOfDay(now('Asia/Shanghai')), formatDateTime(max(last_appended), '%H:%i:%S', 'Asia/Shanghai'),
            count() > 0, formatDateTime(max(last_appended), '%Y-%m-%d %H:%i:%S', 'Asia/Shanghai'), '—'
        ),
        '　·　今天 ', formatDateTime(now('Asia/Shanghai'), '%Y年%m月%d日'),
        ' 星期', ['一', '二', '三', '四', '五', '六', '日'][toDayOfWeek(now('Asia/Shanghai'))]
    ) AS `数据截至`
FROM freshness
WHERE topic IN ('calls', 'bookings', 'telemedicine', 'uploads', 'kiosk_transactions')
