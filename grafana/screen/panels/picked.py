"""The values that tiles, gauges and rings show of an answer: reduced columns, or every row."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from grafana.screen.board import Panel
from grafana.screen.fields import Field, field, pattern
from grafana.screen.frames import Column, Frame, reduce
from grafana.screen.panels.base import path

MOST = 200


@dataclass(frozen=True)
class Picked:
    """One value, what it is called, how it is shown, and the column that it is of."""

    name: str
    value: Any
    field: Field
    column: Column


def picked(panel: Panel, frames: Sequence[Frame]) -> list[Picked]:
    """In the order of columns, or of rows where the panel shows every row's value."""
    found: list[Picked] = []
    for frame, target in zip(frames, panel.targets, strict=False):
        rows = path(panel.options, "reduceOptions.values", False)
        found += (_rows if rows else _columns)(panel, frame, target.ref_id, len(found))
    return found


def _columns(panel: Panel, frame: Frame, ref_id: str, before: int) -> list[Picked]:
    calc = (path(panel.options, "reduceOptions.calcs") or ["lastNotNull"])[0]
    found: list[Picked] = []
    for column in _wanted(panel, frame):
        shown = field(panel, column.name, column.kind, before + len(found), ref_id)
        found.append(Picked(shown.title, _reduced(column, calc), shown, column))
    return found


def _reduced(column: Column, calc: str) -> Any:
    """Strings can be picked, not added up."""
    if column.kind != "number" and calc in ("sum", "mean", "range"):
        return None
    return reduce(column, calc)


def _rows(panel: Panel, frame: Frame, ref_id: str, before: int) -> list[Picked]:
    limit = min(path(panel.options, "reduceOptions.limit", MOST), MOST)
    columns = _wanted(panel, frame)
    names = next((c for c in frame.columns if c.kind == "string" and c not in columns), None)
    found: list[Picked] = []
    for row in range(min(frame.rows, limit)):
        for column in columns:
            about = field(panel, column.name, column.kind, before + len(found), ref_id)
            label = "" if names is None else str(names.values[row] or "")
            name = " ".join(filter(None, (label, about.title if len(columns) > 1 else "")))
            found.append(Picked(name or about.title, column.values[row], about, column))
    return found[:limit]


def _wanted(panel: Panel, frame: Frame) -> list[Column]:
    """Columns of numbers, unless the panel names others: ``/.*/`` all, ``/^x$/``, a name."""
    wanted = path(panel.options, "reduceOptions.fields", "")
    if not wanted:
        return [column for column in frame.columns if column.kind == "number"]
    return list(_named(wanted, frame))


def _named(wanted: str, frame: Frame) -> Iterator[Column]:
    exactly = None if wanted.startswith("/") else re.compile(f"^{re.escape(wanted)}$")
    for column in frame.columns:
        if (exactly or pattern(wanted)).search(column.name):
            yield column
