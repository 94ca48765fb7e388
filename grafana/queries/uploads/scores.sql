-- One row per organisation that tables are required of: its score in the chosen month, and its parts.
SELECT
    name AS `单位`, if(kind = 'district', '区', '医院') AS `类别`, score AS `得分`,
    completeness AS `完整（50）`, timeliness AS `及时（20）`, consistency AS `一致（20）`, transport AS `重复与死信（10）`
FROM quality_scores(month = ${month:singlequote})
