-- Corrections: what takes events back and whether it counts; months that were closed, as they were published.

ALTER TABLE ${database}.far_repeats ${on_cluster} ADD COLUMN IF NOT EXISTS reason LowCardinality(String) DEFAULT 'repeat' COMMENT 'repeat: its own id came before; retraction: what it takes back was taken back before';

CREATE TABLE IF NOT EXISTS ${database}.retractions ${on_cluster}
(
    topic           LowCardinality(String)          COMMENT 'Event kind',
    corrects        String                          COMMENT 'event_id of the event that it takes back',
    epoch           UInt16                          COMMENT 'Life of the topic',
    kafka_partition UInt16                          COMMENT 'Kafka partition',
    kafka_offset    UInt64       CODEC(Delta, ZSTD) COMMENT 'Kafka offset',
    event_id        String                          COMMENT 'Its own id',
    occurred_at     DateTime64(3, 'UTC')            COMMENT 'When what it takes back happened, as it says',
    source          LowCardinality(String)          COMMENT 'System that says so',
    origin          LowCardinality(String)          COMMENT 'live, replay or simulated',
    content         UInt64                          COMMENT 'Hash of all that must be as in the event that it takes back',
    appended_at     DateTime64(3, 'UTC')            COMMENT 'When the broker appended it'
)
ENGINE = ${replicated}ReplacingMergeTree
ORDER BY (topic, corrects, epoch, kafka_partition, kafka_offset)
COMMENT 'One row per retraction in raw that is no near repeat, by what it takes back: the first of each counts';

CREATE TABLE IF NOT EXISTS ${database}.retracted ${on_cluster}
(
    topic           LowCardinality(String)          COMMENT 'Event kind',
    event_id        String                          COMMENT 'Id that a retraction names',
    epoch           UInt16                          COMMENT 'Life of the topic',
    kafka_partition UInt16                          COMMENT 'Kafka partition',
    kafka_offset    UInt64       CODEC(Delta, ZSTD) COMMENT 'Kafka offset',
    sign            Int8                            COMMENT '1: it happened; -1: a retraction, which cannot be taken back',
    content         UInt64                          COMMENT 'Hash of what a retraction of it must repeat',
    appended_at     DateTime64(3, 'UTC')            COMMENT 'When the broker appended it'
)
ENGINE = ${replicated}ReplacingMergeTree
ORDER BY (topic, event_id, epoch, kafka_partition, kafka_offset)
COMMENT 'One row per event in raw that a retraction names, whichever of the two came first';

CREATE TABLE IF NOT EXISTS ${database}.retraction_checks ${on_cluster}
(
    topic           LowCardinality(String) COMMENT 'Event kind',
    epoch           UInt16                 COMMENT 'Life of the topic',
    kafka_partition UInt16                 COMMENT 'Kafka partition',
    checked_to      UInt64                 COMMENT 'Retractions at all offsets below this one stand in retractions'
)
ENGINE = ${replicated}ReplacingMergeTree(checked_to)
ORDER BY (topic, epoch, kafka_partition)
COMMENT 'One row per partition: how far the search for retractions has come';

CREATE OR REPLACE VIEW ${database}.corrections ${on_cluster} AS
SELECT
    topic, event_id, told.1 AS corrects,
    multiIf((topic, told.2, told.3, told.4) IN (SELECT topic, epoch, kafka_partition, kafka_offset FROM ${database}.far_repeats FINAL), 'second',
            original.first.1 = 0, 'unknown',
            original.first.1 != 1 OR original.first.2 != told.8, 'differs', 'counted') AS state,
    state != 'second' AS counted,
    toDate(told.5, 'Asia/Shanghai') AS day, told.5 AS occurred_at, told.6 AS source, told.7 AS origin,
    told.9 AS appended_at, told.2 AS epoch, told.3 AS kafka_partition, told.4 AS kafka_offset
FROM
(
    SELECT topic, event_id, argMin((corrects, epoch, kafka_partition, kafka_offset, occurred_at, source, origin, content, appended_at), (appended_at, epoch, kafka_partition, kafka_offset)) AS told
    FROM ${database}.retractions FINAL
    GROUP BY topic, event_id
) AS each
LEFT JOIN
(
    SELECT topic, event_id AS named, argMin((sign, content), (appended_at, epoch, kafka_partition, kafka_offset)) AS first
    FROM ${database}.retracted FINAL
    GROUP BY topic, named
) AS original ON original.topic = each.topic AND original.named = each.told.1
COMMENT 'One row per retraction: counted; second: what it names was taken back before, so that it does not count; unknown: nobody has seen what it names; differs: it says otherwise than what it names (the last two count as they stand)';

