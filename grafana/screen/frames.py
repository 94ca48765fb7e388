"""Answers as columns, and the shapes that charts want of them."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any, Literal

Kind = Literal["number", "string", "time", "other"]
TIME = "time"
VALUE = "Value"
"""A column of this name leaves the naming of its series to their label."""
KINDS: Mapping[str, Kind] = {
    **dict.fromkeys(("Int", "UInt", "Float", "BFloat", "Decimal", "number", "Interval"), "number"),
    **dict.fromkeys(("Date", "DateTime", "time"), "time"),
    **dict.fromkeys(("String", "FixedString", "Enum", "UUID", "IPv", "string"), "string"),
}


@dataclass(frozen=True)
class Column:
    """A column of an answer. ``type`` is ClickHouse's name of its type, or just its kind.

    Values: int, float, Decimal; str; aware datetime, date; None for NULL.
    """

    name: str
    type: str
    values: Sequence[Any]

    @property
    def kind(self) -> Kind:
        """What can be drawn of it."""
        return kind_of(self.type)


@dataclass(frozen=True)
class Frame:
    """An answer by columns, all of the same length."""

    columns: tuple[Column, ...]

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return len(self.columns[0].values) if self.columns else 0

    def column(self, name: str) -> Column | None:
        """The first column of that name."""
        return next((column for column in self.columns if column.name == name), None)


def kind_of(type: str) -> Kind:
    """What a type of ClickHouse's holds: ``LowCardinality(Nullable(String))`` strings."""
    bare = type
    while (inner := re.fullmatch(r"(?:LowCardinality|Nullable)\((.*)\)", bare)) is not None:
        bare = inner[1]
    word = re.match(r"[A-Za-z]+", bare)
    return KINDS.get(word[0], "other") if word else "other"


def wide(frames: Sequence[Frame]) -> Frame:
    """Answers over time as one: a column ``time``, in order, and a column of numbers a series.

    An answer with strings beside its numbers is long: each combination of them is a series of each
    column of numbers, named after that column and the strings, by the strings alone where the
    column is called ``Value``. What an answer says nothing about at some time is None.
    """
    return _merged(frames, ("number",))


def lanes(frames: Sequence[Frame]) -> Frame:
    """The same for states, which may be strings: where an answer has no numbers, each of its
    columns is a lane.
    """
    return _merged(frames, ("number", "string", "other"))


Series = tuple[str, str, dict[datetime, Any]]
"""Name, type, and the value at each time."""


def _merged(frames: Sequence[Frame], kinds: Sequence[Kind]) -> Frame:
    series = [one for frame in frames for one in _series(frame, kinds)]
    times = sorted({at for frame in frames for at in _times(frame) if at is not None})
    columns = [
        Column(name, type, [values.get(at) for at in times]) for name, type, values in series
    ]
    return Frame((Column(TIME, "time", times), *columns))


def _series(frame: Frame, kinds: Sequence[Kind]) -> list[Series]:
    times = _times(frame)
    numbers = [column for column in frame.columns if column.kind == "number"]
    labels = [column for column in frame.columns if column.kind == "string"]
    if numbers and labels:
        return _long(times, numbers, labels)
    clock = _clock(frame)
    return [
        (column.name, column.type, _at(times, column.values))
        for column in frame.columns
        if column is not clock and column.kind in kinds
    ]


def _long(
    times: Sequence[datetime | None], numbers: Sequence[Column], labels: Sequence[Column]
) -> list[Series]:
    found: dict[tuple[str, ...], Series] = {}
    for row, at in enumerate(times):
        words = [_said(column.values[row]) for column in labels]
        label = " ".join(word for word in words if word)
        for column in numbers:
            name = label if column.name == VALUE else f"{column.name} {label}".strip()
            series = found.setdefault((column.name, *words), (name, column.type, {}))
            if at is not None:
                series[2][at] = column.values[row]
    return list(found.values())


def _said(value: Any) -> str:
    return "" if value is None else str(value)


def _clock(frame: Frame) -> Column | None:
    return next((column for column in frame.columns if column.kind == "time"), None)


def _times(frame: Frame) -> list[datetime | None]:
    """Of each row; none at all where the answer has no column of times."""
    clock = _clock(frame)
    return [_instant(value) for value in clock.values] if clock else []


def _instant(value: Any) -> datetime | None:
    """Aware; a day begins in UTC, as Grafana reads it."""
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=UTC)
    return datetime.combine(value, time(), UTC) if isinstance(value, date) else None


def _at(times: Sequence[datetime | None], values: Sequence[Any]) -> dict[datetime, Any]:
    return {at: value for at, value in zip(times, values, strict=False) if at is not None}


def reduce(column: Column, calc: str) -> Any:
    """One value of a column: ``lastNotNull``, ``last``, ``first``, ``firstNotNull``, ``sum``,
    ``mean``, ``min``, ``max``, ``range``, ``count``. None where there is nothing to go by.

    Raises ValueError for another calculation.
    """
    if calc not in CALCS:
        raise ValueError(f"不认识的汇总方式：{calc}")
    if calc == "count":
        return len(column.values)
    values = list(column.values)
    if calc not in ("last", "first"):
        values = [value for value in values if value is not None]
    return CALCS[calc](values) if values else None


CALCS: Mapping[str, Callable[[list[Any]], Any]] = {
    "lastNotNull": lambda values: values[-1],
    "last": lambda values: values[-1],
    "first": lambda values: values[0],
    "firstNotNull": lambda values: values[0],
    "sum": sum,
    "mean": lambda values: sum(values) / len(values),
    "min": min,
    "max": max,
    "range": lambda values: max(values) - min(values),
    "count": len,
}
