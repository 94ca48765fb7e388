-- Events drawn by chance, as many as September 2020 had a day, over the cardinalities of its tables.
-- Partitions take turns; within one, offsets go up with time, and a day's first offset follows from
-- the day alone. Few events happen at night, most between six and eight.
CREATE OR REPLACE VIEW ${database}.drawn AS
SELECT
    {since:Date} + intDiv(number, {daily:UInt32}) AS day,
    number % 4 AS kafka_partition,
    toUnixTimestamp(toDateTime(day, 'UTC')) * 4 + intDiv(number % {daily:UInt32}, 4) AS kafka_offset,
    greatest(intDiv(kafka_offset, 8192) * 8192, toUnixTimestamp(toDateTime(day, 'UTC')) * 4) AS block,
    (number % {daily:UInt32}) / {daily:UInt32} AS u,
    multiIf(u < 0.03, u * 720000, u < 0.97, 21600 + (u - 0.03) * 53617, 72000 + (u - 0.97) * 479900) AS second,
    addMilliseconds(toDateTime64(day, 3, 'Asia/Shanghai'), toInt64(second * 1000)) AS occurred_at,
    cityHash64({since:Date}, number, {daily:UInt32}) AS h,
    (h % 65536) / 65536 AS a, (bitShiftRight(h, 16) % 65536) / 65536 AS b, (bitShiftRight(h, 32) % 65536) / 65536 AS c
FROM numbers(toUInt64({days:UInt32}) * {daily:UInt32})
WHERE occurred_at <= now64(3);

CREATE OR REPLACE VIEW ${database}.drawn_calls AS
SELECT
    *, concat('hotline-', assumeNotNull(city)) AS source,
    multiIf(h % 40 = 0, 'order_city', h % 40 = 1, 'order_province', 'hotline') AS line,
    ['nanjing', 'suzhou', 'nantong', 'huaian', 'yangzhou', 'zhenjiang', 'wuxi', 'xuzhou', 'changzhou', 'lianyungang', 'yancheng', 'taizhou', 'suqian'][1 + toUInt32(13 * a * a)] AS city,
    ['consultation', 'complaint', 'booking', 'crisis', 'survey', 'voice'][1 + toUInt32(6 * b * b)] AS category
FROM ${database}.drawn(since = {since:Date}, days = {days:UInt32}, daily = 3700);

CREATE OR REPLACE VIEW ${database}.drawn_bookings AS
SELECT
    *, 'appointments' AS source,
    concat('H', leftPad(toString(1 + toUInt32(40 * a * a)), 3, '0')) AS hospital,
    ['clinic', 'online', 'third_party', 'phone'][1 + toUInt32(4 * b * b)] AS channel,
    ['jknj_app', 'wechat_12320', 'quick_12320', 'jiangsu_web', 'my_nanjing_app', 'web_12320', 'jiuyi160', 'telecom_100'][1 + toUInt32(8 * c * c)] AS route
FROM ${database}.drawn(since = {since:Date}, days = {days:UInt32}, daily = 12500);

CREATE OR REPLACE VIEW ${database}.drawn_telemedicine AS
SELECT
    *, concat('platform-', platform) AS source,
    ['imaging', 'lab', 'ecg', 'consultation'][1 + toUInt32(4 * a * a)] AS platform,
    multiIf(h % 50 = 0, 'consultation', platform = 'lab' AND h % 50 < 20, 'specimen', 'report') AS item,
    concat('H', leftPad(toString(1 + toUInt32(49 * b * b)), 3, '0')) AS institution,
    if(platform = 'imaging', h % 300, 0) AS images
FROM ${database}.drawn(since = {since:Date}, days = {days:UInt32}, daily = 40200);

CREATE OR REPLACE VIEW ${database}.drawn_uploads AS
SELECT
    *, concat('exchange-', organisation) AS source,
    arrayConcat(
        ['D320102', 'D320104', 'D320105', 'D320106', 'D320111', 'D320113', 'D320114', 'D320115', 'D320116', 'D320117', 'D320118', 'D320190'],
        arrayMap(n -> concat('H', leftPad(toString(n), 3, '0')), range(1, 29))
    )[1 + toUInt32(40 * a)] AS organisation,
    multiIf(b < 0.01, 'visits', b < 0.02, 'discharges', concat('t', leftPad(toString(toUInt32(100 * b)), 3, '0'))) AS table_code,
    day - 1 - if(h % 100 = 0, h % 7, 0) AS business_date,
    h % 20000 AS rows, if(b < 0.02, h % 3000, 0) AS persons
FROM ${database}.drawn(since = {since:Date}, days = {days:UInt32}, daily = 2000);

CREATE OR REPLACE VIEW ${database}.drawn_kiosk_transactions AS
SELECT
    *, concat('kiosk-', institution) AS source,
    arrayConcat(
        arrayMap(n -> concat('H', leftPad(toString(n), 3, '0')), range(1, 39)),
        ['D320102', 'D320104', 'D320105', 'D320106', 'D320111', 'D320113', 'D320114', 'D320115', 'D320116', 'D320117', 'D320118', 'D320190']
    )[1 + toUInt32(50 * a * a)] AS institution,
    if(h % 3 = 0, 'registration', 'payment') AS service,
    500 + h % 30000 AS amount_fen,
    concat('K', toString(h % 400)) AS device
FROM ${database}.drawn(since = {since:Date}, days = {days:UInt32}, daily = 53000);
