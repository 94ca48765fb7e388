-- For screens that wait less: two views again, of the same rows, and one of days where hours are not wanted.

-- One low-cardinality key is grouped by in half of the time that two take: origins, which are three, are
-- told apart within.

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
    SELECT 'calls' AS topic, source, groupUniqArrayIf(bucket, origin = 'live') AS live, groupUniqArrayIf(bucket, origin = 'replay') AS replay, groupUniqArrayIf(bucket, origin = 'simulated') AS simulated
    FROM ${database}.rollup_calls
    WHERE grain = 'hour' AND bucket BETWEEN now() - INTERVAL 35 DAY AND now()
    GROUP BY source
    UNION ALL
    SELECT 'bookings' AS topic, source, groupUniqArrayIf(bucket, origin = 'live') AS live, groupUniqArrayIf(bucket, origin = 'replay') AS replay, groupUniqArrayIf(bucket, origin = 'simulated') AS simulated
    FROM ${database}.rollup_bookings
    WHERE grain = 'hour' AND bucket BETWEEN now() - INTERVAL 35 DAY AND now()
    GROUP BY source
    UNION ALL
    SELECT 'telemedicine' AS topic, source, groupUniqArrayIf(bucket, origin = 'live') AS live, groupUniqArrayIf(bucket, origin = 'replay') AS replay, groupUniqArrayIf(bucket, origin = 'simulated') AS simulated
    FROM ${database}.rollup_telemedicine
    WHERE grain = 'hour' AND bucket BETWEEN now() - INTERVAL 35 DAY AND now()
    GROUP BY source
    UNION ALL
    SELECT 'uploads' AS topic, source, groupUniqArrayIf(bucket, origin = 'live') AS live, groupUniqArrayIf(bucket, origin = 'replay') AS replay, groupUniqArrayIf(bucket, origin = 'simulated') AS simulated
    FROM ${database}.rollup_uploads
    WHERE grain = 'hour' AND bucket BETWEEN now() - INTERVAL 35 DAY AND now()
    GROUP BY source
    UNION ALL
    SELECT 'kiosk_transactions' AS topic, source, groupUniqArrayIf(bucket, origin = 'live') AS live, groupUniqArrayIf(bucket, origin = 'replay') AS replay, groupUniqArrayIf(bucket, origin = 'simulated') AS simulated
    FROM ${database}.rollup_kiosk_transactions
    WHERE grain = 'hour' AND bucket BETWEEN now() - INTERVAL 35 DAY AND now()
    GROUP BY source
)
ARRAY JOIN ['live', 'replay', 'simulated'] AS origin, [live, replay, simulated] AS hours
WHERE notEmpty(hours)
COMMENT 'One row per kind, source and origin heard in the past 35 days: whole hours without an event until now, and at most so many at this hour of the week in the past four weeks (habit_hours; null before two weeks are known)';

