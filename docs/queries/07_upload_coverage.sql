-- Which institutions uploaded on how many of a month's days, and how many of the tables that they must?
SELECT name AS institution, days, tables, required, round(100 * tables / required) AS percent_of_tables
FROM
(
    SELECT organisation AS code, uniqExact(business_date) AS days, uniqExact(table_code) AS tables
    FROM uploads_by_day
    WHERE origin != 'simulated' AND business_date BETWEEN '2020-09-01' AND '2020-09-30' AND events > 0
    GROUP BY organisation
) AS uploaded
LEFT JOIN (SELECT code, argMax(name, valid_from) AS name FROM institutions GROUP BY code) AS named USING code
LEFT JOIN (SELECT subject AS code, amount AS required FROM stocks_on(day = '2020-09-30') WHERE figure = 'uploads.required') AS stated USING code
ORDER BY days, percent_of_tables, institution