CREATE TABLE IF NOT EXISTS ${database}.month_closings ${on_cluster}
(
    month      Date                                        COMMENT 'First day of the month that was closed',
    closing    UInt16                                      COMMENT 'Which closing of this month, ascending; not every number is in use',
    closed_at  DateTime64(3, 'UTC')                        COMMENT 'When it was closed',
    office     String                                      COMMENT 'Office that closed it; never a person',
    version    String                                      COMMENT 'Version of Ningmai that wrote the bulletin',
    as_of      Nullable(DateTime64(3, 'UTC'))              COMMENT 'Append time of the newest message whose figures are in; null: nobody knew',
    cells      UInt32                                      COMMENT 'Figures of the month that were published',
    findings   UInt32                                      COMMENT 'Findings of proof that were published with them',
    checksum   FixedString(64)                             COMMENT 'SHA-256 over everything that was frozen, in hex: month, as-of time and cells in order',
    positions  Array(Tuple(topic String, epoch UInt16, kafka_partition UInt16, next_offset UInt64)) COMMENT 'Of each partition the first offset that is not in the figures'
)
ENGINE = ${replicated}ReplacingMergeTree
ORDER BY (month, closing)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1
COMMENT 'One row per closing of a month: written last, so that a closing that is here is whole';

CREATE TABLE IF NOT EXISTS ${database}.published_cells ${on_cluster}
(
    month        Date                   COMMENT 'First day of the month',
    closing      UInt16                 COMMENT 'Which closing of it',
    part         LowCardinality(String) COMMENT 'month: its own figures; last_month and last_year: those beside which they were printed; findings: what proof said',
    table_code   LowCardinality(String) COMMENT 'Table, 01a to 08; of findings: the rule',
    place        UInt32                 COMMENT 'Row in its table, from 1',
    column_place UInt16                 COMMENT 'Cell in its row, from 1; 0 stands for a row without cells',
    group_name   String                 COMMENT 'Group of the row; empty: the table has none',
    row_label    String                 COMMENT 'Name of the row, as published',
    row_code     String                 COMMENT 'Code of the institution that the row was; empty: the row is none, or two had that name',
    column_name  String                 COMMENT 'Column, as published; in table 07 the indicator',
    value        String                 COMMENT 'What stood there'
)
ENGINE = ${replicated}ReplacingMergeTree
ORDER BY (month, closing, part, table_code, place, column_place)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1
COMMENT 'One row per closing and cell that was published; never changed';

CREATE OR REPLACE VIEW ${database}.closings ${on_cluster} AS
SELECT month, closing, closing = max(closing) OVER (PARTITION BY month) AS latest, closed_at, office, version, as_of, cells, findings, checksum, positions
FROM ${database}.month_closings FINAL
COMMENT 'One row per closing of a month: when, by which office, of which log, and the checksum of what was frozen';

CREATE OR REPLACE VIEW ${database}.published ${on_cluster} AS
SELECT month, closing, latest, part, table_code, place, column_place, group_name, row_label, row_code, column_name, value
FROM (SELECT * FROM ${database}.published_cells FINAL) AS cells
INNER JOIN (SELECT month, closing, latest FROM ${database}.closings) AS closed USING (month, closing)
COMMENT 'One row per closing and cell as published; the figures of a month as last published: latest AND part = month';

CREATE OR REPLACE VIEW ${database}.bulletin_cells ${on_cluster} AS
SELECT '01a' AS table_code, '' AS group_name, toString(`类别`) AS row_label, cell.1 AS column_name, assumeNotNull(cell.2) AS value
FROM ${database}.bulletin_01a(month = {month:Date}) ARRAY JOIN [('数量', toNullable(toString(`数量`)))] AS cell WHERE cell.2 IS NOT NULL
UNION ALL
SELECT '01b', '', toString(`市`), cell.1, assumeNotNull(cell.2)
FROM ${database}.bulletin_01b(month = {month:Date}) ARRAY JOIN [('电话量（人次）', toNullable(toString(`电话量（人次）`)))] AS cell WHERE cell.2 IS NOT NULL
UNION ALL
SELECT '02', '', toString(`单位`), cell.1, assumeNotNull(cell.2)
FROM ${database}.bulletin_02(month = {month:Date})
ARRAY JOIN [('序号', toNullable(toString(`序号`))), ('12320在线预约', toString(`12320在线预约`)), ('电话预约', toString(`电话预约`)),
    ('诊间预约', toString(`诊间预约`)), ('第三方', toString(`第三方`)), ('小计', toString(`小计`))] AS cell WHERE cell.2 IS NOT NULL
