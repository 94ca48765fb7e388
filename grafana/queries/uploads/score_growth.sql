-- One row per kind of organisation, and one of all: mean scores of the base month and of the chosen one.
SELECT
    transform(of, ['district', 'hospital', 'all'], ['区', '医院', '全部'], '其他') AS `类别`, institutions AS `单位（个）`,
    base_score AS `基准月均分`, score AS `所选月均分`, growth_percent AS `增长（%）`
FROM quality_growth(base = ${base:singlequote}, month = ${month:singlequote})
