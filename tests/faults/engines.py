"""Engines in a process of their own, so that all of them can be killed at once, like a machine.

Run as ``python -m tests.faults.engines``, with the settings in the environment, it runs them until
SIGTERM, and starts again what ends, as ``ningmai up`` does.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from time import monotonic, sleep
from types import TracebackType
from typing import Self

import psutil

from ningmai.settings import Settings
from ningmai.stack import run
from ningmai.stack.ports import answers
from ningmai.stack.stack import ENGINES, Stack

READY_WITHIN_SECONDS = 180.0
STOPPED_WITHIN_SECONDS = 120.0
LOOK_SECONDS = 0.2
OWN = [sys.executable, "-m", "tests.faults.engines"]


class Engines:
    """The process that runs a stack on the settings' folder; use it as a context.

    ``command`` is what to run, with the settings in the environment; ``ready`` the parts that must
    serve before ``start`` returns.
    """

    def __init__(
        self,
        settings: Settings,
        command: list[str] = OWN,
        ready: tuple[str, ...] = ENGINES,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.settings, self.command, self.ready = settings, command, ready
        self.environment = environment or {}
        self.log = settings.data_dir.absolute() / "engines.log"
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.settings.data_dir.mkdir(parents=True, exist_ok=True)
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(STOPPED_WITHIN_SECONDS)
            except subprocess.TimeoutExpired:
                self.kill_all([])

    def start(self) -> None:
        """Run them, and wait until they serve."""
        with self.log.open("ab") as out:
            self._process = subprocess.Popen(
                self.command,
                stdout=out,
                stderr=out,
                env=os.environ | self.settings.environment() | dict(self.environment),
            )
        self.wait()

    def wait(self) -> None:
        """Wait until all of them serve."""
        until = monotonic() + READY_WITHIN_SECONDS
        while not all(self.serves(name) for name in self.ready):
            if monotonic() > until or self._process is None or self._process.poll() is not None:
                raise TimeoutError(f"engines are not ready:\n{self.log.read_text()[-2000:]}")
            sleep(LOOK_SECONDS)

    def serves(self, name: str) -> bool:
        """Whether a part's process lives and listens."""
        part = self._part(name)
        return part is not None and part.process.alive() and answers("127.0.0.1", part.port)

    def kill(self, name: str) -> None:
        """SIGKILL one part; the stack starts it again by itself."""
        self.signal(name, signal.SIGKILL)

    def signal(self, name: str, number: signal.Signals) -> None:
        """Send one part a signal."""
        part = self._part(name)
        assert part is not None, f"{name} does not run"
        os.killpg(part.process.pid, number)

    def kill_all(self, others: list[int]) -> int:
        """SIGKILL everything at once, and other processes with it; returns how many."""
        assert self._process is not None
        own = psutil.Process(self._process.pid)
        pids = [own.pid, *(child.pid for child in own.children(recursive=True)), *others]
        for pid in pids:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self._process.wait()
        return len(pids)

    def _part(self, name: str) -> run.RunningPart | None:
        found = run.read(self.settings.data_dir)
        parts = found.parts if found is not None and self._own(found) else []
        return next((part for part in parts if part.name == name), None)

    def _own(self, found: run.Run) -> bool:
        """Whether that is this run and not what a killed one has left."""
        return self._process is not None and found.process.pid == self._process.pid


def main() -> None:
    """Run engines until SIGTERM."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with suppress(KeyboardInterrupt), Stack(Settings()) as stack:
        stack.start(*ENGINES)
        while True:
            signal.pause()


if __name__ == "__main__":
    main()
