"""Scores of data quality, kept by month: to work them out takes longer than a screen may wait."""

from datetime import date

from clickhouse_connect.driver.client import Client

from clickhouse.client import errors_sorted
from streams.sink import SETTINGS

MONTHS_A_ROUND = 6
"""The worker has more to do: what is left has its turn in the next round."""
# Due is what was never kept, and what was kept before it changed: by uploads of the month, by a
# statement or an entry of the register, or because another day's rows should be there by now.
DUE = """
SELECT month
FROM {db}.months AS known
LEFT JOIN (SELECT month, max(kept_at) AS kept FROM {db}.quality_log GROUP BY month) AS last USING month
LEFT JOIN
(
    SELECT toStartOfMonth(business_date) AS month, max(append_day) AS appended
    FROM {db}.rollup_uploads
    WHERE grain = 'day' AND origin != 'simulated' AND append_day >= toDate(now('UTC')) - 2
    GROUP BY month
) AS uploaded USING month
WHERE kept < (SELECT max(appended_at) FROM (SELECT appended_at FROM {db}.raw_statements UNION ALL SELECT appended_at FROM {db}.raw_institutions))
   OR (appended >= toDate(kept, 'UTC') AND kept < (SELECT max(changed) FROM {db}.pulse WHERE topic = 'uploads'))
   OR (month >= addMonths(toStartOfMonth(now('Asia/Shanghai')), -1) AND toDate(kept, 'Asia/Shanghai') < toDate(now('Asia/Shanghai')))
   OR kept = toDateTime64(0, 3)
ORDER BY kept = toDateTime64(0, 3) DESC, month DESC
LIMIT {most}
"""  # noqa: E501 # SQL reads better with its conditions on a line each
COLUMNS = (
    "code, criterion, name, kind, district, part, label, weight, lost, figure, against, reason"
)
# One row where there is nothing to check, or the month would be due for ever.
KEEP = """
INSERT INTO {db}.quality_log (month, kept_at, {columns})
SELECT toDate('{month}'), now64(3), {columns} FROM {db}.quality_checks(month = '{month}')
UNION ALL
SELECT toDate('{month}'), now64(3), '', '', '', '', NULL, '', '', 0, 0, 0, 0, ''
"""


def keep_quality(client: Client, database: str) -> list[date]:
    """Check the months that are due and keep what is found; returns them.

    Called once a minute by one worker; twice is as good as once. Blocks. Raises ClickHouseError.
    """
    with errors_sorted():
        asked = client.query(DUE.format(db=database, most=MONTHS_A_ROUND))
        months: list[date] = [month for (month,) in asked.result_rows]
        for month in months:
            client.command(
                KEEP.format(db=database, columns=COLUMNS, month=month), settings=SETTINGS
            )
    return months
