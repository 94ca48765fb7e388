-- One row per organisation and check that took points from it in the chosen month, and why.
SELECT name AS `单位`, label AS `检查`, round(lost, 2) AS `失分`, weight AS `满分`, reason AS `原因`
FROM quality_kept
WHERE month = ${month:singlequote} AND lost > 0
ORDER BY lost DESC, code
