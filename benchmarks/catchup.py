"""Workers that catch up with a topic: what it costs them and ClickHouse."""

import os
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from benchmarks.contestants.processes import program, wait_until
from benchmarks.engines import clickhouse_client, clickhouse_process, committed
from benchmarks.measure import cpu_of
from benchmarks.traffic import KIND, Unequal
from ningmai.settings import Settings
from ningmai.stack import worker

STARTS = "starts at offset"


@dataclass(frozen=True, slots=True)
class Caught:
    """CPU seconds of the workers and of ClickHouse, and wall seconds, for so many events."""

    events: int
    workers: float
    clickhouse: float
    wall: float


def catch_up(settings: Settings, workers: int, ends: int) -> Caught:
    """Start so many workers at once; stop them when they have committed up to ``ends``.

    Time counts from where the first of them says where it starts: joining the group is out, what
    later members of the group do to it is in. Raises processes.Ended, Unequal.
    """
    topic = settings.topic(KIND)
    begun = committed(settings, topic)
    server = clickhouse_process(settings)
    with _started(settings, workers) as (processes, logs):
        first, log = processes[0], logs[0]
        wait_until(lambda: any(STARTS in _read(each) for each in logs), first, log, 0.005)
        before = time.monotonic(), _spent(processes), cpu_of(server)
        wait_until(lambda: committed(settings, topic) >= ends, first, log, 0.05)
        after = time.monotonic(), _spent(processes), cpu_of(server)
    _check(settings, ends)
    wall, own, theirs = (late - early for early, late in zip(before, after, strict=True))
    return Caught(ends - begun, own, theirs, wall)


@contextmanager
def _started(settings: Settings, count: int) -> Iterator[tuple[list[psutil.Process], list[Path]]]:
    part = worker.part(settings)
    web = part.command.index("--web-bind")
    command = [*part.command[:web], "--without-web"]
    logs = [settings.data_dir / f"worker-{settings.namespace}-{n}.log" for n in range(count)]
    with ExitStack() as stack:
        environment = {**os.environ, **part.environment}
        yield [stack.enter_context(program(command, environment, log)) for log in logs], logs


def _read(log: Path) -> str:
    return log.read_text(errors="replace") if log.exists() else ""


def _spent(processes: Sequence[psutil.Process]) -> float:
    return sum(cpu_of(process) for process in processes)


def _check(settings: Settings, ends: int) -> None:
    """Everything that is in the topic is counted once, in raw and in the days."""
    client = clickhouse_client(settings)
    for sql in (
        f"SELECT count() FROM {settings.database}.raw_calls FINAL "
        "WHERE counted AND kafka_partition < 100",
        f"SELECT sum(events) FROM {settings.database}.rollup_calls FINAL "
        "WHERE grain = 'day' AND kafka_partition < 100",
    ):
        found = int(client.query(sql).result_rows[0][0])
        if found != ends:
            raise Unequal(f"{sql}: {found}, published {ends}")
