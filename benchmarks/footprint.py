"""``python -m benchmarks.footprint``: how soon the first figure is there; what an event takes up.

Starts everything on an empty folder and on free ports, publishes one call and asks until a view
counts it; replays September 2020; adds up files of Kafka and parts of ClickHouse; then starts the
worker again and publishes another call. Writes ``footprint`` in results.json.
"""

import sys
import tempfile
import time
from argparse import ArgumentParser, Namespace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from clickhouse_connect.driver.client import Client
from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from benchmarks import report
from clickhouse.client import connect
from ningmai.doing import Doing, OnScreen
from ningmai.preparing import prepare
from ningmai.replaying import replay_all
from ningmai.settings import Settings
from ningmai.stack.errors import StackError
from ningmai.stack.stack import ENGINES, Stack, on_free_ports
from ningmai.up import drain
from producers import Call, Publisher
from producers.bulletin import read
from streams.app import ROLLUPS

MONTH = "2020-09"
ASK_EVERY_SECONDS = 0.02
READY_SECONDS = 60.0
SIZES = """
SELECT sumIf(bytes_on_disk, table = 'raw_{kind}'), sumIf(bytes_on_disk, table = 'rollup_{kind}')
FROM system.parts WHERE active AND database = '{db}'
"""


def main() -> int:
    """The exit status."""
    asked = _arguments()
    console = Console()
    try:
        with tempfile.TemporaryDirectory(prefix="ningmai-footprint-") as folder:
            found = _run(on_free_ports(Settings(data_dir=Path(folder))), OnScreen(console))
    except StackError as error:
        console.print(str(error), markup=False)
        return 1
    except KeyboardInterrupt:
        return 130
    _show(found, console)
    report.put(asked.results, "footprint", found)
    return 0


def _arguments() -> Namespace:
    parser = ArgumentParser("python -m benchmarks.footprint", description=__doc__)
    parser.add_argument("--results", type=Path, default=report.RESULTS, help="file to write")
    return parser.parse_args()


def _run(settings: Settings, doing: Doing) -> dict[str, Any]:
    began = time.monotonic()
    with Stack(settings, doing) as stack:
        stack.start(*ENGINES)
        engines = time.monotonic() - began
        prepare(settings, doing, READY_SECONDS)
        stack.start("worker")
        client = connect(settings)
        _seen(settings, client, 1)
        first = time.monotonic() - began
        replay_all(settings, [read(MONTH)])
        drain(settings, doing)
        sizes = _sizes(settings, client, doing)
    began = time.monotonic()
    with Stack(settings, doing) as stack:
        stack.start(*ENGINES, "worker")
        _seen(settings, connect(settings), 2)
        again = time.monotonic() - began
    return {
        "engines_ready_seconds": round(engines, 1),
        "first_figure_seconds": round(first, 1),
        "first_figure_again_seconds": round(again, 1),
        "bytes_an_event": sizes,
    }


def _seen(settings: Settings, client: Client, wanted: int) -> None:
    """Publish a call, and wait until so many are counted."""
    now = datetime.now(UTC)
    with Publisher(settings) as publisher:
        publisher.publish(Call(occurred_at=now, source="footprint", line="hotline"))
    asked = (
        f"SELECT sum(events) FROM {settings.database}.calls_by_minute WHERE source = 'footprint'"
    )
    while client.query(asked).result_rows[0][0] != wanted:
        time.sleep(ASK_EVERY_SECONDS)


def _sizes(settings: Settings, client: Client, doing: Doing) -> list[dict[str, Any]]:
    """Bytes an event by kind; ClickHouse's once it has merged what it wants to."""
    doing.say("ClickHouse merges")
    while client.query("SELECT count() FROM system.merges").result_rows[0][0]:
        time.sleep(1)
    found = []
    for kind in ROLLUPS:
        counted = f"SELECT count() FROM {settings.database}.raw_{kind} FINAL"
        events = int(client.query(counted).result_rows[0][0])
        sizes = client.query(SIZES.format(kind=kind, db=settings.database)).result_rows[0]
        log = settings.data_dir.glob(f"kafka/**/{settings.topic(kind)}-*/*.log")
        raw, rollups = (round(size / events, 1) for size in sizes)
        kafka = round(sum(path.stat().st_size for path in log) / events, 1)
        found.append(
            {"kind": kind, "events": events, "kafka": kafka, "raw": raw, "rollups": rollups}
        )
    return found


def _show(found: dict[str, Any], console: Console) -> None:
    table = Table(box=SIMPLE, pad_edge=False, title="bytes an event")
    for heading in ("", "events", "Kafka", "raw", "rollups"):
        table.add_column(heading, justify="right" if heading else "left")
    for row in found["bytes_an_event"]:
        figures = (f"{row[name]:,}" for name in ("events", "kafka", "raw", "rollups"))
        table.add_row(row["kind"], *figures)
    console.print(table)
    console.print(
        f"first figure after {found['first_figure_seconds']} s on an empty folder, after "
        f"{found['first_figure_again_seconds']} s on a full one"
    )


if __name__ == "__main__":
    sys.exit(main())
