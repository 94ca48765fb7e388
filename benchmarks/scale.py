"""``python -m benchmarks.scale``: what an event costs as workers, partitions, keys and rows grow.

Every point is a namespace of its own. In every round each point in turn gets more events into its
topic, and its workers catch up: what they and ClickHouse spend is counted, and the sums are
compared with what was published. Writes ``scale`` in results.json, and a plot beside it.
"""

import sys
import tempfile
import time
from argparse import ArgumentParser, Namespace
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from benchmarks import engines, report, traffic
from benchmarks.catchup import Caught, catch_up
from benchmarks.contestants.processes import Ended
from clickhouse.migrate import migrate
from ningmai.doing import Doing, OnScreen
from ningmai.settings import Settings
from ningmai.stack.errors import StackError

MILLION = 1_000_000
AT_ONCE = 10 * MILLION
"""Rows made by one statement: what bounds ClickHouse's memory."""
PLOT = Path(__file__).with_name("scale.svg")

# Rows of partitions that the topic does not have: they are read, merged and looked through, and no
# worker takes them for its own.
FILL = """
INSERT INTO {db}.raw_calls
SELECT
    lower(hex(sipHash128(number))),
    toDateTime64('2020-09-01 00:00:00', 3, 'UTC') + number % 2500000,
    'bench', 'replay', 1, NULL, 'hotline', 'nanjing', 'consultation',
    0, 100 + number % 4, intDiv(number, 4), toDateTime64('2020-10-01 00:00:00', 3, 'UTC'), 1
FROM numbers({first}, {count})
"""


@dataclass(frozen=True, slots=True)
class Point:
    """One measurement: which of its figures is varied, and all of them."""

    sweep: str
    workers: int = 1
    partitions: int = 4
    keys: int = 0
    rows: int = 0

    @property
    def value(self) -> int:
        """The varied figure."""
        return int(getattr(self, self.sweep))

    @property
    def namespace(self) -> str:
        """Of its topics and tables."""
        return f"scale_{self.sweep}_{self.value}"


POINTS = (
    *(Point("workers", workers=n) for n in (1, 2, 4)),
    *(Point("partitions", partitions=n) for n in (1, 4, 16)),
    *(Point("keys", keys=n) for n in (10, 1_000, 100_000)),
    *(Point("rows", rows=n * MILLION) for n in (1, 10, 100)),
)


def main() -> int:
    """The exit status: 0 when everything was counted right."""
    asked = _arguments()
    console = Console()
    try:
        with tempfile.TemporaryDirectory(prefix="ningmai-scale-") as folder:
            rows = _run(asked, Path(folder), OnScreen(console))
    except (StackError, Ended, traffic.Unequal) as error:
        console.print(str(error), markup=False)
        return 1
    except KeyboardInterrupt:
        return 130
    _show(rows, console)
    report.put(asked.results, "scale", rows)
    plot(rows, PLOT)
    return 0


def _arguments() -> Namespace:
    parser = ArgumentParser("python -m benchmarks.scale", description=__doc__)
    parser.add_argument("--events", type=int, default=300_000, help="events a point and round")
    parser.add_argument("--rounds", type=int, default=3, help="times that each has its turn")
    parser.add_argument("--only", nargs="+", default=["workers", "partitions", "keys", "rows"])
    parser.add_argument("--results", type=Path, default=report.RESULTS, help="file to write")
    return parser.parse_args()


def _run(asked: Namespace, folder: Path, doing: Doing) -> list[dict[str, Any]]:
    points = [point for point in POINTS if point.sweep in asked.only]
    found = defaultdict[Point, list[Caught]](list)
    with engines.running(folder, doing) as settings:
        own = {point: _prepared(point, settings, doing) for point in points}
        _settle(own[points[0]], doing)
        for number in range(1, asked.rounds + 1):
            for point in points:
                seed = number * len(POINTS) + POINTS.index(point)
                variety = traffic.Variety(point.keys, seed)
                traffic.publish(own[point], asked.events, 24, doing, variety)
                caught = catch_up(own[point], point.workers, number * asked.events)
                found[point].append(caught)
                each = 1e6 * caught.workers / caught.events
                doing.say(f"round {number}: {point.sweep} {point.value:,}: {each:.2f} µs an event")
    return [_row(point, each) for point, each in found.items()]


