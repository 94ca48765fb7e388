"""The data folder: one run at a time, and room enough on its disk."""

import fcntl
import os
import shutil
import time
from pathlib import Path

import psutil

from ningmai.stack.errors import StackError, writing

NEEDED_BYTES = 2 * 1024**3
DEAD_SECONDS = 15.0
"""How long the processes of a run that was killed may take to end."""
ALIVE_SECONDS = 1.0
"""How long a run that was just killed, or is about to leave, may still look alive."""


class FolderLock:
    """The lock on a data folder, held until ``release`` or the end of this process and its guard.

    Raises StackError when another run has it, or the folder cannot be written.
    """

    def __init__(self, folder: Path) -> None:
        path = folder / "ningmai.lock"
        with writing(path):
            folder.mkdir(parents=True, exist_ok=True)
            self._file = path.open("a+")
        if not self._taken():
            self._file.close()
            raise StackError(
                f"The data folder {folder.absolute()} is in use by another run ({_holder(path)}).",
                "Stop that one with `ningmai down`, or choose another folder with --data-dir.",
            )
        with writing(path):
            self._file.truncate(0)
            self._file.write(f"{os.getpid()}\n")
            self._file.flush()

    def fileno(self) -> int:
        """The descriptor: a process that inherits it holds the lock too."""
        return self._file.fileno()

    def release(self) -> None:
        """Lets others have the folder."""
        self._file.close()

    def _taken(self) -> bool:
        """Takes the lock; waits where the run that had it is dead and only its end is awaited."""
        began = time.monotonic()
        while True:
            try:
                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return True
            except BlockingIOError:
                patience = ALIVE_SECONDS if _is_alive(self._file.name) else DEAD_SECONDS
                if time.monotonic() > began + patience:
                    return False
            time.sleep(0.1)


def check_room(folder: Path) -> None:
    """Raises StackError unless the folder's disk has NEEDED_BYTES free."""
    free = shutil.disk_usage(folder).free
    if free < NEEDED_BYTES:
        raise StackError(
            f"The disk of {folder.absolute()} has {free / 1024**3:.1f} GiB free; the stack needs "
            f"{NEEDED_BYTES / 1024**3:.0f} GiB.",
            "Make room, or choose a folder on another disk with --data-dir.",
        )


def _pid(path: Path | str) -> int | None:
    text = Path(path).read_text().strip()
    return int(text) if text.isdigit() else None


def _is_alive(path: str) -> bool:
    pid = _pid(path)
    try:
        return pid is None or psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _holder(path: Path) -> str:
    pid = _pid(path)
    return f"pid {pid}" if pid else "which has just begun"
