"""One process of the stack: started with a log, asked whether it is ready, stopped, for certain."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event

from ningmai.stack import guard
from ningmai.stack.errors import StackError, writing

LOOK_SECONDS = 0.05
KILLED_WITHIN_SECONDS = 5
LOG_LIMIT = 32 * 1024 * 1024
"""Bytes beyond which a log is put aside, when its process starts."""
TAIL_LINES = 15


@dataclass(frozen=True)
class Part:
    """How one part of the stack is run. Times are in seconds."""

    name: str
    port: int
    command: list[str]
    ready: Callable[[], bool]
    """Whether it serves; asked many times a second, so it must answer soon. Raises nothing."""
    environment: Mapping[str, str] = field(default_factory=dict)
    """On top of the parent's."""
    ready_within: float = 120
    stop_within: float = 20


class Guard:
    """The parent's end of the guard process. Close it when everything has stopped."""

    def __init__(self, lock: int) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-S", "-E", guard.__file__, str(os.getpid())],
            stdin=subprocess.PIPE,
            pass_fds=(lock,),
            start_new_session=True,
        )

    def add(self, pid: int) -> None:
        """Watches over the process group of this leader."""
        self._tell(f"+{pid}\n")

    def remove(self, pid: int) -> None:
        """The group has ended."""
        self._tell(f"-{pid}\n")

    def close(self) -> None:
        """Ends the guard, and with it what it still watches over."""
        self._process.communicate()

    def _tell(self, line: str) -> None:
        # The pipe is this object's only use of the process, and a line is short enough that a
        # write is never cut in two.
        assert self._process.stdin is not None
        with suppress(BrokenPipeError):  # somebody killed the guard: the work goes on without
            os.write(self._process.stdin.fileno(), line.encode())


class Child:
    """A part's process. In a session of its own: Ctrl-C in the terminal reaches only the parent."""

    def __init__(self, part: Part, log: Path, guard: Guard) -> None:
        self.part = part
        self.log = log
        self._guard = guard
        self._cleared = False
        self._process = self._start()

    @property
    def pid(self) -> int:
        """The process, also the leader of its group."""
        return self._process.pid

    def ended(self) -> int | None:
        """The exit status, negative for a signal; None while it runs."""
        return self._process.poll()

    def restart(self) -> None:
        """Starts the process again after it has ended."""
        self.clear()
        self._process = self._start()
        self._cleared = False

    def wait_ready(self, cancelled: Event) -> None:
        """Returns when the part serves, or when ``cancelled`` is set.

        Raises StackError when it ends before, or is not ready in time; it still runs then.
        """
        deadline = time.monotonic() + self.part.ready_within
        while not (cancelled.is_set() or self.part.ready()):
            if self.ended() is not None:
                raise StackError(f"{self.part.name} ended with {self.ended()}.", self._see_log())
            if time.monotonic() > deadline:
                within = f"{self.part.ready_within:.0f} s"
                raise StackError(
                    f"{self.part.name} did not get ready in {within}.", self._see_log()
                )
            cancelled.wait(LOOK_SECONDS)

    def stop(self) -> bool:
        """Asks the process to stop, kills its group when it has not in time; whether it did."""
        if self.ended() is None:
            self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(self.part.stop_within)
            stopped = True
        except subprocess.TimeoutExpired:
            stopped = False
        finally:  # a second Ctrl-C ends the wait, not the process: kill it now
            self.clear()
        return stopped

    def clear(self) -> None:
        """Kills what is left of the process's group; done again, nothing."""
        if self._cleared:
            return
        with suppress(ProcessLookupError):  # nothing is left: the usual case
            os.killpg(self.pid, signal.SIGKILL)
        self._process.wait(KILLED_WITHIN_SECONDS)
        self._cleared = True  # from here on the number may be another's
        self._guard.remove(self.pid)

    def tail(self) -> str:
        """The last lines of the log."""
        with self.log.open("rb") as file:
            file.seek(max(0, self.log.stat().st_size - 8192))
            lines = file.read().decode(errors="replace").splitlines()
        return "\n".join(lines[-TAIL_LINES:])

    def _start(self) -> subprocess.Popen[bytes]:
        with writing(self.log):
            self.log.parent.mkdir(parents=True, exist_ok=True)
            if self.log.exists() and self.log.stat().st_size > LOG_LIMIT:
                self.log.replace(self.log.with_suffix(".log.1"))
            with self.log.open("ab") as output:
                process = subprocess.Popen(
                    self.part.command,
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    env={**os.environ, **self.part.environment},
                    start_new_session=True,
                )
        self._guard.add(process.pid)
        self.began = time.monotonic()
        return process

    def _see_log(self) -> str:
        return f"Its log, {self.log}, ends with:\n{self.tail()}"
