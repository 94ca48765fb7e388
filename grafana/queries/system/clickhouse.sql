-- One row: the ClickHouse that answers, how long it has been up, and the lines of the ledger it holds.
WITH uptime() AS up
SELECT
    version() AS `版本`,
    multiIf(up >= 172800, concat(toString(intDiv(up, 86400)), ' 天'), up >= 7200, concat(toString(intDiv(up, 3600)), ' 小时'), concat(toString(intDiv(up, 60)), ' 分')) AS `已运行`,
    (SELECT count() FROM blocks) AS `账本（块）`
