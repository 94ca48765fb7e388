"""The stack of a data folder, seen and stopped from another process."""

import os
import signal
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal

from ningmai.settings import Settings
from ningmai.stack import run
from ningmai.stack.errors import StackError
from ningmai.stack.folder import FolderLock
from ningmai.stack.ports import answers

DOWN_SECONDS = 120.0
KILLED_WITHIN_SECONDS = 5.0
LOOK_SECONDS = 0.1
PARTS = ("kafka", "clickhouse", "registry", "worker", "screen")


@dataclass(frozen=True)
class PartStatus:
    """How a part is: ``starting`` covers one that is started again after it ended."""

    name: str
    state: Literal["running", "starting", "stopped", "elsewhere"]
    port: int | None
    pid: int | None


def status(settings: Settings) -> list[PartStatus]:
    """Every part of the stack on the settings' data folder, in the order of their start.

    A part whose address the settings give is ``elsewhere``: nobody here runs it.
    """
    found = run.read(settings.data_dir)
    if found is None or not found.process.alive():
        return [_not_here(settings, name) for name in PARTS]
    here = {part.name: part for part in found.parts}
    settings = found.settings(settings)
    return [
        _here(settings, here[name]) if name in here else _not_here(settings, name) for name in PARTS
    ]


def down(settings: Settings) -> bool:
    """Stops the run on the settings' data folder and waits for its end; False: there was none.

    Raises StackError when it does not end in DOWN_SECONDS, or another run is just beginning.
    """
    found = run.read(settings.data_dir)
    if found is None:
        return False
    if not found.process.alive():
        FolderLock(settings.data_dir).release()  # its guard has the lock until it has cleared up
        end_orphans(found)
        run.file(settings.data_dir).unlink(missing_ok=True)
        return False
    with suppress(ProcessLookupError):  # it has just ended by itself
        os.kill(found.process.pid, signal.SIGTERM)
    deadline = time.monotonic() + DOWN_SECONDS
    while found.process.alive():
        if time.monotonic() > deadline:
            raise StackError(
                f"The run with pid {found.process.pid} has not stopped in {DOWN_SECONDS:.0f} s.",
                f"`kill -9 {found.process.pid}` ends it, and its parts with it; nothing that was "
                "acknowledged is lost.",
            )
        time.sleep(LOOK_SECONDS)
    return True


def end_orphans(left: run.Run) -> None:
    """Kills the parts of a run whose guard was killed too; call it with the folder's lock free."""
    orphans = [part.process for part in left.parts if part.process.alive()]
    for orphan in orphans:
        with suppress(ProcessLookupError):
            os.killpg(orphan.pid, signal.SIGKILL)
    deadline = time.monotonic() + KILLED_WITHIN_SECONDS
    while any(orphan.alive() for orphan in orphans) and time.monotonic() < deadline:
        time.sleep(LOOK_SECONDS)


def _here(settings: Settings, part: run.RunningPart) -> PartStatus:
    serves = part.process.alive() and answers(settings.host, part.port)
    return PartStatus(part.name, "running" if serves else "starting", part.port, part.process.pid)


def _not_here(settings: Settings, name: str) -> PartStatus:
    elsewhere = bool(getattr(settings, name, ""))
    return PartStatus(name, "elsewhere" if elsewhere else "stopped", None, None)
