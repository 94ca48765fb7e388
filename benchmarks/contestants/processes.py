"""Contestants that are programs of their own: started, watched, stopped."""

import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import psutil

WAIT_SECONDS = 240


class Ended(Exception):
    """A program ended, or came to nothing, before its work was done."""


@contextmanager
def program(
    command: Sequence[str], environment: Mapping[str, str], log: Path
) -> Iterator[psutil.Process]:
    """A program for the length of a block; its output goes to ``log``."""
    with log.open("wb") as output:
        process = psutil.Popen(command, env=dict(environment), stdout=output, stderr=output)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(20)
        except (subprocess.TimeoutExpired, psutil.TimeoutExpired):
            process.kill()
            process.wait()


def wait_until(done: Callable[[], bool], process: psutil.Process, log: Path, every: float) -> None:
    """Looks every so many seconds until it is done. Raises Ended."""
    deadline = time.monotonic() + WAIT_SECONDS
    while not done():
        if not process.is_running() or process.status() == psutil.STATUS_ZOMBIE:
            raise Ended(f"it ended; its log ends with:\n{_end(log)}")
        if time.monotonic() > deadline:
            raise Ended(f"not done in {WAIT_SECONDS} s; its log ends with:\n{_end(log)}")
        time.sleep(every)


def _end(log: Path) -> str:
    return log.read_text(errors="replace")[-3000:]
