-- One row per thing that is overdue or not connected: how many, and the first names.
WITH
    toDate(now('Asia/Shanghai')) AS today,
    names -> concat(arrayStringConcat(arraySlice(arraySort(names), 1, 6), '、'), if(length(names) > 6, ' 等', '')) AS few,
    figure -> transform(figure, ['telemedicine.connection.consultation', 'telemedicine.connection.ecg', 'telemedicine.connection.imaging', 'telemedicine.connection.lab'], ['远程会诊', '远程心电', '远程影像', '远程临检'], figure) AS platform
SELECT `事项`, length(who) AS `个数`, few(who) AS `名单`
FROM
(
    SELECT
        multiIf(figure = 'uploads.required', 1, value = 0, 3, 4) AS place,
        multiIf(
            figure = 'uploads.required', if(kind = 'district', '区昨日未上传', '医院昨日未上传'),
            value = 0, concat(platform(figure), '未对接'), concat(platform(figure), '对接未反馈')
        ) AS `事项`,
        groupArray(name) AS who
    FROM
    (
        SELECT figure, subject, value
        FROM stocks
        WHERE as_of <= today AND origin != 'simulated' AND (figure = 'uploads.required' OR figure LIKE 'telemedicine.connection.%')
        ORDER BY as_of DESC
        LIMIT 1 BY figure, subject
    ) AS stated
    INNER JOIN (SELECT code, argMax(name, valid_from) AS name, argMax(kind, valid_from) AS kind FROM institutions GROUP BY code) AS named
        ON named.code = stated.subject
    WHERE (
            figure = 'uploads.required' AND value > 0 AND subject NOT IN (SELECT code FROM mergers WHERE since <= today)
            AND subject NOT IN (SELECT organisation FROM uploads_totals WHERE grain = 'day' AND day = today - 1 AND origin IN (${origin:singlequote}) GROUP BY organisation HAVING sum(events) > 0)
        )
        OR (figure LIKE 'telemedicine.connection.%' AND ifNull(value, 0) = 0)
    GROUP BY place, `事项`
    UNION ALL
    SELECT 2, '来源静默超一天', groupArray(concat(source, '（', kind, '）'))
    FROM
    (
        SELECT
            transform(topic, ['calls', 'bookings', 'telemedicine', 'uploads', 'kiosk_transactions'], ['12320', '预约', '远程医疗', '数据上传', '自助机'], topic) AS kind,
            source, max(day) AS newest
        FROM newest_days WHERE origin IN (${origin:singlequote}) GROUP BY topic, source
    )
    WHERE newest BETWEEN today - 14 AND today - 2
    HAVING count() > 0
)
ORDER BY place, `个数` DESC, `事项`
