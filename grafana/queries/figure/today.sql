-- One row: a figure, today.
WITH {human}
SELECT human({sum}) AS `今日`
FROM {kind}_by_hour
WHERE hour >= toStartOfDay(now('Asia/Shanghai')) AND {where} AND origin IN (${origin:singlequote})
