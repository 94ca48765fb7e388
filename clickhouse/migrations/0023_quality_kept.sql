-- Scores of data quality as screens show them: kept by the worker, since planning quality_checks takes longer than
-- a screen may wait.
CREATE TABLE IF NOT EXISTS ${database}.quality_log ${on_cluster}
(
    month     Date                             COMMENT 'First day of the month',
    kept_at   DateTime64(3, 'UTC')             COMMENT 'When the month was checked',
    code      LowCardinality(String)           COMMENT 'Code of the institution; empty: nobody had anything to upload in the month',
    criterion LowCardinality(String)           COMMENT 'Check, as in quality_weights; empty: none',
    name      String                           COMMENT 'Name of the institution in that month',
    kind      LowCardinality(String)           COMMENT 'district, hospital or other',
    district  LowCardinality(Nullable(String)) COMMENT 'Code of its district; null: unknown',
    part      LowCardinality(String)           COMMENT 'completeness, timeliness, consistency or transport',
    label     LowCardinality(String)           COMMENT 'Check, in Chinese',
    weight    UInt8                            COMMENT 'Points that the check can take',
    lost      Float64                          COMMENT 'Points that it took',
    figure    Float64                          COMMENT 'The figure found, in the unit that docs/quality.md gives for the check',
    against   Float64                          COMMENT 'What it is held against, in the same unit',
    reason    String                           COMMENT 'Why, in Chinese'
)
ENGINE = ${replicated}ReplacingMergeTree(kept_at)
ORDER BY (month, code, criterion)
COMMENT 'One row per month, institution and check as it was last kept; of a month only the rows of its last kept_at are true';

CREATE OR REPLACE VIEW ${database}.quality_kept ${on_cluster} AS
SELECT month, CAST(kept_at AS DateTime64(3, 'Asia/Shanghai')) AS kept_at, code, name, kind, district, criterion, part, label, weight, lost, figure, against, reason
FROM ${database}.quality_log
WHERE code != '' AND (month, quality_log.kept_at) IN (SELECT month, max(kept_at) FROM ${database}.quality_log GROUP BY month)
COMMENT 'One row per month, institution and check of quality: quality_checks of every month as last kept, a minute or so after what changes it';
