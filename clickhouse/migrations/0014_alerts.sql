-- What alert rules ask: what is unlike the four weeks before it. Each view says what it calls usual,
-- and keeps origins apart, so that a rule can leave simulated events out.

-- Hours without any event are counted whole: an event of this hour or the one before makes them 0.
-- A source that has been quiet for five weeks is no longer listed.
CREATE OR REPLACE VIEW ${database}.quiet_sources ${on_cluster} AS
WITH toStartOfHour(now(), 'UTC') AS this_hour
SELECT
    topic, source, origin,
    CAST(arrayMax(hours) AS DateTime64(0, 'Asia/Shanghai'))                               AS last_hour,
    greatest(0, dateDiff('hour', arrayMax(hours), this_hour) - 1)                         AS quiet_hours,
    arrayFilter(quiet -> quiet IS NOT NULL, arrayMap(weeks ->
        if(arrayMin(hours) < this_hour - toIntervalWeek(weeks),
           dateDiff('hour', arrayMax(arrayFilter(hour -> hour < this_hour - toIntervalWeek(weeks), hours)), this_hour - toIntervalWeek(weeks)) - 1,
           NULL), [1, 2, 3, 4]))                                                          AS quiet_then,
    length(quiet_then)                                                                    AS weeks_known,
    if(weeks_known >= 2, arrayMax(quiet_then), NULL)                                      AS habit_hours
FROM
(
    SELECT 'calls' AS topic, source, origin, groupUniqArray(bucket) AS hours FROM ${database}.rollup_calls
    WHERE grain = 'hour' AND bucket BETWEEN now() - INTERVAL 35 DAY AND now()
    GROUP BY source, origin
    UNION ALL
    SELECT 'bookings' AS topic, source, origin, groupUniqArray(bucket) AS hours FROM ${database}.rollup_bookings
    WHERE grain = 'hour' AND bucket BETWEEN now() - INTERVAL 35 DAY AND now()
    GROUP BY source, origin
    UNION ALL
    SELECT 'telemedicine' AS topic, source, origin, groupUniqArray(bucket) AS hours FROM ${database}.rollup_telemedicine
    WHERE grain = 'hour' AND bucket BETWEEN now() - INTERVAL 35 DAY AND now()
    GROUP BY source, origin
    UNION ALL
    SELECT 'uploads' AS topic, source, origin, groupUniqArray(bucket) AS hours FROM ${database}.rollup_uploads
    WHERE grain = 'hour' AND bucket BETWEEN now() - INTERVAL 35 DAY AND now()
    GROUP BY source, origin
    UNION ALL
    SELECT 'kiosk_transactions' AS topic, source, origin, groupUniqArray(bucket) AS hours FROM ${database}.rollup_kiosk_transactions
    WHERE grain = 'hour' AND bucket BETWEEN now() - INTERVAL 35 DAY AND now()
    GROUP BY source, origin
)
COMMENT 'One row per kind, source and origin heard in the past 35 days: whole hours without an event until now, and at most so many at this hour of the week in the past four weeks (habit_hours; null before two weeks are known)';

-- The usual is by hour of the day: of rare calls, four hours of the week would say little.
CREATE OR REPLACE VIEW ${database}.calls_against_habit ${on_cluster} AS
WITH toStartOfHour(now(), 'UTC') AS this_hour
SELECT
    CAST(this_hour - toIntervalHour(ago) AS DateTime64(0, 'Asia/Shanghai'))                AS hour,
    origin, category,
    sumIf(calls, bucket = this_hour - toIntervalHour(ago))                                AS events,
    any(days)                                                                              AS days_known,
    if(days_known >= 7, sumIf(calls, bucket < this_hour - toIntervalHour(ago)) / days_known, NULL) AS usual,
    usual + 3 * sqrt(greatest(usual, 1))                                                   AS at_most
