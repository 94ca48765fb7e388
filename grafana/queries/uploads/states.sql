-- One row: organisations by how they stand in the chosen month.
WITH
    toDate(${month:singlequote}) AS first,
    stated AS
    (
        SELECT subject AS code, anyIf(amount, figure = 'uploads.declared') AS declared, anyIf(amount, figure = 'uploads.required') AS required
        FROM stocks_on(day = toLastDayOfMonth(toDate(${month:singlequote})))
        WHERE figure IN ('uploads.declared', 'uploads.required') AND subject NOT IN (SELECT code FROM mergers WHERE since <= first)
        GROUP BY subject
    ),
    uploaded AS
    (
        SELECT organisation AS code, sum(events) AS n
        FROM uploads_totals
        WHERE grain = 'day' AND business_date >= first AND business_date < addMonths(first, 1) AND day >= first - 2 AND origin IN (${origin:singlequote})
        GROUP BY organisation
    )
SELECT
    countIf(required > 0) AS `应上传（个）`, countIf(n > 0) AS `已上传（个）`,
    countIf(required > 0 AND n = 0) AS `未上传（个）`, countIf(required IS NOT NULL AND declared IS NULL) AS `未反馈（个）`
FROM (SELECT code FROM stated UNION DISTINCT SELECT code FROM uploaded) AS every
LEFT JOIN stated USING code LEFT JOIN uploaded USING code
