"""Faults of ClickHouse's disk: full, and read-only."""

import os
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from time import sleep

from ningmai.settings import Settings
from tests.faults.scene import Scene

SMALL_DISK = "size=3g"
SECONDS = 15.0
PIECES = (1 << 26, 1 << 20, 1 << 12)


def folder(settings: Settings) -> Path:
    """Where ClickHouse keeps its data."""
    return settings.data_dir / "clickhouse"


@contextmanager
def own_disk(settings: Settings) -> Iterator[None]:
    """A disk for ClickHouse alone, in memory, so that it can be filled; where mounting is allowed.

    Elsewhere its folder is one like any other, and ``full`` does nothing but say so.
    """
    at = folder(settings)
    at.mkdir(parents=True)
    mount = ["mount", "-t", "tmpfs", "-o", SMALL_DISK, "tmpfs", str(at)]
    with suppress(FileNotFoundError, subprocess.CalledProcessError):
        subprocess.run(mount, check=True, capture_output=True)
    try:
        yield
    finally:
        if at.is_mount():
            subprocess.run(["umount", "--lazy", str(at)], check=True)


def full(scene: Scene) -> None:
    """16: no byte is left on ClickHouse's disk."""
    at = folder(scene.settings)
    if not at.is_mount():
        scene.note("not tried: no disk can be mounted here")
        return
    scene.one_worker()
    ballast = at / "ballast"
    with ballast.open("wb") as file:
        filled = 0
        for piece in PIECES:
            with suppress(OSError):  # until there is not so much room any more
                while True:
                    os.posix_fallocate(file.fileno(), filled, piece)
                    filled += piece
    scene.note("ClickHouse's disk is full")
    sleep(SECONDS)
    ballast.unlink()
    scene.note("there is room again")


def read_only(scene: Scene) -> None:
    """16: nothing can be written into ClickHouse's folders."""
    scene.one_worker()
    store = folder(scene.settings) / "store"
    if _chattr("+i", [store]):
        scene.note("not tried: no folder can be made read-only here")
        return
    folders = [store, *(path for path in store.rglob("*") if path.is_dir())]
    _chattr("+i", folders)  # but for those that a merge has taken away meanwhile
    scene.note(f"{len(folders)} folders of ClickHouse are read-only")
    try:
        sleep(SECONDS)
    finally:
        _chattr("-i", folders)
    scene.note("they can be written again")


def _chattr(change: str, folders: Sequence[Path]) -> int:
    return subprocess.run(["chattr", change, *map(str, folders)], capture_output=True).returncode
