-- What the screens ask several times a minute, and what makes it cheap on ten years of totals.

-- The hours and minutes again: from a cast, unlike from toDateTime64, ClickHouse knows that
-- hour >= … is bucket >= …, and reads those partitions and granules alone.
CREATE OR REPLACE VIEW ${database}.calls_by_minute ${on_cluster} AS
SELECT CAST(bucket AS DateTime64(0, 'Asia/Shanghai')) AS minute, origin, source, line, city, category, sum(events) AS events
FROM ${database}.rollup_calls FINAL
WHERE definition = (SELECT definition FROM ${database}.definitions FINAL WHERE topic = 'calls') AND grain = 'minute'
GROUP BY bucket, origin, source, line, city, category
COMMENT 'One row per minute (kept 90 days), origin, source and dimensions';

CREATE OR REPLACE VIEW ${database}.calls_by_hour ${on_cluster} AS
SELECT CAST(bucket AS DateTime64(0, 'Asia/Shanghai')) AS hour, origin, source, line, city, category, sum(events) AS events
FROM ${database}.rollup_calls FINAL
WHERE definition = (SELECT definition FROM ${database}.definitions FINAL WHERE topic = 'calls') AND grain = 'hour'
GROUP BY bucket, origin, source, line, city, category
COMMENT 'One row per hour, origin, source and dimensions';

CREATE OR REPLACE VIEW ${database}.bookings_by_minute ${on_cluster} AS
SELECT CAST(bucket AS DateTime64(0, 'Asia/Shanghai')) AS minute, origin, source, hospital, channel, route, sum(events) AS events
FROM ${database}.rollup_bookings FINAL
WHERE definition = (SELECT definition FROM ${database}.definitions FINAL WHERE topic = 'bookings') AND grain = 'minute'
GROUP BY bucket, origin, source, hospital, channel, route
COMMENT 'One row per minute (kept 90 days), origin, source and dimensions';

CREATE OR REPLACE VIEW ${database}.bookings_by_hour ${on_cluster} AS
SELECT CAST(bucket AS DateTime64(0, 'Asia/Shanghai')) AS hour, origin, source, hospital, channel, route, sum(events) AS events
FROM ${database}.rollup_bookings FINAL
WHERE definition = (SELECT definition FROM ${database}.definitions FINAL WHERE topic = 'bookings') AND grain = 'hour'
GROUP BY bucket, origin, source, hospital, channel, route
COMMENT 'One row per hour, origin, source and dimensions';

CREATE OR REPLACE VIEW ${database}.telemedicine_by_minute ${on_cluster} AS
SELECT CAST(bucket AS DateTime64(0, 'Asia/Shanghai')) AS minute, origin, source, platform, item, institution, sum(events) AS events, sum(images) AS images
FROM ${database}.rollup_telemedicine FINAL
WHERE definition = (SELECT definition FROM ${database}.definitions FINAL WHERE topic = 'telemedicine') AND grain = 'minute'
GROUP BY bucket, origin, source, platform, item, institution
COMMENT 'One row per minute (kept 90 days), origin, source and dimensions';

CREATE OR REPLACE VIEW ${database}.telemedicine_by_hour ${on_cluster} AS
SELECT CAST(bucket AS DateTime64(0, 'Asia/Shanghai')) AS hour, origin, source, platform, item, institution, sum(events) AS events, sum(images) AS images
FROM ${database}.rollup_telemedicine FINAL
WHERE definition = (SELECT definition FROM ${database}.definitions FINAL WHERE topic = 'telemedicine') AND grain = 'hour'
GROUP BY bucket, origin, source, platform, item, institution
COMMENT 'One row per hour, origin, source and dimensions';

CREATE OR REPLACE VIEW ${database}.uploads_by_minute ${on_cluster} AS
SELECT CAST(bucket AS DateTime64(0, 'Asia/Shanghai')) AS minute, origin, source, organisation, table_code, business_date, sum(events) AS events, sum(rows) AS rows, sum(persons) AS persons
FROM ${database}.rollup_uploads FINAL
WHERE definition = (SELECT definition FROM ${database}.definitions FINAL WHERE topic = 'uploads') AND grain = 'minute'
GROUP BY bucket, origin, source, organisation, table_code, business_date
COMMENT 'One row per minute (kept 90 days), origin, source and dimensions';

