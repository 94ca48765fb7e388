-- One row per route: bookings in the range whose route is known.
WITH {labels:routes}
SELECT routes_label(assumeNotNull(route)) AS `途径`, sum(events) AS `预约（次）`
FROM bookings_by_hour
WHERE $__timeFilter(hour) AND route IS NOT NULL AND $__conditionalAll(hospital IN (${hospital:singlequote}), $hospital) AND origin IN (${origin:singlequote})
GROUP BY `途径`
HAVING `预约（次）` > 0
ORDER BY `预约（次）` DESC
