"""CPU and wall time of one contestant's work, of whichever processes do it."""

import resource
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import psutil


@dataclass(frozen=True, slots=True)
class Measured:
    """One contestant in one round; seconds, user and system CPU of all threads together."""

    name: str
    events: int
    cpu_seconds: float
    wall_seconds: float

    def plain(self) -> dict[str, Any]:
        """As JSON has it."""
        return asdict(self)


class Timer:
    """Time of this process from where it was made on; other processes' beside it where given."""

    def __init__(self, others: Sequence[psutil.Process] = ()) -> None:
        self._others = others
        self._wall = time.monotonic()
        self._cpu = self._spent()

    def measured(self, name: str, events: int) -> Measured:
        """What was spent so far."""
        wall, cpu = time.monotonic() - self._wall, self._spent() - self._cpu
        return Measured(name, events, cpu, wall)

    def _spent(self) -> float:
        own = resource.getrusage(resource.RUSAGE_SELF)
        return own.ru_utime + own.ru_stime + sum(cpu_of(process) for process in self._others)


def cpu_of(process: psutil.Process) -> float:
    """User and system CPU seconds of a process, its threads and its children, dead or alive."""
    times = process.cpu_times()
    spent: float = times.user + times.system + times.children_user + times.children_system
    return spent + sum(cpu_of(child) for child in process.children())


def listener(port: int) -> psutil.Process:
    """The process that serves a port of this machine."""
    for found in psutil.net_connections("tcp"):
        listens = found.status == psutil.CONN_LISTEN and found.laddr[1:] == (port,)
        if listens and found.pid:
            return psutil.Process(found.pid)
    raise LookupError(f"no process of ours listens on port {port}: its CPU can't be counted")
