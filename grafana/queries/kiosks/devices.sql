-- One row: kiosks deployed as last stated by today, the institutions and districts that have any, and
-- the kiosks of those that had no transaction in the chosen month.
WITH
    toDate(${month:singlequote}) AS first,
    deployed AS (SELECT subject AS code, amount AS devices FROM stocks_on(day = toLastDayOfMonth(toDate(${month:singlequote}))) WHERE figure = 'kiosk.devices' AND amount > 0)
SELECT
    ifNull(sum(devices), 0) AS `投放（台）`,
    count() AS `单位（个）`,
    ifNull(sumIf(devices, code NOT IN (SELECT institution FROM kiosk_transactions_by_day WHERE day >= first AND day < addMonths(first, 1) AND origin IN (${origin:singlequote}) GROUP BY institution HAVING sum(events) > 0)), 0) AS `闲置（台）`
FROM deployed
