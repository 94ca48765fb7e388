-- One row per city: calls to its 12320 in the range.
WITH {labels:cities}
SELECT ifNull(cities_label(city), '城市不明') AS `市`, sum(events) AS `来电（次）`
FROM calls_by_hour
WHERE $__timeFilter(hour) AND line = 'hotline' AND origin IN (${origin:singlequote})
GROUP BY `市`
HAVING `来电（次）` > 0
ORDER BY `来电（次）` DESC