CREATE OR REPLACE VIEW ${database}.uploads_by_hour ${on_cluster} AS
SELECT CAST(bucket AS DateTime64(0, 'Asia/Shanghai')) AS hour, origin, source, organisation, table_code, business_date, sum(events) AS events, sum(rows) AS rows, sum(persons) AS persons
FROM ${database}.rollup_uploads FINAL
WHERE definition = (SELECT definition FROM ${database}.definitions FINAL WHERE topic = 'uploads') AND grain = 'hour'
GROUP BY bucket, origin, source, organisation, table_code, business_date
COMMENT 'One row per hour, origin, source and dimensions';

CREATE OR REPLACE VIEW ${database}.kiosk_transactions_by_minute ${on_cluster} AS
SELECT CAST(bucket AS DateTime64(0, 'Asia/Shanghai')) AS minute, origin, source, institution, service, sum(events) AS events, sum(amount_fen) AS amount_fen
FROM ${database}.rollup_kiosk_transactions FINAL
WHERE definition = (SELECT definition FROM ${database}.definitions FINAL WHERE topic = 'kiosk_transactions') AND grain = 'minute'
GROUP BY bucket, origin, source, institution, service
COMMENT 'One row per minute (kept 90 days), origin, source and dimensions';

CREATE OR REPLACE VIEW ${database}.kiosk_transactions_by_hour ${on_cluster} AS
SELECT CAST(bucket AS DateTime64(0, 'Asia/Shanghai')) AS hour, origin, source, institution, service, sum(events) AS events, sum(amount_fen) AS amount_fen
FROM ${database}.rollup_kiosk_transactions FINAL
WHERE definition = (SELECT definition FROM ${database}.definitions FINAL WHERE topic = 'kiosk_transactions') AND grain = 'hour'
GROUP BY bucket, origin, source, institution, service
COMMENT 'One row per hour, origin, source and dimensions';

-- Most of what those views cost on many dimensions is making one row of several partitions and blocks:
-- in vain where a query adds up anyway.
CREATE OR REPLACE VIEW ${database}.calls_totals ${on_cluster} AS
SELECT grain, toDate(bucket, 'Asia/Shanghai') AS day, CAST(bucket AS DateTime64(0, 'Asia/Shanghai')) AS start, origin, source, line, city, category, events
FROM ${database}.rollup_calls FINAL
WHERE definition = (SELECT definition FROM ${database}.definitions FINAL WHERE topic = 'calls')
COMMENT 'One row per bucket, dimensions, partition and block: what the views by minute, hour and day add up, for queries that add up themselves. Name a grain (minute, hour or day), or events count three times';

CREATE OR REPLACE VIEW ${database}.bookings_totals ${on_cluster} AS
SELECT grain, toDate(bucket, 'Asia/Shanghai') AS day, CAST(bucket AS DateTime64(0, 'Asia/Shanghai')) AS start, origin, source, hospital, channel, route, events
FROM ${database}.rollup_bookings FINAL
WHERE definition = (SELECT definition FROM ${database}.definitions FINAL WHERE topic = 'bookings')
COMMENT 'One row per bucket, dimensions, partition and block: what the views by minute, hour and day add up, for queries that add up themselves. Name a grain (minute, hour or day), or events count three times';

CREATE OR REPLACE VIEW ${database}.telemedicine_totals ${on_cluster} AS
SELECT grain, toDate(bucket, 'Asia/Shanghai') AS day, CAST(bucket AS DateTime64(0, 'Asia/Shanghai')) AS start, origin, source, platform, item, institution, events, images
FROM ${database}.rollup_telemedicine FINAL
WHERE definition = (SELECT definition FROM ${database}.definitions FINAL WHERE topic = 'telemedicine')
COMMENT 'One row per bucket, dimensions, partition and block: what the views by minute, hour and day add up, for queries that add up themselves. Name a grain (minute, hour or day), or events count three times';

CREATE OR REPLACE VIEW ${database}.uploads_totals ${on_cluster} AS
SELECT grain, toDate(bucket, 'Asia/Shanghai') AS day, CAST(bucket AS DateTime64(0, 'Asia/Shanghai')) AS start, origin, source, organisation, table_code, business_date, events, rows, persons
FROM ${database}.rollup_uploads FINAL
WHERE definition = (SELECT definition FROM ${database}.definitions FINAL WHERE topic = 'uploads')
COMMENT 'One row per bucket, dimensions, partition and block: what the views by minute, hour and day add up, for queries that add up themselves. Name a grain (minute, hour or day), or events count three times';

