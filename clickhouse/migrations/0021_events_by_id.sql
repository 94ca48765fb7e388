-- "Did you count my event?": where an id stands in the log, whether it counts there, what took it back,
-- and what was refused. Asked with the ids, so that the index by id is what is read.

ALTER TABLE ${database}.raw_calls ${on_cluster} ADD INDEX IF NOT EXISTS by_corrected corrects TYPE bloom_filter GRANULARITY 4;
ALTER TABLE ${database}.raw_calls ${on_cluster} MATERIALIZE INDEX by_corrected;
ALTER TABLE ${database}.raw_bookings ${on_cluster} ADD INDEX IF NOT EXISTS by_corrected corrects TYPE bloom_filter GRANULARITY 4;
ALTER TABLE ${database}.raw_bookings ${on_cluster} MATERIALIZE INDEX by_corrected;
ALTER TABLE ${database}.raw_telemedicine ${on_cluster} ADD INDEX IF NOT EXISTS by_corrected corrects TYPE bloom_filter GRANULARITY 4;
ALTER TABLE ${database}.raw_telemedicine ${on_cluster} MATERIALIZE INDEX by_corrected;
ALTER TABLE ${database}.raw_uploads ${on_cluster} ADD INDEX IF NOT EXISTS by_corrected corrects TYPE bloom_filter GRANULARITY 4;
ALTER TABLE ${database}.raw_uploads ${on_cluster} MATERIALIZE INDEX by_corrected;
ALTER TABLE ${database}.raw_kiosk_transactions ${on_cluster} ADD INDEX IF NOT EXISTS by_corrected corrects TYPE bloom_filter GRANULARITY 4;
ALTER TABLE ${database}.raw_kiosk_transactions ${on_cluster} MATERIALIZE INDEX by_corrected;
ALTER TABLE ${database}.raw_statements ${on_cluster} ADD INDEX IF NOT EXISTS by_corrected corrects TYPE bloom_filter GRANULARITY 4;
ALTER TABLE ${database}.raw_statements ${on_cluster} MATERIALIZE INDEX by_corrected;
ALTER TABLE ${database}.raw_institutions ${on_cluster} ADD INDEX IF NOT EXISTS by_corrected corrects TYPE bloom_filter GRANULARITY 4;
ALTER TABLE ${database}.raw_institutions ${on_cluster} MATERIALIZE INDEX by_corrected;

CREATE OR REPLACE VIEW ${database}.event_places ${on_cluster} AS
SELECT
    places.topic AS topic, event_id, occurred_at, toDate(occurred_at, 'Asia/Shanghai') AS day, source, origin, sign, corrects, content,
    places.epoch AS epoch, places.kafka_partition AS kafka_partition, places.kafka_offset AS kafka_offset, appended_at, counted,
    (places.topic, places.epoch, places.kafka_partition, kafka_offset) IN
        (SELECT topic, epoch, kafka_partition, kafka_offset FROM ${database}.far_repeats FINAL WHERE event_id IN ({ids:Array(String)})) AS taken_back,
    blocks.block AS block
FROM
(
    SELECT
        'calls' AS topic, event_id, occurred_at, source, origin, sign, corrects,
        [('line', toNullable(toString(line))), ('city', toNullable(toString(city))), ('category', toNullable(toString(category)))] AS content,
        epoch, kafka_partition, kafka_offset, appended_at, counted
    FROM ${database}.raw_calls FINAL WHERE event_id IN ({ids:Array(String)})
    UNION ALL
    SELECT
        'bookings' AS topic, event_id, occurred_at, source, origin, sign, corrects,
        [('hospital', toNullable(toString(hospital))), ('channel', toNullable(toString(channel))), ('route', toNullable(toString(route)))] AS content,
        epoch, kafka_partition, kafka_offset, appended_at, counted
    FROM ${database}.raw_bookings FINAL WHERE event_id IN ({ids:Array(String)})
    UNION ALL
    SELECT
        'telemedicine' AS topic, event_id, occurred_at, source, origin, sign, corrects,
        [('platform', toNullable(toString(platform))), ('item', toNullable(toString(item))), ('institution', toNullable(toString(institution))), ('images', toNullable(toString(images)))] AS content,
        epoch, kafka_partition, kafka_offset, appended_at, counted
    FROM ${database}.raw_telemedicine FINAL WHERE event_id IN ({ids:Array(String)})
    UNION ALL
    SELECT
        'uploads' AS topic, event_id, occurred_at, source, origin, sign, corrects,
        [('organisation', toNullable(toString(organisation))), ('table_code', toNullable(toString(table_code))), ('business_date', toNullable(toString(business_date))), ('rows', toNullable(toString(rows))), ('persons', toNullable(toString(persons)))] AS content,
        epoch, kafka_partition, kafka_offset, appended_at, counted
    FROM ${database}.raw_uploads FINAL WHERE event_id IN ({ids:Array(String)})
    UNION ALL
    SELECT
        'kiosk_transactions' AS topic, event_id, occurred_at, source, origin, sign, corrects,
        [('institution', toNullable(toString(institution))), ('service', toNullable(toString(service))), ('amount_fen', toNullable(toString(amount_fen))), ('device', toNullable(toString(device)))] AS content,
        epoch, kafka_partition, kafka_offset, appended_at, counted
    FROM ${database}.raw_kiosk_transactions FINAL WHERE event_id IN ({ids:Array(String)})
    UNION ALL
    SELECT
        'statements' AS topic, event_id, occurred_at, source, origin, sign, corrects,
        [('figure', toNullable(toString(figure))), ('subject', toNullable(toString(subject))), ('as_of', toNullable(toString(as_of))), ('value', toNullable(toString(value))), ('exponent', toNullable(toString(exponent))), ('unit', toNullable(toString(unit)))] AS content,
        epoch, kafka_partition, kafka_offset, appended_at, counted
    FROM ${database}.raw_statements FINAL WHERE event_id IN ({ids:Array(String)})
    UNION ALL
    SELECT
        'institutions' AS topic, event_id, occurred_at, source, origin, sign, corrects,
        [('code', toNullable(toString(code))), ('valid_from', toNullable(toString(valid_from))), ('name', toNullable(toString(name)))] AS content,
        epoch, kafka_partition, kafka_offset, appended_at, counted
    FROM ${database}.raw_institutions FINAL WHERE event_id IN ({ids:Array(String)})
) AS places
ASOF LEFT JOIN (SELECT toString(topic) AS topic, epoch, kafka_partition, block FROM ${database}.ledger FINAL) AS blocks
    ON places.topic = blocks.topic AND places.epoch = blocks.epoch AND places.kafka_partition = blocks.kafka_partition AND places.kafka_offset >= blocks.block
