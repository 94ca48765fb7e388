"""run.json: what runs on a data folder, for commands in another terminal."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

import psutil

from ningmai.settings import Settings
from ningmai.stack.errors import writing

ADDRESSES = (
    "namespace",
    "host",
    "kafka_port",
    "kafka_controller_port",
    "registry_port",
    "registry_management_port",
    "clickhouse_port",
    "worker_port",
    "screen_port",
    "kafka",
    "registry",
    "clickhouse",
)
"""The settings that others must share to reach a run."""


@dataclass(frozen=True)
class Process:
    """A process that a pid alone does not name, since pids come round again."""

    pid: int
    started: float
    """Seconds since 1970, as the system says it."""

    @classmethod
    def of(cls, pid: int) -> Self:
        """The process with this pid now. Raises psutil.NoSuchProcess."""
        return cls(pid, psutil.Process(pid).create_time())

    def alive(self) -> bool:
        """Whether it still runs (a zombie does not)."""
        try:
            now = psutil.Process(self.pid)
            same = abs(now.create_time() - self.started) < 1
            return same and now.status() != psutil.STATUS_ZOMBIE
        except psutil.NoSuchProcess:
            return False


@dataclass(frozen=True)
class RunningPart:
    """A part as it was started last."""

    name: str
    port: int
    process: Process


@dataclass(frozen=True)
class Run:
    """The process that runs a stack, its parts in the order of their start, where they are."""

    process: Process
    parts: list[RunningPart]
    addresses: dict[str, Any]

    def write(self, folder: Path) -> None:
        """Writes the folder's run.json, whole or not at all. Raises StackError."""
        path = file(folder)
        part = path.with_suffix(".json.part")
        with writing(path):
            part.write_text(json.dumps(asdict(self), indent=1) + "\n")
            part.replace(path)

    def names(self) -> list[str]:
        """The parts that run."""
        return [part.name for part in self.parts]

    def settings(self, others: Settings) -> Settings:
        """These settings, with this run's addresses."""
        return others.model_copy(update=self.addresses)


def file(folder: Path) -> Path:
    """Where a data folder's run is written down."""
    return folder / "run.json"


def read(folder: Path) -> Run | None:
    """The run last written down, alive or not; None where there is none."""
    try:
        found = json.loads(file(folder).read_text())
        parts = [
            RunningPart(part["name"], part["port"], Process(**part["process"]))
            for part in found["parts"]
        ]
        return Run(Process(**found["process"]), parts, found["addresses"])
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return None  # torn or of another version: nothing there that could be used


def current(settings: Settings, parts: Iterable[tuple[str, int, int]]) -> Run:
    """This process's run, of parts given as name, port and pid."""
    own = psutil.Process()
    running = []
    for name, port, pid in parts:
        try:
            running.append(RunningPart(name, port, Process.of(pid)))
        except psutil.NoSuchProcess:
            continue  # it has just ended, and is started again soon
    addresses = {name: getattr(settings, name) for name in ADDRESSES}
    return Run(Process(own.pid, own.create_time()), running, addresses)