FROM
(
    SELECT
        bucket, origin, category, sum(events) AS calls,
        -- Days as they lie behind this hour: of the calendar's there may be one more, by the time of day.
        uniqExactIf(intDiv(dateDiff('hour', bucket, this_hour), 24), bucket <= this_hour - INTERVAL 1 DAY) OVER (PARTITION BY origin) AS days
    FROM ${database}.rollup_calls FINAL
    WHERE grain = 'hour' AND bucket BETWEEN now() - INTERVAL 28 DAY AND now() AND line = 'hotline'
      AND definition = (SELECT definition FROM ${database}.definitions FINAL WHERE topic = 'calls')
    GROUP BY bucket, origin, category
)
ARRAY JOIN [0, 1] AS ago
WHERE dateDiff('hour', bucket, this_hour - toIntervalHour(ago)) >= 0 AND dateDiff('hour', bucket, this_hour - toIntervalHour(ago)) % 24 = 0
GROUP BY ago, origin, category
COMMENT 'One row per origin and category of calls to the hotline, for this hour (so far) and for the one before: how many, how many are usual at this hour of the day over 28 days (null before seven days are known), and what chance alone hardly exceeds';

CREATE OR REPLACE VIEW ${database}.delays ${on_cluster} AS
SELECT topic, max(dateDiff('second', last_appended, written_at)) AS seconds, CAST(max(written_at) AS DateTime64(3, 'Asia/Shanghai')) AS changed
FROM ${database}.ledger FINAL
WHERE written_at >= now() - INTERVAL 10 MINUTE
GROUP BY topic
COMMENT 'One row per kind written in the past 10 minutes: how long its messages lay in Kafka at most, in seconds';

CREATE OR REPLACE VIEW ${database}.standstill ${on_cluster} AS
WITH
    (SELECT max(written_at) FROM ${database}.ledger) AS changed,
    weeks_ago AS (SELECT toStartOfHour(now(), 'UTC') - toIntervalWeek(arrayJoin([1, 2, 3, 4])) AS hour)
SELECT
    origin, sum(n) / 4 AS usual_events,
    dateDiff('minute', changed, now64(3, 'UTC'))    AS minutes,
    CAST(changed AS DateTime64(3, 'Asia/Shanghai')) AS last_changed
FROM
(
    SELECT origin, sum(events) AS n FROM ${database}.rollup_calls FINAL
    WHERE grain = 'hour' AND bucket >= now() - INTERVAL 29 DAY AND bucket IN (SELECT hour FROM weeks_ago)
      AND definition = (SELECT definition FROM ${database}.definitions FINAL WHERE topic = 'calls')
    GROUP BY origin
    UNION ALL
    SELECT origin, sum(events) AS n FROM ${database}.rollup_bookings FINAL
    WHERE grain = 'hour' AND bucket >= now() - INTERVAL 29 DAY AND bucket IN (SELECT hour FROM weeks_ago)
      AND definition = (SELECT definition FROM ${database}.definitions FINAL WHERE topic = 'bookings')
    GROUP BY origin
    UNION ALL
    SELECT origin, sum(events) AS n FROM ${database}.rollup_telemedicine FINAL
    WHERE grain = 'hour' AND bucket >= now() - INTERVAL 29 DAY AND bucket IN (SELECT hour FROM weeks_ago)
      AND definition = (SELECT definition FROM ${database}.definitions FINAL WHERE topic = 'telemedicine')
    GROUP BY origin
    UNION ALL
    SELECT origin, sum(events) AS n FROM ${database}.rollup_uploads FINAL
    WHERE grain = 'hour' AND bucket >= now() - INTERVAL 29 DAY AND bucket IN (SELECT hour FROM weeks_ago)
      AND definition = (SELECT definition FROM ${database}.definitions FINAL WHERE topic = 'uploads')
    GROUP BY origin
    UNION ALL
    SELECT origin, sum(events) AS n FROM ${database}.rollup_kiosk_transactions FINAL
    WHERE grain = 'hour' AND bucket >= now() - INTERVAL 29 DAY AND bucket IN (SELECT hour FROM weeks_ago)
      AND definition = (SELECT definition FROM ${database}.definitions FINAL WHERE topic = 'kiosk_transactions')
    GROUP BY origin
)
GROUP BY origin
COMMENT 'One row per origin heard at this hour of the week in the past four weeks: events of all kinds usual in this hour, and minutes since any figure changed';

CREATE OR REPLACE VIEW ${database}.dead_letters_by_hour ${on_cluster} AS
SELECT topic, reason, CAST(toStartOfHour(appended_at, 'UTC') AS DateTime64(0, 'Asia/Shanghai')) AS hour, count() AS letters
FROM ${database}.dead_letters FINAL
GROUP BY topic, reason, hour
COMMENT 'One row per kind, reason and hour of arrival: messages refused';