CREATE OR REPLACE VIEW ${database}.kiosk_transactions_totals ${on_cluster} AS
SELECT grain, toDate(bucket, 'Asia/Shanghai') AS day, CAST(bucket AS DateTime64(0, 'Asia/Shanghai')) AS start, origin, source, institution, service, events, amount_fen
FROM ${database}.rollup_kiosk_transactions FINAL
WHERE definition = (SELECT definition FROM ${database}.definitions FINAL WHERE topic = 'kiosk_transactions')
COMMENT 'One row per bucket, dimensions, partition and block: what the views by minute, hour and day add up, for queries that add up themselves. Name a grain (minute, hour or day), or events count three times';

-- Without FINAL: a line that was replaced was never later, nor its last offset greater.
CREATE OR REPLACE VIEW ${database}.pulse ${on_cluster} AS
SELECT topic, CAST(max(changed) AS DateTime64(3, 'Asia/Shanghai')) AS changed, sum(last_offset) AS last_offsets
FROM
(
    SELECT topic, max(written_at) AS changed, max(last_offset) AS last_offset
    FROM ${database}.ledger
    GROUP BY topic, epoch, kafka_partition
)
GROUP BY topic
COMMENT 'One row per kind: when its figures last changed, and the sum of the last offsets of its partitions';

CREATE OR REPLACE VIEW ${database}.source_freshness ${on_cluster} AS
SELECT 'calls' AS topic, source, origin, CAST(max(bucket) AS DateTime64(0, 'Asia/Shanghai')) AS last_hour, sum(events) AS events
FROM ${database}.rollup_calls FINAL
WHERE definition = (SELECT definition FROM ${database}.definitions FINAL WHERE topic = 'calls') AND grain = 'hour'
  AND bucket >= (SELECT max(bucket) - INTERVAL 35 DAY FROM ${database}.rollup_calls WHERE grain = 'hour')
GROUP BY source, origin
UNION ALL
SELECT 'bookings' AS topic, source, origin, CAST(max(bucket) AS DateTime64(0, 'Asia/Shanghai')) AS last_hour, sum(events) AS events
FROM ${database}.rollup_bookings FINAL
WHERE definition = (SELECT definition FROM ${database}.definitions FINAL WHERE topic = 'bookings') AND grain = 'hour'
  AND bucket >= (SELECT max(bucket) - INTERVAL 35 DAY FROM ${database}.rollup_bookings WHERE grain = 'hour')
GROUP BY source, origin
UNION ALL
SELECT 'telemedicine' AS topic, source, origin, CAST(max(bucket) AS DateTime64(0, 'Asia/Shanghai')) AS last_hour, sum(events) AS events
FROM ${database}.rollup_telemedicine FINAL
WHERE definition = (SELECT definition FROM ${database}.definitions FINAL WHERE topic = 'telemedicine') AND grain = 'hour'
  AND bucket >= (SELECT max(bucket) - INTERVAL 35 DAY FROM ${database}.rollup_telemedicine WHERE grain = 'hour')
GROUP BY source, origin
UNION ALL
SELECT 'uploads' AS topic, source, origin, CAST(max(bucket) AS DateTime64(0, 'Asia/Shanghai')) AS last_hour, sum(events) AS events
FROM ${database}.rollup_uploads FINAL
WHERE definition = (SELECT definition FROM ${database}.definitions FINAL WHERE topic = 'uploads') AND grain = 'hour'
  AND bucket >= (SELECT max(bucket) - INTERVAL 35 DAY FROM ${database}.rollup_uploads WHERE grain = 'hour')
GROUP BY source, origin
UNION ALL
SELECT 'kiosk_transactions' AS topic, source, origin, CAST(max(bucket) AS DateTime64(0, 'Asia/Shanghai')) AS last_hour, sum(events) AS events
FROM ${database}.rollup_kiosk_transactions FINAL
WHERE definition = (SELECT definition FROM ${database}.definitions FINAL WHERE topic = 'kiosk_transactions') AND grain = 'hour'
  AND bucket >= (SELECT max(bucket) - INTERVAL 35 DAY FROM ${database}.rollup_kiosk_transactions WHERE grain = 'hour')
GROUP BY source, origin
COMMENT 'One row per kind, source and origin heard in the 35 days before the newest hour of the kind: the last hour with an event, and how many there were in these days';