UNION ALL
SELECT '03', '', toString(`名称`), cell.1, assumeNotNull(cell.2)
FROM ${database}.bulletin_03(month = {month:Date})
ARRAY JOIN [('序号', toNullable(toString(`序号`))), ('预约数量', toString(`预约数量`))] AS cell WHERE cell.2 IS NOT NULL
UNION ALL
SELECT '04', '', toString(`接入单位`), cell.1, assumeNotNull(cell.2)
FROM ${database}.bulletin_04(month = {month:Date})
ARRAY JOIN [('申明上传表/规定上传表', toNullable(toString(`申明上传表/规定上传表`))), ('已上传表（CDA文档）', toString(`已上传表（CDA文档）`)),
    ('数据上传量', toString(`数据上传量`)), ('数据上传天数', toString(`数据上传天数`)), ('门急诊信息上传人次', toString(`门急诊信息上传人次`)),
    ('出院信息上传人次', toString(`出院信息上传人次`)), ('健康档案累计上传总量/基本信息', toString(`健康档案累计上传总量/基本信息`)),
    ('健康档案累计上传总量/高血压', toString(`健康档案累计上传总量/高血压`)), ('健康档案累计上传总量/糖尿病', toString(`健康档案累计上传总量/糖尿病`))] AS cell WHERE cell.2 IS NOT NULL
UNION ALL
SELECT '05', '', toString(`接入单位`), cell.1, assumeNotNull(cell.2)
FROM ${database}.bulletin_05(month = {month:Date})
ARRAY JOIN [('申明上传表/规定上传', toNullable(toString(`申明上传表/规定上传`))), ('已上传表/CDA文档（份）', toString(`已上传表/CDA文档（份）`)),
    ('数据上传量', toString(`数据上传量`)), ('数据上传天数', toString(`数据上传天数`)), ('门急诊信息上传人次', toString(`门急诊信息上传人次`)),
    ('出院信息上传人次', toString(`出院信息上传人次`))] AS cell WHERE cell.2 IS NOT NULL
UNION ALL
SELECT '06', `组`, toString(`单位`), cell.1, assumeNotNull(cell.2)
FROM ${database}.bulletin_06(month = {month:Date})
ARRAY JOIN [('投放台数', toNullable(toString(`投放台数`))), ('挂号（次）', toString(`挂号（次）`)), ('挂号金额（元）', toDecimalString(`挂号金额（元）`, 2)),
    ('缴费（次）', toString(`缴费（次）`)), ('缴费金额（元）', toDecimalString(`缴费金额（元）`, 2))] AS cell WHERE cell.2 IS NOT NULL
UNION ALL
SELECT '07', '', toString(`平台`), toString(`指标`), toString(`数值`) FROM ${database}.bulletin_07(month = {month:Date})
UNION ALL
SELECT '08', '', toString(`指标`), '数值', toString(`数值`) FROM ${database}.bulletin_08(month = {month:Date})
COMMENT 'bulletin_cells(month = …): one row per cell of the bulletin as the figures are now, as text; a figure that is not known has none';

CREATE OR REPLACE VIEW ${database}.differences ${on_cluster} AS
SELECT
    table_code, group_name, row_label, column_name,
    maxOrNullIf(value, side = 'published') AS published, maxOrNullIf(value, side = 'current') AS current,
    toDecimal64OrNull(ifNull(current, ''), 2) - toDecimal64OrNull(ifNull(published, ''), 2) AS difference
FROM
(
    SELECT 'published' AS side, table_code, group_name, row_label, column_name, value
    FROM ${database}.published WHERE month = {month:Date} AND latest AND part = 'month' AND column_place > 0
    UNION ALL
    SELECT 'current', table_code, group_name, row_label, column_name, value
    FROM ${database}.bulletin_cells(month = {month:Date})
    WHERE {month:Date} IN (SELECT month FROM ${database}.closings)
)
GROUP BY table_code, group_name, row_label, column_name
HAVING NOT (published <=> current)
ORDER BY table_code, row_label, column_name
COMMENT 'differences(month = …): one row per cell that is not as it was published last, by the names of rows; none for a month that is not closed. null: the cell is not there';
