"""Closing a month: its figures, frozen together with the place in the log that they are of.

Figures are read while the stream goes on. They are of one place in the log exactly: it is asked
first, what came twice below it is taken back, the figures are read, and if anything of the month
came meanwhile, all of it is done again. What is frozen is read back and compared with its checksum;
the line that says so comes last, so that a closing is whole or not there.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any

from clickhouse_connect.driver.client import Client

from clickhouse.client import connect, errors_sorted
from ningmai.bulletin.facts import Facts, read_facts
from ningmai.closing.arrived import Positions, count_arrived
from ningmai.closing.frozen import Closing, Frozen, checksum, figures, freeze
from ningmai.closing.published import cells_of, codes, last_closing
from ningmai.doing import Doing
from ningmai.errors import Problem
from ningmai.proof import WRONG
from ningmai.settings import Settings
from producers.bulletin import Month
from producers.bulletin.month import SHANGHAI
from schemas.kinds import kinds
from streams.app import ROLLUPS
from streams.far import FarRepeats

ATTEMPTS = 20
"""Times that figures are read before somebody has to choose a quieter moment."""
POSITIONS = """
SELECT topic, epoch, kafka_partition, max(last_offset) + 1
FROM {db:Identifier}.ledger FINAL GROUP BY topic, epoch, kafka_partition
ORDER BY topic, epoch, kafka_partition
"""
NUMBERS = """
SELECT greatest((SELECT max(closing) FROM month_closings WHERE month = {month:Date}),
                (SELECT max(closing) FROM published_cells WHERE month = {month:Date}))
"""


def close(
    settings: Settings,
    month: Month,
    office: str,
    doing: Doing,
    *,
    again: bool = False,
    force: bool = False,
    with_findings: bool = False,
) -> Closing:
    """Freeze a month as it is now. Raises Problem, and clickhouse.errors.ClickHouseError.

    ``again`` closes a month that is closed, ``force`` one that is not over, ``with_findings`` one
    whose tables contradict themselves.
    """
    client = connect(settings)
    before = last_closing(client, month)
    if before and not again:
        raise Problem(
            f"{month} was closed already on {before.closed_at:%Y-%m-%d %H:%M} UTC.",
            "What differs now: `ningmai corrections "
            f"{month}`. To publish it anew: `ningmai close {month} --again`.",
        )
    if not force and datetime.now(SHANGHAI).date() <= month.last:
        raise Problem(f"{month} is not over.", "Wait, or close it all the same: --force.")
    doing.say(f"{month}: reading the figures")
    facts, positions = _read(client, settings, month)
    _refuse(facts, with_findings=with_findings)
    cells = freeze(facts, codes(client, month, facts.bulletin))
    closing = Closing(
        month,
        _next_number(client, month),
        datetime.now(UTC),
        office,
        version("ningmai"),
        facts.as_of,
        figures(cells),
        len(facts.findings),
        checksum(month, facts.as_of, cells),
        tuple((kind, *at, end) for kind, ends in positions.items() for at, end in ends.items()),
    )
    doing.say(f"{month}: freezing {closing.cells:,} figures")
    _write(client, closing, cells)
    return closing


def _read(client: Client, settings: Settings, month: Month) -> tuple[Facts, Positions]:
    """The facts of one place in the log, and that place."""
    far = {kind: FarRepeats(client, settings.database, kind, ROLLUPS.get(kind)) for kind in kinds()}
    for _ in range(ATTEMPTS):
        positions = _positions(client, settings)
        for kind, ends in positions.items():
            far[kind].check(ends)
        facts = read_facts(client, month)
        if not count_arrived(client, month, positions):
            return facts, positions
    raise Problem(
        f"Events of {month} keep coming while its figures are read.",
        "Try again when it is quieter, best once the month is over.",
    )


def _positions(client: Client, settings: Settings) -> Positions:
    with errors_sorted():
        rows = client.query(POSITIONS, parameters={"db": settings.database}).result_rows
    found: dict[str, dict[tuple[int, int], int]] = {kind: {} for kind in kinds()}
    for kind, epoch, number, end in rows:
        if kind in found:
            found[kind][int(epoch), int(number)] = int(end)
    return found


def _refuse(facts: Facts, *, with_findings: bool) -> None:
    month = facts.bulletin.month
    if not facts.bulletin.tables:
        raise Problem(f"There are no figures of {month}.", "Nothing was closed.")
    wrong = [one for one in facts.findings if one.severity == WRONG]
    if wrong and not with_findings:
        told = "\n".join(one.message for one in wrong)
        raise Problem(
            f"{told}\nThe figures of {month} have {len(wrong)} errors (错误).",
            "Correct them, or close it with them: --with-findings.",
        )


def _next_number(client: Client, month: Month) -> int:
    """One that no closing has, be it one that was broken off."""
    with errors_sorted():
        rows = client.query(NUMBERS, parameters={"month": month.first}).result_rows
    return int(rows[0][0]) + 1


def _write(client: Client, closing: Closing, cells: Sequence[Frozen]) -> None:
    key = {"month": closing.month.first, "closing": closing.number}
    _put(client, "published_cells", [{**key, **asdict(cell)} for cell in cells])
    line = {
        **{name: value for name, value in asdict(closing).items() if name != "number"},
        **key,
        "closed_at": _moment(closing.closed_at),
        "as_of": _moment(closing.as_of) if closing.as_of else None,
        "positions": [
            dict(zip(("topic", "epoch", "kafka_partition", "next_offset"), at, strict=True))
            for at in closing.positions
        ],
    }
    _put(client, "month_closings", [line])
    cells_of(client, closing)  # as anybody will: raises unless it is what was frozen


def _put(client: Client, table: str, rows: Sequence[Mapping[str, Any]]) -> None:
    body = "\n".join(json.dumps(row, ensure_ascii=False, default=str) for row in rows)
    with errors_sorted():
        client.raw_insert(table, insert_block=body.encode(), fmt="JSONEachRow")


def _moment(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}"[:-3]
