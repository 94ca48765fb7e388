-- Data quality, by institution and month: a hundred points, of which each check takes what is amiss.

-- The weights, and nowhere else. They add up to 100: a test sees to it. To change them, add a migration.
CREATE OR REPLACE VIEW ${database}.quality_weights ${on_cluster} AS
SELECT t.1 AS place, t.2 AS criterion, t.3 AS part, t.4 AS label, t.5 AS weight
FROM
(
    SELECT arrayJoin([
        (1, 'tables', 'completeness', '规定表齐全', 25),
        (2, 'days', 'completeness', '每日上传', 25),
        (3, 'timeliness', 'timeliness', '次日前上传', 20),
        (4, 'rows', 'consistency', '上传有数据', 5),
        (5, 'persons', 'consistency', '人次不多于行数', 5),
        (6, 'discharges', 'consistency', '有门急诊须有出院', 5),
        (7, 'copied', 'consistency', '数值不与他人相同', 5),
        (8, 'repeats', 'transport', '无重复事件', 5),
        (9, 'dead', 'transport', '无死信', 5)
    ]) AS t
)
COMMENT 'One row per check of quality: the part of the score it is in, its Chinese label, and the points that it can take';

-- Every check of every institution that had something to upload in the month; docs/quality.md says each in words.
-- Each takes a share of its weight, from 0 to 1:
--   tables      required tables that did not come
--   days        due business dates that did not come
--   timeliness  by due date: nothing if it came by the next day, a seventh for each day later, all if it did not come
--   rows        due dates with uploads and not one row
--   persons     visits or discharges exceed the rows uploaded
--   discharges  none, where ten or more are to be expected by the lowest discharges per visit of its kind
--   copied      visits or discharges of 1,000 or more, three digits or more, equal another's of the month
--   repeats     of its messages; all at 5 %
--   dead        dead letters that came in the month and name it, of its messages; all at 1 %
CREATE OR REPLACE VIEW ${database}.quality_checks ${on_cluster} AS
WITH
(SELECT arraySort(step -> step.2, groupArray((code, since, into))) FROM ${database}.mergers) AS moved,
told AS
(
    SELECT
        ifNull(nullIf(arrayLast(step -> step.1 = organisation AND step.2 <= business_date, moved).3, ''), toString(organisation)) AS code,
        count() AS messages, countIf(NOT counted) AS repeats, 0 AS dead
    FROM ${database}.raw_uploads FINAL
    WHERE origin != 'simulated' AND business_date >= {month:Date} AND business_date < addMonths({month:Date}, 1)
      AND occurred_at >= toDateTime({month:Date}, 'Asia/Shanghai') - INTERVAL 2 DAY AND occurred_at < toDateTime(addMonths({month:Date}, 3), 'Asia/Shanghai')
    GROUP BY code
    UNION ALL
    -- Whose a dead letter is: the institution whose code stands in it as Avro writes a text, its length before it.
    SELECT arrayJoin(arrayFilter(one -> position(value, concat(char(2 * length(one)), one)) > 0, (SELECT groupUniqArray(code) FROM ${database}.raw_institutions))) AS code, 0, 0, count()
    FROM ${database}.dead_letters FINAL
    WHERE topic = 'uploads' AND appended_at >= toDateTime({month:Date}, 'Asia/Shanghai') AND appended_at < toDateTime(addMonths({month:Date}, 1), 'Asia/Shanghai')
    GROUP BY code
),
sent AS (SELECT code, sum(told.messages) AS messages, sum(told.repeats) AS repeats, sum(told.dead) AS dead FROM told GROUP BY code),
scored AS
(
    SELECT
        *,
        min(if(visits > 0 AND discharges > 0, discharges / visits, NULL)) OVER (PARTITION BY kind) AS lowest,
        count() OVER (PARTITION BY kind) AS peers, countIf(discharges > 0) OVER (PARTITION BY kind) AS discharging,
        arrayFilter(other -> other != name, groupArray(name) OVER (PARTITION BY visits)) AS same_visits,
        arrayFilter(other -> other != name, groupArray(name) OVER (PARTITION BY discharges)) AS same_discharges
    FROM ${database}.deliveries(month = {month:Date})
    WHERE due_days > 0
),
weighed AS
(
    SELECT
        *,
        assumeNotNull(required) AS needed,
        arraySum(arrayMap(one -> least(greatest(one.2 - one.1 - 1, 0), 7) / 7, arrayFilter(one -> one.1 <= due_until AND one.1 > due_until - due_days, delivered))) AS late,
        visits * ifNull(lowest, 0) AS discharges_expected, discharging >= 5 AND discharging * 5 >= (peers - 1) * 4 AS discharges_known,
        visits >= 1000 AND length(trimRight(toString(visits), '0')) >= 3 AND notEmpty(same_visits) AS visits_copied,
        discharges >= 1000 AND length(trimRight(toString(discharges), '0')) >= 3 AND notEmpty(same_discharges) AS discharges_copied
    FROM scored LEFT JOIN sent USING code
)
SELECT
    code, name, kind, district, criterion, part, label, weight, weight * least(1, greatest(0, found.2)) AS lost, found.3 AS figure, found.4 AS against, found.5 AS reason
