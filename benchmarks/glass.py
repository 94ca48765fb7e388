"""``python -m benchmarks.glass``: from publishing an event to its being counted in a view.

Wants a running stack (``ningmai up``), to which it adds simulated calls of a source of its own. At
each rate it publishes evenly for a while and asks ClickHouse, as the user ``grafana`` and over and
over, how many have been counted. The k-th counted is taken to be the k-th published: right on
average, as a late one and an early one change places.
"""

import sys
import time
import uuid
from argparse import ArgumentParser, Namespace
from bisect import bisect_left
from collections.abc import Sequence
from pathlib import Path
from statistics import median, quantiles
from threading import Thread
from typing import Any

from rich.console import Console

from benchmarks import report
from benchmarks.asking import Asking
from ningmai.settings import Settings
from ningmai.stack import run
from producers import Publisher
from producers.events import Call

RATES = (100, 1_000, 5_000)
SLICE_SECONDS = 0.005
ASK_EVERY_SECONDS = 0.02
GIVE_UP_SECONDS = 60
COUNTED = """
SELECT sum(events) FROM calls_by_minute
WHERE minute >= now('Asia/Shanghai') - INTERVAL 10 MINUTE AND source = '{source}'
"""


class Lost(Exception):
    """Events were not counted in time: a latency would be a lie."""


def main() -> int:
    """The exit status: 0 when every event was seen."""
    asked = _arguments()
    settings = Settings()
    running = run.read(settings.data_dir)
    if running is None or not running.process.alive():
        print(f"Nothing runs on {settings.data_dir}. Start it with `ningmai up`.")
        return 1
    settings = running.settings(settings)
    console = Console()
    rows = []
    try:
        for rate in asked.rates:
            rows.append(_at(settings, rate, asked.seconds))
            console.print(rows[-1])
    except Lost as error:
        console.print(str(error), markup=False)
        return 1
    report.put(asked.results, "glass", rows)
    return 0


def _arguments() -> Namespace:
    parser = ArgumentParser("python -m benchmarks.glass", description=__doc__)
    parser.add_argument("--rates", type=int, nargs="+", default=RATES, help="events a second")
    parser.add_argument("--seconds", type=float, default=20, help="how long each rate is kept")
    parser.add_argument("--results", type=Path, default=report.RESULTS, help="file to write")
    return parser.parse_args()


def _at(settings: Settings, rate: int, seconds: float) -> dict[str, Any]:
    source = f"glass-{uuid.uuid4().hex[:8]}"
    published: list[float] = []
    work = Thread(target=_publish, args=(settings, source, rate, seconds, published))
    work.start()
    try:
        seen = _watch(settings, source, int(rate * seconds))
    finally:
        work.join()
    waited = waits(published, seen)
    return {
        "events_per_second": round(len(published) / (published[-1] - published[0])),
        "events": len(published),
        "median_ms": round(median(waited) * 1000),
        "p99_ms": round(quantiles(waited, n=100)[98] * 1000),
        "greatest_ms": round(max(waited) * 1000),
    }


def waits(published: Sequence[float], seen: Sequence[tuple[float, int]]) -> list[float]:
    """Seconds that each event waited, of when each was published and (when, how many) seen.

    ``seen`` ends with as many as were published.
    """
    counts = [count for _, count in seen]
    return [
        seen[bisect_left(counts, number)][0] - at for number, at in enumerate(published, start=1)
    ]


def _publish(
    settings: Settings, source: str, rate: int, seconds: float, published: list[float]
) -> None:
    """Publishes evenly, and notes the moment of each before it is handed over."""
    call = Call(event_id="-", occurred_at=_now(), source=source, origin="simulated", line="hotline")
    with Publisher(settings) as publisher:
        prepared = publisher.prepare(call)
        began = time.monotonic()
        for number in range(int(rate * seconds)):
            while (wait := began + number / rate - time.monotonic()) > 0:
                time.sleep(max(wait, SLICE_SECONDS))
            published.append(time.monotonic())
            prepared.send(uuid.uuid4().hex, _now())


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


def _now() -> int:
    return time.time_ns() // 1_000_000


if __name__ == "__main__":
    sys.exit(main())
