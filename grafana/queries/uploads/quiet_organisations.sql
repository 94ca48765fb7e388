-- One row per organisation that must upload, or did in the past 35 days: its newest upload and the
-- hours since; null where there was none in these days. Uploads come once a day: 36 hours are quiet.
WITH
    now('Asia/Shanghai') AS moment,
    named AS (SELECT code, argMax(name, valid_from) AS name, argMax(kind, valid_from) AS kind FROM institutions GROUP BY code),
    due AS (SELECT subject AS code FROM stocks_on(day = toDate(now('Asia/Shanghai'))) WHERE figure = 'uploads.required' AND amount > 0 AND subject NOT IN (SELECT code FROM mergers WHERE since <= toDate(moment))),
    heard AS
    (
        SELECT organisation AS code, toNullable(max(start)) AS newest
        FROM uploads_totals
        WHERE grain = 'hour' AND start >= now('Asia/Shanghai') - INTERVAL 35 DAY AND origin IN (${origin:singlequote})
        GROUP BY organisation
    )
SELECT
    if(name != '', name, code) AS `单位`, if(kind = 'district', '区', '医院') AS `类别`,
    formatDateTime(newest, '%m-%d %H 时') AS `最近上传`,
    if(newest > moment, 0, dateDiff('hour', newest, moment)) AS `静默（小时）`,
    multiIf(isNull(newest), '久无上传', `静默（小时）` > 36, '静默', '正常') AS `状态`
FROM (SELECT code FROM due UNION DISTINCT SELECT code FROM heard) AS every
LEFT JOIN heard USING code LEFT JOIN named USING code
ORDER BY newest IS NULL DESC, newest, kind, code