-- The same without the events. So it needs neither FINAL nor the definition: a row that was replaced has the same
-- hour. One key is grouped by faster than two.
CREATE OR REPLACE VIEW ${database}.last_heard ${on_cluster} AS
SELECT topic, source, origin, CAST(hour AS DateTime64(0, 'Asia/Shanghai')) AS last_hour
FROM
(
    SELECT 'calls' AS topic, source, [maxIf(bucket, origin = 'live'), maxIf(bucket, origin = 'replay'), maxIf(bucket, origin = 'simulated')] AS last
    FROM ${database}.rollup_calls
    WHERE grain = 'hour' AND bucket >= (SELECT max(bucket) - INTERVAL 35 DAY FROM ${database}.rollup_calls WHERE grain = 'hour')
    GROUP BY source
    UNION ALL
    SELECT 'bookings' AS topic, source, [maxIf(bucket, origin = 'live'), maxIf(bucket, origin = 'replay'), maxIf(bucket, origin = 'simulated')] AS last
    FROM ${database}.rollup_bookings
    WHERE grain = 'hour' AND bucket >= (SELECT max(bucket) - INTERVAL 35 DAY FROM ${database}.rollup_bookings WHERE grain = 'hour')
    GROUP BY source
    UNION ALL
    SELECT 'telemedicine' AS topic, source, [maxIf(bucket, origin = 'live'), maxIf(bucket, origin = 'replay'), maxIf(bucket, origin = 'simulated')] AS last
    FROM ${database}.rollup_telemedicine
    WHERE grain = 'hour' AND bucket >= (SELECT max(bucket) - INTERVAL 35 DAY FROM ${database}.rollup_telemedicine WHERE grain = 'hour')
    GROUP BY source
    UNION ALL
    SELECT 'uploads' AS topic, source, [maxIf(bucket, origin = 'live'), maxIf(bucket, origin = 'replay'), maxIf(bucket, origin = 'simulated')] AS last
    FROM ${database}.rollup_uploads
    WHERE grain = 'hour' AND bucket >= (SELECT max(bucket) - INTERVAL 35 DAY FROM ${database}.rollup_uploads WHERE grain = 'hour')
    GROUP BY source
    UNION ALL
    SELECT 'kiosk_transactions' AS topic, source, [maxIf(bucket, origin = 'live'), maxIf(bucket, origin = 'replay'), maxIf(bucket, origin = 'simulated')] AS last
    FROM ${database}.rollup_kiosk_transactions
    WHERE grain = 'hour' AND bucket >= (SELECT max(bucket) - INTERVAL 35 DAY FROM ${database}.rollup_kiosk_transactions WHERE grain = 'hour')
    GROUP BY source
)
ARRAY JOIN ['live', 'replay', 'simulated'] AS origin, last AS hour
WHERE hour > 0
COMMENT 'One row per kind, source and origin heard in the 35 days before the newest hour of the kind: the last hour with an event';

-- A month that has a statement needs no second look, so that only the others' partitions are read.
-- Uploads are of the month that their rows are about, and may come in the next.
CREATE OR REPLACE VIEW ${database}.months ${on_cluster} AS
WITH stated AS (SELECT DISTINCT toStartOfMonth(as_of) AS month FROM ${database}.raw_statements WHERE counted AND origin != 'simulated')
SELECT month
FROM
(
    SELECT month FROM stated
    UNION DISTINCT
    SELECT toStartOfMonth(toDate(bucket, 'Asia/Shanghai')) FROM ${database}.rollup_calls
    WHERE grain = 'day' AND origin != 'simulated' AND toYYYYMM(bucket, 'Asia/Shanghai') NOT IN (SELECT toYYYYMM(month) FROM stated)
    UNION DISTINCT
    SELECT toStartOfMonth(toDate(bucket, 'Asia/Shanghai')) FROM ${database}.rollup_bookings
    WHERE grain = 'day' AND origin != 'simulated' AND toYYYYMM(bucket, 'Asia/Shanghai') NOT IN (SELECT toYYYYMM(month) FROM stated)
    UNION DISTINCT
    SELECT toStartOfMonth(toDate(bucket, 'Asia/Shanghai')) FROM ${database}.rollup_telemedicine
    WHERE grain = 'day' AND origin != 'simulated' AND toYYYYMM(bucket, 'Asia/Shanghai') NOT IN (SELECT toYYYYMM(month) FROM stated)
    UNION DISTINCT
    SELECT toStartOfMonth(business_date) FROM ${database}.rollup_uploads
    WHERE grain = 'day' AND origin != 'simulated' AND toYYYYMM(bucket, 'Asia/Shanghai') NOT IN (SELECT toYYYYMM(month) FROM stated)
      AND toStartOfMonth(business_date) NOT IN (SELECT month FROM stated)
    UNION DISTINCT
    SELECT toStartOfMonth(toDate(bucket, 'Asia/Shanghai')) FROM ${database}.rollup_kiosk_transactions
    WHERE grain = 'day' AND origin != 'simulated' AND toYYYYMM(bucket, 'Asia/Shanghai') NOT IN (SELECT toYYYYMM(month) FROM stated)
)
ORDER BY month DESC
COMMENT 'One row per month that something not simulated is known about, newest first: its first day';

