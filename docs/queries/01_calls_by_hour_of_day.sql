-- At which hours is the hotline called? Calls to the home city's 12320 in September 2020, by hour of day.
SELECT toHour(hour) AS hour_of_day, sum(events) AS calls, round(calls / 30, 1) AS calls_a_day
FROM calls_by_hour
WHERE origin != 'simulated' AND line = 'hotline' AND city = 'nanjing'
  AND hour >= '2020-09-01 00:00:00' AND hour < '2020-10-01 00:00:00'
GROUP BY hour_of_day
ORDER BY hour_of_day
