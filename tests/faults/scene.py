"""Where faults happen: workers, traffic, a proxy before ClickHouse, the log, and a timeline."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from time import monotonic, sleep
from urllib.parse import urlsplit

from clickhouse_connect.driver.client import Client

from ningmai.settings import Settings
from tests.faults import verdict
from tests.faults.log import Log
from tests.faults.proxy import Proxy
from tests.faults.traffic import Traffic
from tests.faults.workers import Worker, Workers
from tests.workers import prepared

CAUGHT_UP_SECONDS = 120.0
"""S: how long lag may take to return to zero, once all is well again. docs/faults.md states it."""
READ_AGAIN_PER_SECOND = 250
"""Besides, where a fault may have all of it read again: small blocks and poison make that slow."""
FAR_SECONDS = 90.0
MEMORY_LIMIT = 1536 * 1024 * 1024
"""Bytes that no worker may ever have resident."""


class Differs(AssertionError):
    """The figures are not what the log says; the message has what differs, and the timeline."""


@dataclass
class Timeline:
    """What happened when, in seconds from the beginning."""

    loud: bool = False
    lines: list[str] = field(default_factory=list)
    began: float = field(default_factory=monotonic)

    def note(self, what: str) -> None:
        """Write down what happens now."""
        self.lines.append(f"{monotonic() - self.began:8.1f} s  {what}")
        if self.loud:
            print(self.lines[-1], flush=True)


@dataclass
class Scene:
    """All that a fault may lay hands on."""

    settings: Settings
    draw: Random
    timeline: Timeline
    client: Client
    proxy: Proxy
    registry: Proxy
    log: Log
    traffic: Traffic
    workers: Workers

    def one_worker(self) -> Worker:
        """A worker that has partitions; started where none is there."""
        if not self.workers.alive:
            worker = self.workers.start()
            self.note(f"{worker.name} starts")
            worker.wait_for_partitions()
        return self.workers.alive[0]

    def pause(self, least: float, most: float) -> None:
        """Let things go on for some seconds, at random."""
        sleep(least + self.draw.random() * (most - least))

    def note(self, what: str) -> None:
        """Write down what happens now."""
        self.timeline.note(what)

    def judge(self) -> None:
        """Stop the traffic, wait for the workers, and compare everything. Raises Differs."""
        self.one_worker()
        self.traffic.pause()
        self.note(f"judged: {len(self.traffic.confirmed):,} messages confirmed so far")
        began = monotonic()
        wrong = [f"traffic: {each}" for each in self.traffic.failed[:4]]
        seconds = CAUGHT_UP_SECONDS + len(self.traffic.confirmed) / READ_AGAIN_PER_SECOND
        wrong += verdict.caught_up(self.log, self.client, seconds)
        self.note(f"caught up after {monotonic() - began:.1f} s")
        if not wrong:
            wrong = self._figures()
        for worker in self.workers.alive:
            worker.memory()
            if worker.most > MEMORY_LIMIT:
                wrong.append(f"S: {worker.name} had {worker.most:,} bytes of memory")
        if wrong:
            self.differs(wrong)
        self.note("L C S hold")

    def _figures(self) -> list[str]:
        of = self.settings
        tables = verdict.worked_out(self.log, of.block_size, of.dedupe_horizon)
        late = verdict.far_repeats_found(tables, self.client, FAR_SECONDS)
        return late + verdict.differences(self.log, tables, self.client, self.traffic.confirmed)

    def differs(self, wrong: list[str]) -> None:
        """Raise with what is wrong, when what happened, and what the workers said last."""
        self.note("DIFFERS")
        logs = [f"--- {worker.name}, {worker.log}\n{worker.tail()}" for worker in self.workers.all]
        raise Differs("\n".join(["", *wrong, "", *self.timeline.lines, "", *logs[-3:]]))


@contextmanager
def scene(
    settings: Settings, folder: Path, seed: int, rate: float, *, loud: bool = False
) -> Iterator[Scene]:
    """A scene on engines that run, in a namespace that nothing was done in yet."""
    timeline = Timeline(loud)
    timeline.note(f"seed {seed}, namespace {settings.namespace}")
    client = prepared(settings)
    host = settings.host
    with (
        Proxy(host, settings.clickhouse_port, seed) as proxy,
        Proxy(host, settings.registry_port, seed) as registry,
    ):
        of_workers = settings.model_copy(
            update={
                "clickhouse": f"http://{host}:{proxy.port}",
                "registry": f"http://{host}:{registry.port}{urlsplit(settings.registry_url).path}",
            }
        )
        workers = Workers(of_workers, folder)
        traffic = Traffic(settings, seed, rate)
        try:
            yield Scene(
                settings,
                Random(seed),
                timeline,
                client,
                proxy,
                registry,
                Log(settings),
                traffic,
                workers,
            )
        finally:
            workers.end()
            traffic.pause()