def _prepared(point: Point, settings: Settings, doing: Doing) -> Settings:
    own = settings.model_copy(update={"namespace": point.namespace, "partitions": point.partitions})
    engines.prepare(own)
    client = engines.clickhouse_client(own)
    migrate(client, own)
    if point.rows:
        with doing.bar(f"rows already there: {point.rows:,}", point.rows) as done:
            for first in range(0, point.rows, AT_ONCE):
                count = min(AT_ONCE, point.rows - first)
                client.command(FILL.format(db=own.database, first=first, count=count))
                done(count)
    return own


def _settle(settings: Settings, doing: Doing) -> None:
    """Wait until the rows that were made are merged: nobody's events cost that."""
    doing.say("ClickHouse merges what was filled in")
    client = engines.clickhouse_client(settings)
    while client.query("SELECT count() FROM system.merges").result_rows[0][0]:
        time.sleep(1)


def _row(point: Point, caught: Sequence[Caught]) -> dict[str, Any]:
    """Medians, in microseconds of CPU an event and events a second of wall time."""
    worker = [1e6 * each.workers / each.events for each in caught]
    total = [1e6 * (each.workers + each.clickhouse) / each.events for each in caught]
    return {
        "sweep": point.sweep,
        "value": point.value,
        "events": sum(each.events for each in caught),
        "worker_us_per_event": round(median(worker), 2),
        "least": round(min(worker), 2),
        "greatest": round(max(worker), 2),
        "total_us_per_event": round(median(total), 2),
        "events_per_second": round(median(each.events / each.wall for each in caught)),
        "rounds": len(caught),
    }


def _show(rows: Sequence[dict[str, Any]], console: Console) -> None:
    table = Table(box=SIMPLE, pad_edge=False, title="microseconds of CPU an event, medians")
    for heading in ("", "", "worker", "spread", "with ClickHouse", "events/s"):
        table.add_column(heading, justify="right" if heading else "left", no_wrap=True)
    for row in rows:
        spread = (row["greatest"] - row["least"]) / row["worker_us_per_event"]
        table.add_row(
            row["sweep"],
            f"{row['value']:,}",
            f"{row['worker_us_per_event']:.2f}",
            f"{spread:.0%}",
            f"{row['total_us_per_event']:.2f}",
            f"{row['events_per_second']:,}",
        )
    console.print(table)


def plot(rows: Sequence[dict[str, Any]], path: Path) -> None:
    """A panel a sweep, CPU an event on one scale."""
    from matplotlib.figure import Figure

    sweeps = list(dict.fromkeys(row["sweep"] for row in rows))
    figure = Figure(figsize=(3 * len(sweeps), 3), layout="constrained")
    axes = figure.subplots(1, len(sweeps), sharey=True, squeeze=False)[0]
    for axis, sweep in zip(axes, sweeps, strict=True):
        of = [row for row in rows if row["sweep"] == sweep]
        values = [row["value"] for row in of]
        axis.plot(values, [row["total_us_per_event"] for row in of], "o--", label="with ClickHouse")
        axis.plot(values, [row["worker_us_per_event"] for row in of], "o-", label="workers")
        axis.set_xscale("log")
        axis.set_xticks(values, [f"{value:,}" for value in values], minor=False)
        axis.minorticks_off()
        axis.set_xlabel(f"{sweep} already there" if sweep == "rows" else sweep)
        axis.set_ylim(bottom=0)
    axes[0].set_ylabel("µs of CPU an event")
    axes[0].legend(frameon=False, fontsize=8)
    figure.savefig(path, metadata={"Date": None})


if __name__ == "__main__":
    sys.exit(main())
