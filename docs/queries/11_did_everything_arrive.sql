-- Did all that Kafka has arrive in the tables? One row per kind, with what its messages turned out to be.
SELECT
    topic, last_appended, counted, repeats, dead,
    round(100 * dead / (counted + repeats + dead), 2) AS dead_percent
FROM freshness
ORDER BY topic
