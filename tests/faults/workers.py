"""Worker processes: started, killed, stopped and frozen, one log file each."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic, sleep

import psutil

from ningmai.settings import Settings

STARTED_WITHIN_SECONDS = 300.0
STOPPED_WITHIN_SECONDS = 40.0
LOOK_SECONDS = 0.1
STARTS = b"starts at offset"


@dataclass
class Worker:
    """One process, its log, and the most memory it was seen with (bytes)."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path
    most: int = 0

    @property
    def alive(self) -> bool:
        """Whether it still runs."""
        return self.process.poll() is None

    def memory(self) -> int:
        """Resident bytes now; 0 where it has ended."""
        try:
            now: int = psutil.Process(self.process.pid).memory_info().rss
        except psutil.NoSuchProcess:
            return 0
        self.most = max(self.most, now)
        return now

    def signal(self, number: signal.Signals) -> None:
        """Send it a signal."""
        self.process.send_signal(number)

    def kill(self) -> None:
        """SIGKILL, and wait until it is gone."""
        self.process.kill()
        self.process.wait()

    def stop(self) -> float:
        """SIGTERM, and wait; returns the seconds it took. It is killed where that is too long."""
        began = monotonic()
        self.process.terminate()
        try:
            self.process.wait(STOPPED_WITHIN_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()
        return monotonic() - began

    def begun(self) -> int:
        """How many partitions it was given so far, again and again."""
        return self.log.read_bytes().count(STARTS)

    def starts(self) -> list[tuple[str, int, int]]:
        """Topic, partition and first offset of each time that it was given one."""
        found = re.findall(rb"(\S+)/(\d+) starts at offset (\d+)", self.log.read_bytes())
        return [(topic.decode(), int(number), int(offset)) for topic, number, offset in found]

    def wait_for_partitions(self, before: int = 0) -> None:
        """Wait until it was given partitions beyond those that it had been given before."""
        until = monotonic() + STARTED_WITHIN_SECONDS
        while self.begun() <= before:
            if monotonic() > until or not self.alive:
                raise TimeoutError(f"{self.name} has no partitions:\n{self.tail()}")
            sleep(LOOK_SECONDS)

    def tail(self, lines: int = 15) -> str:
        """The last lines of its log."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])


@dataclass
class Workers:
    """All workers of one group. ``folder`` takes their logs, ``environment`` is theirs alone."""

    settings: Settings
    folder: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    all: list[Worker] = field(default_factory=list)

    @property
    def alive(self) -> list[Worker]:
        """Those that run (or are frozen)."""
        return [worker for worker in self.all if worker.alive]

    def start(self, app: str = "streams.app") -> Worker:
        """One more, as ``faust -A streams.app worker`` starts it."""
        name = f"worker-{len(self.all) + 1}"
        log = self.folder / f"{name}.log"
        command = [sys.executable, "-m", "faust", "-A", app, "--loglevel", "info"]
        environment = os.environ | self.settings.environment() | {"RUST_BACKTRACE": "0"}
        environment |= self.environment
        with log.open("wb") as out:
            process = subprocess.Popen(
                [*command, "worker", "--without-web"], stdout=out, stderr=out, env=environment
            )
        worker = Worker(name, process, log)
        self.all.append(worker)
        return worker

    def end(self) -> None:
        """Kill what is left, frozen ones too."""
        for worker in self.alive:
            worker.kill()