FROM
(
    SELECT
        code, name, kind, district,
        arrayJoin([
            ('tables', greatest(0, needed - toInt64(tables)) / needed, toFloat64(tables), toFloat64(needed), concat('规定', toString(needed), '张表，上传了', toString(tables), '张')),
            ('days', length(overdue) / due_days, toFloat64(due_days - length(overdue)), toFloat64(due_days), concat('应传', toString(due_days), '天，缺', toString(length(overdue)), '天：', arrayStringConcat(arrayMap(day -> formatDateTime(day, '%m-%d'), arraySlice(overdue, 1, 10)), '、'), if(length(overdue) > 10, ' 等', ''))),
            ('timeliness', (length(overdue) + late) / due_days, toFloat64(late_days), toFloat64(due_days), concat(toString(late_days), '天晚于次日，', toString(length(overdue)), '天未到')),
            ('rows', empty_days / due_days, toFloat64(empty_days), toFloat64(due_days), concat(toString(empty_days), '天上传而无一行数据')),
            ('persons', toFloat64(greatest(visits, discharges) > volume), toFloat64(greatest(visits, discharges)), toFloat64(volume), concat('人次', toString(greatest(visits, discharges)), '多于上传的', toString(volume), '行')),
            ('discharges', toFloat64(discharges = 0 AND discharges_known AND discharges_expected >= 10), toFloat64(discharges), discharges_expected, concat('出院人次为0；按同类最低比例，', toString(visits), '门急诊人次约有', toString(toInt64(discharges_expected)), '出院')),
            ('copied', toFloat64(visits_copied OR discharges_copied), toFloat64(if(visits_copied, visits, discharges)), 0., concat(if(visits_copied, '门急诊', '出院'), '人次', toString(if(visits_copied, visits, discharges)), '与', arrayStringConcat(if(visits_copied, same_visits, same_discharges), '、'), '相同')),
            ('repeats', repeats / greatest(messages, 1) / 0.05, toFloat64(repeats), toFloat64(messages), concat(toString(messages), '条事件中有', toString(repeats), '条重复')),
            ('dead', dead / greatest(messages + dead, 1) / 0.01, toFloat64(dead), toFloat64(messages + dead), concat(toString(dead), '条死信，送达', toString(messages), '条'))
        ]) AS found
    FROM weighed
) AS checked
INNER JOIN ${database}.quality_weights AS weights ON weights.criterion = found.1
ORDER BY kind, code, place
COMMENT 'quality_checks(month = …): one row per institution that tables are required of and check: lost of weight points, the figure found and what it is held against, and why, in Chinese. A simulated event counts for nothing';

CREATE OR REPLACE VIEW ${database}.quality_points ${on_cluster} AS
SELECT code, name, kind, district, criterion, part, label, weight, lost, figure, against, reason
FROM ${database}.quality_checks(month = {month:Date})
WHERE lost > 0
ORDER BY lost DESC, code
COMMENT 'quality_points(month = …): one row per institution and check that takes points from it, the dearest first';

CREATE OR REPLACE VIEW ${database}.quality_scores ${on_cluster} AS
SELECT
    code, any(q.name) AS name, any(q.kind) AS kind, any(q.district) AS district, round(sum(weight - lost), 2) AS score,
    round(sumIf(weight - lost, part = 'completeness'), 2) AS completeness, round(sumIf(weight - lost, part = 'timeliness'), 2) AS timeliness,
    round(sumIf(weight - lost, part = 'consistency'), 2) AS consistency, round(sumIf(weight - lost, part = 'transport'), 2) AS transport
FROM ${database}.quality_checks(month = {month:Date}) AS q
GROUP BY code
ORDER BY score DESC, code
COMMENT 'quality_scores(month = …): one row per institution that tables are required of: its score from 0 to 100, and the parts that it is the sum of';

CREATE OR REPLACE VIEW ${database}.quality_growth ${on_cluster} AS
SELECT
    arrayJoin([kind, 'all']) AS of, count() AS institutions, round(avg(before), 2) AS base_score, round(avg(after), 2) AS score,
    if(base_score > 0, round((avg(after) / avg(before) - 1) * 100, 2), NULL) AS growth_percent
FROM
(
    SELECT code, max(known.kind) AS kind, sumIf(points, NOT later) AS before, sumIf(points, later) AS after
    FROM
    (
        SELECT code, q.kind AS kind, weight - lost AS points, 0 AS later FROM ${database}.quality_checks(month = {base:Date}) AS q
        UNION ALL
        SELECT code, q.kind, weight - lost, 1 FROM ${database}.quality_checks(month = {month:Date}) AS q
    ) AS known
    GROUP BY code
    HAVING uniqExact(later) = 2
)
GROUP BY of
ORDER BY of = 'all', of
COMMENT 'quality_growth(base = …, month = …): one row per kind of institution, and one of all: the mean score of those that were scored in both months, and by how many percent it grew';