ORDER BY event_id, appended_at, epoch, kafka_partition, kafka_offset
COMMENT 'event_places(ids = [''…'']): one row per place in the log where one of these ids stands, repeats included';

CREATE OR REPLACE VIEW ${database}.event_corrections ${on_cluster} AS
SELECT 'calls' AS topic, assumeNotNull(corrects) AS corrected, event_id, sign, occurred_at, appended_at, epoch, kafka_partition, kafka_offset, counted
FROM ${database}.raw_calls FINAL WHERE corrects IN ({ids:Array(String)})
UNION ALL
SELECT 'bookings' AS topic, assumeNotNull(corrects) AS corrected, event_id, sign, occurred_at, appended_at, epoch, kafka_partition, kafka_offset, counted
FROM ${database}.raw_bookings FINAL WHERE corrects IN ({ids:Array(String)})
UNION ALL
SELECT 'telemedicine' AS topic, assumeNotNull(corrects) AS corrected, event_id, sign, occurred_at, appended_at, epoch, kafka_partition, kafka_offset, counted
FROM ${database}.raw_telemedicine FINAL WHERE corrects IN ({ids:Array(String)})
UNION ALL
SELECT 'uploads' AS topic, assumeNotNull(corrects) AS corrected, event_id, sign, occurred_at, appended_at, epoch, kafka_partition, kafka_offset, counted
FROM ${database}.raw_uploads FINAL WHERE corrects IN ({ids:Array(String)})
UNION ALL
SELECT 'kiosk_transactions' AS topic, assumeNotNull(corrects) AS corrected, event_id, sign, occurred_at, appended_at, epoch, kafka_partition, kafka_offset, counted
FROM ${database}.raw_kiosk_transactions FINAL WHERE corrects IN ({ids:Array(String)})
UNION ALL
SELECT 'statements' AS topic, assumeNotNull(corrects) AS corrected, event_id, sign, occurred_at, appended_at, epoch, kafka_partition, kafka_offset, counted
FROM ${database}.raw_statements FINAL WHERE corrects IN ({ids:Array(String)})
UNION ALL
SELECT 'institutions' AS topic, assumeNotNull(corrects) AS corrected, event_id, sign, occurred_at, appended_at, epoch, kafka_partition, kafka_offset, counted
FROM ${database}.raw_institutions FINAL WHERE corrects IN ({ids:Array(String)})
COMMENT 'event_corrections(ids = [''…'']): one row per event that takes back (sign -1) or amends (sign 1) one of these ids';

CREATE OR REPLACE VIEW ${database}.event_refusals ${on_cluster} AS
SELECT asked AS event_id, topic, epoch, kafka_partition, kafka_offset, appended_at, reason, detail,
       substring(value, 6, length(told)) = told AS exact
FROM
(
    SELECT
        topic, epoch, kafka_partition, kafka_offset, appended_at, reason, detail, value, asked,
        -- An Avro text: its length, doubled, in one byte or two, then its bytes.
        concat(length(asked) < 64 ? char(2 * length(asked)) : unhex('8001'), asked) AS told
    FROM ${database}.dead_letters FINAL
    ARRAY JOIN {ids:Array(String)} AS asked
    WHERE position(value, asked) > 0
)
ORDER BY event_id, appended_at, kafka_offset
COMMENT 'event_refusals(ids = [''…'']): one row per refused message and id that its bytes hold, without its bytes. Refusals are kept 90 days';

CREATE OR REPLACE VIEW ${database}.statements ${on_cluster} AS
SELECT
    event_id, occurred_at, toDate(occurred_at, 'Asia/Shanghai') AS day, source, origin, sign, corrects,
    figure, subject, as_of, value, exponent, unit,
    appended_at, dateDiff('second', occurred_at, appended_at) AS delay_seconds
FROM ${database}.raw_statements FINAL
WHERE counted
COMMENT 'One row per statement of a stock, those since replaced too; the stock itself is in stocks';
