"""``python -m benchmarks.screens``: how long each panel of each dashboard waits on ten years.

Starts ClickHouse on one core and a free port, fills it, asks every query of every dashboard as the
user ``grafana``, as the live screen does, and stops it. ``--keep`` keeps the ten years.
"""

import os
import sys
import tempfile
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import psutil
from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from benchmarks import report
from benchmarks.asking import Asking, Refused, Spent
from benchmarks.measure import listener
from benchmarks.tenyears.fill import fill
from clickhouse.client import connect
from clickhouse.migrate import migrate
from grafana.screen.board import Board, boards
from grafana.screen.macros import expand
from grafana.screen.timerange import TimeRange, interval_seconds, parse
from grafana.screen.variables import Values, chosen, options, ordered
from ningmai.doing import Doing, OnScreen
from ningmai.settings import Settings
from ningmai.stack.errors import StackError
from ningmai.stack.stack import Stack, on_free_ports

WANTED_MS = 100
FILLED = "SELECT count() FROM ledger"
Row = dict[str, Any]


def main() -> int:
    """The exit status: 0 when every query's median is within what is wanted."""
    asked = _arguments()
    console = Console()
    doing = OnScreen(console)
    try:
        with tempfile.TemporaryDirectory(prefix="ningmai-bench-") as folder:
            rows = _measured(asked, asked.keep or Path(folder), doing)
    except (StackError, Refused) as error:
        console.print(str(error), markup=False)
        return 1
    except KeyboardInterrupt:
        return 130
    _show(rows, console)
    if not asked.only:
        report.put(asked.results, "screens", rows)
    return int(any(row["ms"] > WANTED_MS for row in rows))


def _arguments() -> Namespace:
    parser = ArgumentParser("python -m benchmarks.screens", description=__doc__)
    parser.add_argument("--rounds", type=int, default=9, help="times that each query is asked")
    parser.add_argument("--only", nargs="+", default=[], help="uids of dashboards; not written")
    parser.add_argument("--keep", type=Path, help="folder that keeps the ten years for other runs")
    parser.add_argument("--results", type=Path, default=report.RESULTS, help="file to write")
    return parser.parse_args()


def _measured(asked: Namespace, folder: Path, doing: Doing) -> list[Row]:
    settings = on_free_ports(Settings(data_dir=folder))
    with Stack(settings, doing) as stack:
        with _one_core():
            stack.start("clickhouse")
        client = connect(settings)
        migrate(client, settings)
        if not client.command(FILLED):
            fill(client, settings, doing)
        server = listener(settings.clickhouse_port)
        found = [board for uid, board in boards().items() if not asked.only or uid in asked.only]
        with Asking(settings) as asking:
            return [
                row for board in found for row in _of_board(board, asking, server, asked.rounds)
            ]


@contextmanager
def _one_core() -> Iterator[None]:
    """What is started within runs on one core for ever, where the system can say so."""
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(before)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def _of_board(board: Board, asking: Asking, server: psutil.Process, rounds: int) -> Iterator[Row]:
    now, zone = datetime.now(UTC), ZoneInfo(board.timezone)
    start, end = (
        parse(board.time_from, now, zone, end=False),
        parse(board.time_to, now, zone, end=True),
    )
    range = TimeRange(start, end)
    interval = interval_seconds(range)
    values: Values = {}
    for variable in ordered(board.variables):
        rows: Sequence[Sequence[Any]] = []
        if variable.kind == "query":
            sql = expand(variable.query, range, interval, values)
            rows = asking.rows(sql)
            yield _row(board, f"variable {variable.name}", asking.often(sql, rounds, server))
        values = {**values, variable.name: chosen(variable, options(variable, rows), None)}
    for panel in board.panels:
        for target in panel.targets:
            sql = expand(target.sql, range, interval, values)
            name = panel.title or target.ref_id
            yield _row(board, name, asking.often(sql, rounds, server))


def _row(board: Board, panel: str, spent: Spent) -> Row:
    return {"dashboard": board.uid, "panel": panel, **spent.plain()}


def _show(rows: Sequence[Mapping[str, Any]], console: Console) -> None:
    table = Table(box=SIMPLE, pad_edge=False, title="milliseconds a query, slowest first")
    for heading in ("dashboard", "panel", "median", "p95", "CPU", "rows read", "rows"):
        right = heading not in ("dashboard", "panel")
        table.add_column(heading, justify="right" if right else "left", no_wrap=right)
    for row in sorted(rows, key=lambda row: -row["ms"]):
        figures = [f"{row[name]:,}" for name in ("ms", "p95_ms", "cpu_ms", "rows_read", "rows")]
        table.add_row(row["dashboard"], row["panel"], *figures)
    console.print(table)


if __name__ == "__main__":
    sys.exit(main())
