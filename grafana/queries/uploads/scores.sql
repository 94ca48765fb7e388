-- One row per organisation that tables are required of: its score in the chosen month, and its parts.
SELECT
    name AS `单位`, if(kind = 'district', '区', '医院') AS `类别`, round(sum(weight - lost), 2) AS `得分`,
    round(sumIf(weight - lost, part = 'completeness'), 2) AS `完整（50）`, round(sumIf(weight - lost, part = 'timeliness'), 2) AS `及时（20）`,
    round(sumIf(weight - lost, part = 'consistency'), 2) AS `一致（20）`, round(sumIf(weight - lost, part = 'transport'), 2) AS `重复与死信（10）`
FROM quality_kept
WHERE month = ${month:singlequote}
GROUP BY code, name, kind
ORDER BY `得分` DESC, code
