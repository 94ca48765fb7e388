"""Folders of tables for tests: the printed month, changed at will."""

import csv
import io
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from producers.bulletin.titles import PACKAGED

SEPTEMBER = PACKAGED / "2020-09"
NOW = datetime(2026, 1, 1, tzinfo=UTC)

Lines = list[list[str]]


def copy_of_september(folder: Path) -> Path:
    shutil.copytree(SEPTEMBER, folder)
    return folder


def file_of(folder: Path, code: str) -> Path:
    (found,) = folder.rglob(f"{code}_*.csv")
    return found


def lines_of(path: Path) -> Lines:
    return list(csv.reader(io.StringIO(path.read_text("utf-8-sig"), newline="")))


def write(path: Path, lines: Lines) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(lines)


def change(folder: Path, code: str, how: Callable[[Lines], None]) -> Path:
    """Change the lines (the header is line 0) of one table in place."""
    path = file_of(folder, code)
    lines = lines_of(path)
    how(lines)
    write(path, lines)
    return path


def only(folder: Path, *codes: str) -> Path:
    """Leave only these tables."""
    for path in folder.rglob("*.csv"):
        if path.name.split("_")[0] not in codes:
            path.unlink()
    return folder


def move_to(folder: Path, year: int, month: int) -> Path:
    """Make it another month's."""
    for path in list(folder.rglob("*.csv")):
        text = path.read_bytes().decode().replace("截止9月底", f"截止{month}月底")
        name = path.name.replace("2020年9月", f"{year}年{month}月").replace("9月", f"{month}月")
        path.unlink()
        path.with_name(name).write_bytes(text.encode())
    return folder