-- Reads what stands from its table, as its fellows do: a view within a view costs planning at every query.
CREATE OR REPLACE VIEW ${database}.bulletin_08 ${on_cluster} AS
WITH
-- By figure: day, amount and exponent of the city's statement. A printed month shows what was stated
-- for it; any other the last that was stated before.
(
    SELECT CAST((groupArrayIf(figure, kept), groupArrayIf((stated, assumeNotNull(amount), exponent), kept)), 'Map(String, Tuple(Date, Int64, Int8))')
    FROM
    (
        SELECT
            figure, max(as_of) AS stated, argMax(stock.amount, as_of) AS amount, argMax(stock.exponent, as_of) AS exponent,
            subject = 'city' AND NOT argMax(stock.amount IS NULL, as_of)
                AND (stated >= {month:Date} OR NOT max(stated >= {month:Date} AND argMax(stock.origin, as_of) = 'replay') OVER ()) AS kept
        FROM ${database}.standing_stocks AS stock FINAL
        WHERE NOT gone AND as_of < addMonths({month:Date}, 1) AND stock.origin != 'simulated' AND figure IN ('bookings.total', 'uploads.rows_total')
        GROUP BY figure, subject
    )
) AS totals,
since AS
(
    SELECT 'bookings.total' AS figure, sum(events) AS n FROM ${database}.rollup_bookings FINAL
    WHERE definition = (SELECT definition FROM ${database}.definitions FINAL WHERE topic = 'bookings') AND grain = 'day' AND origin != 'simulated'
      AND bucket >= toDateTime(totals['bookings.total'].1 + 1, 'Asia/Shanghai') AND bucket < toDateTime(addMonths({month:Date}, 1), 'Asia/Shanghai')
    UNION ALL
    SELECT 'uploads.rows_total', sum(rows) FROM ${database}.rollup_uploads FINAL
    WHERE definition = (SELECT definition FROM ${database}.definitions FINAL WHERE topic = 'uploads') AND grain = 'day' AND origin != 'simulated'
      AND business_date > totals['uploads.rows_total'].1 AND business_date < addMonths({month:Date}, 1)
      AND bucket >= toDateTime(totals['uploads.rows_total'].1, 'Asia/Shanghai') - INTERVAL 2 DAY
)
SELECT
    replace(label, '{month}', toString(toMonth({month:Date}))) AS `指标`,
    if(figure = 'uploads.rows_total',
        if(exponent >= 8, toString(intDiv(amount, 100000000)), concat(toString(intDiv(amount, 100000000)), '.', leftPad(toString(intDiv(amount % 100000000, toInt64(exp10(exponent)))), toUInt8(8 - exponent), '0'))), toString(amount)) AS `数值`,
    if(figure = 'uploads.rows_total', '亿条', '次') AS `单位`
FROM (SELECT figure, totals[figure].2 + n AS amount, totals[figure].3 AS exponent FROM since WHERE mapContains(totals, figure)) AS grown
INNER JOIN (SELECT code AS figure, label, place FROM ${database}.labels FINAL WHERE list = 'cumulative') AS named USING figure
ORDER BY place
COMMENT 'One row per figure since opening: as last stated, with the flows since, in the precision of the statement';

-- Of rows that merges have not yet made one, the newest day is the same: no FINAL.
CREATE OR REPLACE VIEW ${database}.newest_days ${on_cluster} AS
SELECT topic, source, origin, toDate(bucket, 'Asia/Shanghai') AS day
FROM
(
    SELECT 'calls' AS topic, source, [maxIf(bucket, origin = 'live'), maxIf(bucket, origin = 'replay'), maxIf(bucket, origin = 'simulated')] AS newest
    FROM ${database}.rollup_calls
    WHERE grain = 'day' AND bucket >= now() - INTERVAL 35 DAY
    GROUP BY source
    UNION ALL
    SELECT 'bookings' AS topic, source, [maxIf(bucket, origin = 'live'), maxIf(bucket, origin = 'replay'), maxIf(bucket, origin = 'simulated')] AS newest
    FROM ${database}.rollup_bookings
    WHERE grain = 'day' AND bucket >= now() - INTERVAL 35 DAY
    GROUP BY source
    UNION ALL
    SELECT 'telemedicine' AS topic, source, [maxIf(bucket, origin = 'live'), maxIf(bucket, origin = 'replay'), maxIf(bucket, origin = 'simulated')] AS newest
    FROM ${database}.rollup_telemedicine
    WHERE grain = 'day' AND bucket >= now() - INTERVAL 35 DAY
    GROUP BY source
    UNION ALL
    SELECT 'uploads' AS topic, source, [maxIf(bucket, origin = 'live'), maxIf(bucket, origin = 'replay'), maxIf(bucket, origin = 'simulated')] AS newest
    FROM ${database}.rollup_uploads
    WHERE grain = 'day' AND bucket >= now() - INTERVAL 35 DAY
    GROUP BY source
    UNION ALL
    SELECT 'kiosk_transactions' AS topic, source, [maxIf(bucket, origin = 'live'), maxIf(bucket, origin = 'replay'), maxIf(bucket, origin = 'simulated')] AS newest
    FROM ${database}.rollup_kiosk_transactions
    WHERE grain = 'day' AND bucket >= now() - INTERVAL 35 DAY
    GROUP BY source
)
ARRAY JOIN ['live', 'replay', 'simulated'] AS origin, newest AS bucket
WHERE bucket > 0
COMMENT 'One row per kind, source and origin heard in the past 35 days: the newest day of Asia/Shanghai with an event';
