-- One row per category: calls to the home city's 12320 in the range.
WITH {labels:categories}
SELECT ifNull(categories_label(category), '未分类') AS `类别`, sum(events) AS `来电（次）`
FROM calls_by_hour
WHERE $__timeFilter(hour) AND line = 'hotline' AND city = 'nanjing' AND origin IN (${origin:singlequote})
GROUP BY `类别`
HAVING `来电（次）` > 0
ORDER BY `来电（次）` DESC
