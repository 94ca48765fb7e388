-- One row per kind of organisation, and one of all: mean scores of the base month and of the chosen one,
-- of those that were scored in both.
WITH toDate(${base:singlequote}) AS base, toDate(${month:singlequote}) AS chosen
SELECT
    transform(arrayJoin([kind, 'all']) AS of, ['district', 'hospital', 'all'], ['区', '医院', '全部'], '其他') AS `类别`, count() AS `单位（个）`,
    round(avg(before), 2) AS `基准月均分`, round(avg(after), 2) AS `所选月均分`,
    if(avg(before) > 0, round((avg(after) / avg(before) - 1) * 100, 2), NULL) AS `增长（%）`
FROM
(
    SELECT code, argMax(q.kind, month) AS kind, sumIf(weight - lost, month = base) AS before, sumIf(weight - lost, month = chosen) AS after
    FROM quality_kept AS q
    WHERE month IN (base, chosen)
    GROUP BY code
    HAVING countIf(month = base) > 0 AND countIf(month = chosen) > 0
)
GROUP BY of
ORDER BY of = 'all', of
