"""``python -m benchmarks``: starts engines, publishes, measures everybody in turn, and stops."""

import json
import os
import signal
import subprocess
import sys
import tempfile
from argparse import ArgumentParser, Namespace
from collections import defaultdict
from pathlib import Path

from rich.console import Console

from benchmarks import engines, report, traffic
from benchmarks.contestants import CONTESTANTS, FEWER
from benchmarks.measure import Measured
from ningmai.doing import Doing, OnScreen
from ningmai.settings import Settings
from ningmai.stack.errors import StackError

CONTESTANT_SECONDS = 900


class Failed(Exception):
    """A contestant could not do its work, or its result was not what was published."""


def main() -> int:
    """The exit status: 0 when everybody's result was right."""
    asked = _arguments()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # ends what it has begun
    console = Console()
    doing = OnScreen(console)
    try:
        with tempfile.TemporaryDirectory(prefix="ningmai-bench-") as folder:
            rounds = _run(asked, Path(folder), doing)
    except (StackError, Failed) as error:
        console.print(str(error), markup=False)
        return 1
    except KeyboardInterrupt:
        return 130
    rows = report.summary(rounds)
    report.show(rows, console)
    report.write(asked.results, rows, {k: v for k, v in vars(asked).items() if k != "results"})
    return 0


def _arguments() -> Namespace:
    parser = ArgumentParser("python -m benchmarks", description=__doc__)
    parser.add_argument("--events", type=int, default=1_000_000, help="events in the topic")
    parser.add_argument("--fewer", type=int, default=60_000, help="events for slow contestants")
    parser.add_argument("--hours", type=float, default=24, help="time within which they happened")
    parser.add_argument("--rounds", type=int, default=3, help="times that each has its turn")
    parser.add_argument("--only", nargs="+", choices=CONTESTANTS, default=list(CONTESTANTS))
    parser.add_argument("--results", type=Path, default=report.RESULTS, help="file to write")
    return parser.parse_args()


def _run(asked: Namespace, folder: Path, doing: Doing) -> dict[str, list[Measured]]:
    found = defaultdict[str, list[Measured]](list)
    with engines.running(folder, doing) as settings:
        works = {
            False: _published(settings, "bench", asked.events, asked.hours, doing),
            True: _published(settings, "bench_fewer", asked.fewer, asked.hours, doing),
        }
        for number in range(1, asked.rounds + 1):
            for name in asked.only:
                for measured in _measure(name, *works[name in FEWER]):
                    found[measured.name].append(measured)
                    rate = measured.events / measured.cpu_seconds
                    doing.say(f"round {number}: {measured.name} {rate:,.0f} events/CPU s")
    return found


def _published(
    settings: Settings, namespace: str, count: int, hours: float, doing: Doing
) -> tuple[Settings, Path]:
    """A topic full of events, and the file that says what is in it."""
    own = settings.model_copy(update={"namespace": namespace})
    engines.prepare(own)
    expected = settings.data_dir / f"{namespace}.json"
    traffic.publish(own, count, hours, doing).write(expected)
    return own, expected


def _measure(name: str, settings: Settings, expected: Path) -> list[Measured]:
    """One turn of a contestant, in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.contestants", name, str(expected)],
        env={**os.environ, **settings.environment()},
        capture_output=True,
        text=True,
        timeout=CONTESTANT_SECONDS,
    )
    if done.returncode:
        raise Failed(f"{name} failed:\n{done.stderr[-3000:]}")
    return [Measured(**each) for each in json.loads(done.stdout.splitlines()[-1])]


if __name__ == "__main__":
    sys.exit(main())
