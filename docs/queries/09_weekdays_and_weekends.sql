-- How do calls on an average weekday compare with those on an average weekend day, by category?
SELECT
    category, round(sumIf(events, toDayOfWeek(day) < 6) / uniqExactIf(day, toDayOfWeek(day) < 6), 1) AS a_weekday,
    round(sumIf(events, toDayOfWeek(day) >= 6) / uniqExactIf(day, toDayOfWeek(day) >= 6), 1) AS a_weekend_day
FROM calls_by_day
WHERE origin != 'simulated' AND line = 'hotline' AND city = 'nanjing' AND day BETWEEN '2020-09-01' AND '2020-09-30'
GROUP BY category
ORDER BY a_weekday DESC
