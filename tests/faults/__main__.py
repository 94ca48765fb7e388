"""The long form: a random schedule of faults for as long as it is told, on engines of its own.

    python -m tests.faults --seed 7 --minutes 30

Ends with status 1 and the timeline at the first thing that differs.
"""

import argparse
import random
import signal
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from time import monotonic

from ningmai.settings import Settings
from ningmai.stack.stack import on_free_ports
from tests.faults import memory, of_disk, of_engines, of_log, of_network, of_time, of_workers
from tests.faults.clock import Clock
from tests.faults.engines import Engines
from tests.faults.scene import Differs, Scene, scene

SMALL = {"block_size": 512, "flush_seconds": 0.1, "dedupe_horizon": 2_000}
"""So that a log of minutes has many blocks, and ids that come again from beyond the horizon."""
MINUTES_AWAY = 130
SOAK_SHARE = 0.2
"""Of the time, for the look at a worker's memory at the end."""


@dataclass(frozen=True)
class Clocks:
    """Whose clocks can be moved."""

    engines: Clock
    workers: Clock


def faults(
    engines: Engines, folder: Path, clocks: Clocks
) -> Mapping[str, Callable[[Scene], object]]:
    """Every fault by its name; which of the list each stands for is in its docstring."""
    killed = {
        f"{name} killed": partial(of_engines.engine_killed, engines=engines, name=name)
        for name in ("kafka", "clickhouse")
    }
    frozen = {
        f"{name} frozen": partial(of_engines.engine_frozen, engines=engines, name=name, seconds=15)
        for name in ("kafka", "clickhouse")
    }
    return {
        "worker killed": of_workers.killed,
        "workers added and removed": of_workers.added_and_removed,
        "worker killed, another there": of_workers.taken_over,
        "worker stopped, another there": of_workers.handed_over,
        "anything raises": of_workers.raising,
        "worker frozen": of_workers.frozen,
        "ClickHouse refusing": of_network.refused,
        "ClickHouse hanging": of_network.hanging,
        "ClickHouse away under load": of_network.under_load,
        "ClickHouse slow": of_network.slow,
        "connections lost": of_network.lost,
        "answers cut off": of_network.cut_off,
        "started without ClickHouse": of_network.away_when_started,
        **killed,
        **frozen,
        "kafka away for minutes": partial(
            of_engines.engine_frozen, engines=engines, name="kafka", seconds=MINUTES_AWAY
        ),
        "read again": of_log.read_again,
        "offsets anywhere": of_log.anywhere,
        "ids again": of_log.come_again,
        "poison": of_log.poison,
        "transactions": of_log.transactions,
        "registry away": of_engines.registry_away,
        "topic made again": of_log.made_again,
        "disk full": partial(
            of_engines.no_room, setting="min_free_disk_bytes_to_perform_insert", value=10**16
        ),
        "too many parts": partial(of_engines.no_room, setting="parts_to_throw_insert", value=1),
        "partition added": of_log.partition_added,
        "log eaten": of_log.eaten,
        "dead letters again": of_log.redelivered,
        "no byte left": of_disk.full,
        "folders read-only": of_disk.read_only,
        "engines' clock": partial(of_time.over_midnight, clock=clocks.engines),
        "workers' clock": partial(of_time.workers_years_off, clock=clocks.workers),
        "ClickHouse restored": partial(of_engines.restored, folder=folder),
        "everything killed": partial(of_engines.everything_killed, engines=engines),
    }


def run(seed: int, minutes: float, rate: float, only: list[str]) -> None:
    """Run the schedule. Raises Differs."""
    with tempfile.TemporaryDirectory(prefix="ningmai-faults-") as name:
        folder = Path(name)
        settings = on_free_ports(Settings(namespace="faults", data_dir=folder / "data"))
        settings = settings.model_copy(update=SMALL)
        clocks = Clocks(Clock(folder, "engines"), Clock(folder, "workers"))
        with (
            of_disk.own_disk(settings),
            Engines(settings, environment=clocks.engines.environment) as engines,
            scene(settings, folder, seed, rate, loud=True) as made,
        ):
            made.workers.environment = clocks.workers.environment
            known = faults(engines, folder, clocks)
            _schedule(made, {n: known[n] for n in only or known}, minutes * 60 * (1 - SOAK_SHARE))
            if not only:
                memory.soak(made, minutes * 60 * SOAK_SHARE)


def _schedule(made: Scene, known: Mapping[str, Callable[[Scene], object]], seconds: float) -> None:
    """Each fault once in a random order, then any, until the time is up; judged after each."""
    until = monotonic() + seconds
    waiting: list[str] = []
    while monotonic() < until:
        waiting = waiting or made.draw.sample(sorted(known), len(known))
        name = waiting.pop()
        made.traffic.start()
        made.note(f"== {name}")
        try:
            known[name](made)
        except (TimeoutError, AssertionError) as error:
            made.differs([f"{name}: {error!r}"])
        made.judge()


def main() -> int:
    """The command; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10_000))
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--rate", type=float, default=300, help="messages a second")
    parser.add_argument("--only", action="append", default=[], help="a fault's name; repeat it")
    told = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # ends what it has begun
    print(f"seed {told.seed}: the same schedule again with --seed {told.seed}", flush=True)
    try:
        run(told.seed, told.minutes, told.rate, told.only)
    except Differs as differs:
        print(differs, flush=True)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
