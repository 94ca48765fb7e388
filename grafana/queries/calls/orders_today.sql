-- One row: work orders taken over from 12345 today, those of the city and of the province.
WITH {human}
SELECT human(sumIf(events, line = 'order_city')) AS `市`, human(sumIf(events, line = 'order_province')) AS `省`
FROM calls_by_hour
WHERE hour >= toStartOfDay(now('Asia/Shanghai')) AND line IN ('order_city', 'order_province') AND origin IN (${origin:singlequote})
