"""What ClickHouse has of closed months, as analysts may read it. Calls block.

Raises clickhouse.errors.ClickHouseError anywhere, Problem for what is not as it was frozen.
"""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from clickhouse_connect.driver.client import Client

from clickhouse.client import errors_sorted
from ningmai.bulletin.facts import Closed, Facts, read_facts
from ningmai.closing.differing import Difference, differences
from ningmai.closing.frozen import Closing, Codes, Frozen, checksum, codes_of, thaw
from ningmai.errors import Problem
from producers.bulletin import Bulletin, Month
from producers.bulletin.month import SHANGHAI

CLOSINGS = """
SELECT closing, toUnixTimestamp64Milli(closed_at), office, version, toUnixTimestamp(as_of), cells,
       findings, toString(checksum),
       arrayMap(at -> (at.topic, at.epoch, at.kafka_partition, at.next_offset), positions)
FROM closings WHERE month = {month:Date} ORDER BY closing DESC LIMIT 1
"""
CELLS = """
SELECT part, table_code, place, column_place, group_name, row_label, row_code, column_name, value
FROM published WHERE month = {month:Date} AND closing = {closing:UInt16}
"""
# What the views of tables by institution name a row by: its printed label, its name, its code.
NAMES = """
SELECT code, argMax(known.name, valid_from),
       arrayMap(row -> (row.table, row.label), anyIf(labels, valid_from = {month:Date}))
FROM institutions AS known WHERE valid_from < addMonths({month:Date}, 1)
GROUP BY code
"""
BY_INSTITUTION = ("02", "04", "05", "06")


def last_closing(client: Client, month: Month) -> Closing | None:
    """The last closing of a month; None: it is not closed."""
    rows = _rows(client, CLOSINGS, month=month.first)
    if not rows:
        return None
    number, at, office, version, as_of, cells, findings, told, positions = rows[0]
    return Closing(
        month,
        int(number),
        datetime.fromtimestamp(at / 1000, UTC),
        office,
        version,
        datetime.fromtimestamp(as_of, SHANGHAI) if as_of else None,
        int(cells),
        int(findings),
        told,
        tuple((topic, int(e), int(n), int(end)) for topic, e, n, end in positions),
    )


def cells_of(client: Client, closing: Closing) -> list[Frozen]:
    """What was frozen. Raises Problem where its checksum is not that of the closing."""
    rows = _rows(client, CELLS, month=closing.month.first, closing=closing.number)
    cells = sorted(Frozen(*row) for row in rows)
    if checksum(closing.month, closing.as_of, cells) != closing.checksum:
        raise Problem(
            f"What was published of {closing.month} is not what was frozen: its checksum differs.",
            "Somebody changed the table published_cells. Restore a backup of before.",
        )
    return cells


def published(client: Client, month: Month) -> tuple[Closing, Facts, list[Frozen]]:
    """The last closing of a month with what its bulletin was composed of. Raises Problem."""
    closing = last_closing(client, month)
    if closing is None:
        raise Problem(f"{month} is not closed.", f"Close it: `ningmai close {month}`.")
    cells = cells_of(client, closing)
    return closing, thaw(month, closing.as_of, cells), cells


def beside(client: Client, month: Month) -> Facts:
    """A month's facts as they are now, with how far they are from what was published, if it was."""
    facts = read_facts(client, month)
    if last_closing(client, month) is None:
        return facts
    closing, found = differs(client, month, facts.bulletin)
    on = closing.closed_at.astimezone(SHANGHAI).date()
    cells = sum(not one.total and not one.order for one in found)
    return replace(facts, closed=Closed(closing.number, on, cells))


def differs(client: Client, month: Month, current: Bulletin) -> tuple[Closing, list[Difference]]:
    """What is not as it was published last. Raises Problem for a month that is not closed."""
    closing, facts, cells = published(client, month)
    found = differences(facts.bulletin, current, codes_of(cells), codes(client, month, current))
    return closing, found


def codes(client: Client, month: Month, bulletin: Bulletin) -> Codes:
    """Which institution each row of tables by institution is now."""
    named: dict[tuple[str, str], str] = {}
    twice: Counter[tuple[str, str]] = Counter()
    for code, name, printed in _rows(client, NAMES, month=month.first):
        labels = {(table, label) for table, label in printed}
        labels |= {
            (table, name or code)
            for table in BY_INSTITUTION
            if table not in {table for table, _ in printed}
        }
        named.update(dict.fromkeys(labels, code))
        twice.update(labels)
    rows = {(table, row.label) for table in BY_INSTITUTION for row in bulletin.rows(table)}
    # Who has no name stands there by the code.
    return {row: named.get(row, row[1]) for row in rows if twice[row] < 2}


def _rows(client: Client, sql: str, **values: Any) -> Any:
    with errors_sorted():
        return client.query(sql, parameters=values).result_rows
