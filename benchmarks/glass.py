"""``python -m benchmarks.glass``: from publishing an event to a view, and to the glass.

Starts everything on free ports and a folder of its own. At each rate it publishes calls evenly and
asks ClickHouse over and over how many have been counted, as the user ``grafana``, while Chromium
has the board 12320 热线 open and notes when its tile counts which of them. The k-th counted is
taken to be the k-th published: right on average, as a late and an early one change places.
"""

import multiprocessing
import sys
import tempfile
import time
import uuid
from argparse import ArgumentParser, Namespace
from bisect import bisect_left
from collections.abc import Sequence
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from benchmarks import report
from benchmarks.asking import Asking
from benchmarks.onglass import Glass, chromium, first_paint
from ningmai.doing import OnScreen
from ningmai.preparing import prepare
from ningmai.settings import Settings
from ningmai.stack.errors import StackError
from ningmai.stack.stack import ENGINES, Stack, on_free_ports
from producers import Publisher
from producers.events import Call

RATES = (100, 1_000, 5_000, 10_000, 50_000)
FOLLOWED_A_SECOND = 20
"""Events that the tile counts; the others are of another category."""
SLICE_SECONDS = 0.005
ASK_EVERY_SECONDS = 0.02
GIVE_UP_SECONDS = 60
OPENINGS = 7
COUNTED = """
SELECT sum(events) FROM calls_by_minute
WHERE minute >= now('Asia/Shanghai') - INTERVAL 10 MINUTE AND source = '{source}'
"""
Seen = Sequence[tuple[float, int]]


class Lost(Exception):
    """Events were not counted in time: a latency would be a lie."""


def main() -> int:
    """The exit status: 0 when every event was seen."""
    asked = _arguments()
    console = Console()
    try:
        with tempfile.TemporaryDirectory(prefix="ningmai-glass-") as folder:
            found = _run(asked, on_free_ports(Settings(data_dir=Path(folder))), OnScreen(console))
    except (StackError, Lost) as error:
        console.print(str(error), markup=False)
        return 1
    except KeyboardInterrupt:
        return 130
    _show(found, console)
    report.put(asked.results, "glass", found)
    return 0


def _arguments() -> Namespace:
    parser = ArgumentParser("python -m benchmarks.glass", description=__doc__)
    parser.add_argument("--rates", type=int, nargs="+", default=RATES, help="events a second")
    parser.add_argument("--seconds", type=float, default=15, help="how long each rate is kept")
    parser.add_argument("--results", type=Path, default=report.RESULTS, help="file to write")
    return parser.parse_args()


def _run(asked: Namespace, settings: Settings, doing: OnScreen) -> dict[str, Any]:
    with Stack(settings, doing) as stack:
        stack.start(*ENGINES)
        prepare(settings, doing, GIVE_UP_SECONDS)
        stack.start("worker", "screen")
        _at(settings, 100, 3, None)  # the first figures are late: topics, plans, caches
        with chromium() as browser:
            paint = first_paint(browser, settings, OPENINGS)
            glass = Glass(browser.new_page(), settings)
            rows = [_at(settings, rate, asked.seconds, glass) for rate in asked.rates]
    return {"wall_first_paint_seconds": round(paint, 2), "rates": rows}


def _at(settings: Settings, rate: int, seconds: float, glass: Glass | None) -> dict[str, Any]:
    """Publish for so long in a process of its own; see everything in SQL, then on the glass."""
    source = f"glass-{uuid.uuid4().hex[:8]}"
    before = glass.seen()[-1][1] if glass else 0
    near, far = multiprocessing.Pipe(duplex=False)
    work = multiprocessing.get_context("spawn").Process(
        target=_publish, args=(far, settings, source, rate, seconds)
    )
    work.start()
    seen = _watch(settings, source, int(rate * seconds))
    published = near.recv()
    work.join()
    row = {"events_per_second": round(len(published) / (published[-1] - published[0]))}
    row |= {f"sql_{name}": value for name, value in _waited(waits(published, seen)).items()}
    if glass is not None:
        followed = published[:: _every(rate)]
        on_glass = _shown(glass, before, len(followed))
        row |= {f"glass_{name}": v for name, v in _waited(waits(followed, on_glass)).items()}
    return row


def _every(rate: int) -> int:
    return max(1, rate // FOLLOWED_A_SECOND)


def _waited(times: Sequence[float]) -> dict[str, int]:
    return {
        "median_ms": round(median(times) * 1000),
        "p99_ms": round(quantiles(times, n=100)[98] * 1000),
        "greatest_ms": round(max(times) * 1000),
    }


def waits(published: Sequence[float], seen: Seen) -> list[float]:
    """Seconds that each event waited, of when each was published and (when, how many) seen.

    ``seen`` ends with as many as were published.
    """
    counts = [count for _, count in seen]
    return [
        seen[bisect_left(counts, number)][0] - at for number, at in enumerate(published, start=1)
    ]


def _publish(out: Connection, settings: Settings, source: str, rate: int, seconds: float) -> None:
    """Publishes evenly, and sends the moments at which each was handed over."""
    published: list[float] = []
    kinds = [
        Call(
            occurred_at=_now(),
            source=source,
            origin="live",
            line="hotline",
            city="nanjing",
            category=category,
        )
        for category in ("crisis", "consultation")
    ]
    with Publisher(settings) as publisher:
        followed, other = (publisher.prepare(call) for call in kinds)
        began = time.monotonic()
        for number in range(int(rate * seconds)):
            while (wait := began + number / rate - time.monotonic()) > 0:
                time.sleep(max(wait, SLICE_SECONDS))
            published.append(time.monotonic())
            (other if number % _every(rate) else followed).send(uuid.uuid4().hex, _now())
    out.send(published)


def _watch(settings: Settings, source: str, wanted: int) -> list[tuple[float, int]]:
    """When how many were counted, until all were. Raises Lost."""
    seen = [(time.monotonic(), 0)]
    with Asking(settings) as asking:
        while seen[-1][1] < wanted:
            count = int(asking.rows(COUNTED.format(source=source))[0][0])
            now = time.monotonic()
            if count > seen[-1][1]:
                seen.append((now, count))
            elif now - seen[-1][0] > GIVE_UP_SECONDS:
                raise Lost(f"{seen[-1][1]} of {wanted} events of {source} were counted")
            time.sleep(ASK_EVERY_SECONDS)
    return seen


def _shown(glass: Glass, before: int, wanted: int) -> list[tuple[float, int]]:
    """When the tile showed how many more than before, until it showed all. Raises Lost."""
    until = time.monotonic() + GIVE_UP_SECONDS
    while glass.seen()[-1][1] - before < wanted:
        if time.monotonic() > until:
            raise Lost(f"the tile shows {glass.seen()[-1][1] - before} of {wanted}")
        glass.wait(0.2)
    return [(at, count - before) for at, count in glass.seen() if count >= before]


def _now() -> int:
    return time.time_ns() // 1_000_000


def _show(found: dict[str, Any], console: Console) -> None:
    table = Table(box=SIMPLE, pad_edge=False, title="milliseconds from publishing")
    for heading in ("events/s", "SQL median", "p99", "glass median", "p99"):
        table.add_column(heading, justify="right")
    for row in found["rates"]:
        names = ("events_per_second", "sql_median_ms", "sql_p99_ms", "glass_median_ms")
        table.add_row(*(f"{row[name]:,}" for name in (*names, "glass_p99_ms")))
    console.print(table)
    console.print(f"the wall is painted {found['wall_first_paint_seconds']} s after it was opened")


if __name__ == "__main__":
    sys.exit(main())