-- What is stated and registered again, with an argMax a column instead of one of a tuple: faster, and
-- columns that nobody asks for are not added up. Of a null argMax takes no notice: it is asked apart.
-- The later of two messages is the one with the greater (epoch, offset), which are one number here.
CREATE OR REPLACE VIEW ${database}.institutions ${on_cluster} AS
WITH bitShiftLeft(toUInt64(epoch), 48) + kafka_offset AS told
SELECT
    code, valid_from, argMax(r.name, told) AS name, argMax(r.aliases, told) AS aliases, argMax(r.kind, told) AS kind,
    if(argMax(r.district IS NULL, told), NULL, argMax(r.district, told)) AS district,
    argMax(r.provisional, told) AS provisional, argMax(r.labels, told) AS labels
FROM ${database}.raw_institutions AS r FINAL
WHERE counted
GROUP BY code, valid_from
COMMENT 'One row per institution and first day that its entry is true for; a later entry replaces it from its own day on';

CREATE OR REPLACE VIEW ${database}.stocks ${on_cluster} AS
SELECT
    figure, subject, as_of, if(unanswered, NULL, given) AS value, exponent, unit, origin,
    value * toInt64(exp10(exponent)) AS amount
FROM
(
    WITH bitShiftLeft(toUInt64(epoch), 48) + kafka_offset AS told
    SELECT
        figure, subject, as_of, argMax(r.value IS NULL, told) AS unanswered, argMax(r.value, told) AS given,
        argMax(r.exponent, told) AS exponent, argMax(r.unit, told) AS unit, argMax(r.origin, told) AS origin
    FROM ${database}.raw_statements AS r FINAL
    WHERE counted
    GROUP BY figure, subject, as_of
    HAVING argMax(r.sign, told) = 1
)
COMMENT 'One row per stock, subject and day it is stated for: the last statement. amount is value times ten to the exponent; null: asked and not answered';

CREATE OR REPLACE VIEW ${database}.stocks_on ${on_cluster} AS
SELECT
    figure, subject, stated, if(unanswered, NULL, given) AS value, exponent,
    value * toInt64(exp10(exponent)) AS amount, unit, told_as
FROM
(
    SELECT
        figure, subject, max(as_of) AS stated, argMax(s.value IS NULL, as_of) AS unanswered, argMax(s.value, as_of) AS given,
        argMax(s.exponent, as_of) AS exponent, argMax(s.unit, as_of) AS unit, argMax(s.origin, as_of) AS told_as
    FROM ${database}.stocks AS s
    WHERE as_of <= {day:Date} AND s.origin != 'simulated'
    GROUP BY figure, subject
)
COMMENT 'stocks_on(day = …): one row per stock and subject, as last stated for that day or before';

-- bulletin_04 and bulletin_05 count by business date, for which rows may come at any time after:
-- of what came later than the month only the granules with dates of the month are read.
ALTER TABLE ${database}.rollup_uploads ${on_cluster} ADD INDEX IF NOT EXISTS by_business_date business_date TYPE minmax GRANULARITY 1;

ALTER TABLE ${database}.rollup_uploads ${on_cluster} MATERIALIZE INDEX by_business_date;

-- A month to which nothing was added for an hour becomes one part a grain: FINAL then costs nothing.
ALTER TABLE ${database}.rollup_calls ${on_cluster} MODIFY SETTING min_age_to_force_merge_seconds = 3600, min_age_to_force_merge_on_partition_only = 1;

ALTER TABLE ${database}.rollup_bookings ${on_cluster} MODIFY SETTING min_age_to_force_merge_seconds = 3600, min_age_to_force_merge_on_partition_only = 1;

ALTER TABLE ${database}.rollup_telemedicine ${on_cluster} MODIFY SETTING min_age_to_force_merge_seconds = 3600, min_age_to_force_merge_on_partition_only = 1;

ALTER TABLE ${database}.rollup_uploads ${on_cluster} MODIFY SETTING min_age_to_force_merge_seconds = 3600, min_age_to_force_merge_on_partition_only = 1;

ALTER TABLE ${database}.rollup_kiosk_transactions ${on_cluster} MODIFY SETTING min_age_to_force_merge_seconds = 3600, min_age_to_force_merge_on_partition_only = 1;
