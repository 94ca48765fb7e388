"""ClickHouse's types as Native writes them: their binary encoding, their names, their data's end.

Only ends are looked for: no value is read, so that a result passes at the price of its strings.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from clickhouse.embedded.faults import Fault

RESERVED = r"(?i:all|distinct|false|from|null|select|some|table|top|true|values)"
KEPT = re.compile(rf"(?!{RESERVED}$)[A-Za-z_][A-Za-z0-9_]*")  # names that need no quotes
ESCAPES = str.maketrans(
    {"\\": "\\\\", "\b": r"\b", "\f": r"\f", "\n": r"\n", "\r": r"\r", "\t": r"\t", "\0": r"\0"}
)
INTERVALS = (
    *("Nanosecond", "Microsecond", "Millisecond", "Second", "Minute", "Hour"),
    *("Day", "Week", "Month", "Quarter", "Year"),
)
PREFIX = 8  # bytes of the version before a LowCardinality's data
GLOBAL_KEYS = 0x100  # a LowCardinality whose keys stand elsewhere; files have it, answers don't


class Cursor:
    """A place in some bytes, moved on by what is read. Raises IndexError where they end early."""

    def __init__(self, body: bytes) -> None:
        self.body, self.at = body, 0

    def varint(self) -> int:
        """The number in the next bytes, seven bits in each."""
        found, shift = 0, 0
        while True:
            byte = self.body[self.at]
            self.at += 1
            found |= (byte & 0x7F) << shift
            if byte < 0x80:
                return found
            shift += 7

    def fixed(self, size: int) -> int:
        """The number in the next bytes, little end first."""
        return int.from_bytes(self.skipped(size), "little")

    def text(self) -> str:
        """The text whose length stands before it; bytes that are no UTF-8 come out as they are."""
        return self.skipped(self.varint()).decode(errors="surrogateescape")

    def skipped(self, size: int) -> bytes:
        """The next bytes."""
        self.skip(size)
        return self.body[self.at - size : self.at]

    def skip(self, size: int) -> None:
        """Move on."""
        self.at += size
        if self.at > len(self.body):
            raise IndexError(self.at)


@dataclass(frozen=True)
class Type:
    """A type: its name, what moves a cursor behind so many values, and the bytes before them all.

    What a type needs before its data stands in front of the whole column, also from deep inside.
    """

    name: str
    skip: Callable[[Cursor, int], None]
    prefix: int = 0


def read(cursor: Cursor) -> Type:
    """The type whose binary encoding is next. Raises Fault for one that is not known."""
    tag = cursor.fixed(1)
    if tag in SIMPLE:
        return SIMPLE[tag]
    if tag not in COMPOUND:
        raise unknown(OTHERS.get(tag, f"0x{tag:02X}"))
    return COMPOUND[tag](cursor)


def unknown(name: str) -> Fault:
    """The refusal of a column that cannot be sent."""
    reason = f"Columns of type {name} cannot be sent in Native to this client: use toString()"
    return Fault(48, "NOT_IMPLEMENTED", reason)


def quoted(text: str, quote: str) -> str:
    """A text in quotes, as the engine prints names of types."""
    return quote + text.translate(ESCAPES).replace(quote, "\\" + quote) + quote


def sized(name: str, size: int) -> Type:
    """A type with so many bytes for each value."""

    def skip(cursor: Cursor, rows: int) -> None:
        cursor.skip(size * rows)

    return Type(name, skip)


def _skip_strings(cursor: Cursor, rows: int) -> None:
    body, at = cursor.body, cursor.at
    for _ in range(rows):  # the one loop over values: kept as plain as can be
        size = body[at]
        if size < 0x80:
            at += size + 1
        else:
            cursor.at = at
            size = cursor.varint()
            at = cursor.at + size
    cursor.at = at
    cursor.skip(0)


def array(inner: Type) -> Type:
    """Where each value's elements end, then all elements."""

    def skip(cursor: Cursor, rows: int) -> None:
        if rows:
            cursor.skip(8 * (rows - 1))
            inner.skip(cursor, cursor.fixed(8))

    return Type(f"Array({inner.name})", skip, inner.prefix)


def together(elements: list[Type], name: str) -> Type:
    """A tuple: its elements' columns one after another; a byte for each value if it has none."""

    def skip(cursor: Cursor, rows: int) -> None:
        for element in elements:
            element.skip(cursor, rows)
        if not elements:
            cursor.skip(rows)

    return Type(name, skip, sum(element.prefix for element in elements))


def nullable(inner: Type) -> Type:
    """Which values are NULL, a byte each, then all values."""

    def skip(cursor: Cursor, rows: int) -> None:
        cursor.skip(rows)
        inner.skip(cursor, rows)

    return Type(f"Nullable({inner.name})", skip, inner.prefix)


def low_cardinality(inner: Type, keys: Type) -> Type:
    """The different values, then a number for each. ``keys``: the inner type without Nullable."""

    def skip(cursor: Cursor, rows: int) -> None:
        if not rows:
            return
        about = cursor.fixed(8)
        if about & GLOBAL_KEYS:
            raise unknown("LowCardinality with shared keys")
        keys.skip(cursor, cursor.fixed(8))
        cursor.skip(cursor.fixed(8) << (about & 0xFF))

    return Type(f"LowCardinality({inner.name})", skip, PREFIX)


def _low_cardinality(cursor: Cursor) -> Type:
    if cursor.body[cursor.at] == NULLABLE:
        cursor.skip(1)
        keys = read(cursor)
        return low_cardinality(nullable(keys), keys)
    keys = read(cursor)
    return low_cardinality(keys, keys)


def _date_time(cursor: Cursor) -> Type:
    return sized(f"DateTime({quoted(cursor.text(), QUOTE)})", 4)


def _date_time_64(cursor: Cursor) -> Type:
    scale = cursor.fixed(1)
    return sized(f"DateTime64({scale}, {quoted(cursor.text(), QUOTE)})", 8)


def _with_scale(name: str, cursor: Cursor) -> Type:
    return sized(f"{name}({cursor.fixed(1)})", 8)


def _decimal(size: int, cursor: Cursor) -> Type:
    return sized(f"Decimal({cursor.fixed(1)}, {cursor.fixed(1)})", size)


def _fixed_string(cursor: Cursor) -> Type:
    size = cursor.varint()
    return sized(f"FixedString({size})", size)


def _enum(size: int, cursor: Cursor) -> Type:
    values = []
    for _ in range(cursor.varint()):
        name = quoted(cursor.text(), QUOTE)
        number = int.from_bytes(cursor.skipped(size), "little", signed=True)
        values.append(f"{name} = {number}")
    return sized(f"Enum{8 * size}({', '.join(values)})", size)


def _tuple(cursor: Cursor) -> Type:
    elements = [read(cursor) for _ in range(cursor.varint())]
    return together(elements, f"Tuple({', '.join(element.name for element in elements)})")


def _named(cursor: Cursor) -> tuple[list[Type], str]:
    """Elements with names, and how they stand in the brackets."""
    elements, names = [], []
    for _ in range(cursor.varint()):
        name = cursor.text()
        elements.append(read(cursor))
        shown = name if KEPT.fullmatch(name) else quoted(name, BACKQUOTE)
        names.append(f"{shown} {elements[-1].name}")
    return elements, ", ".join(names)


def _named_tuple(cursor: Cursor) -> Type:
    elements, names = _named(cursor)
    return together(elements, f"Tuple({names})")


def _nested(cursor: Cursor) -> Type:
    elements, names = _named(cursor)
    return replace(array(together(elements, "")), name=f"Nested({names})")


def _map(cursor: Cursor) -> Type:
    pair = [read(cursor), read(cursor)]
    name = f"Map({pair[0].name}, {pair[1].name})"
    return replace(array(together(pair, "")), name=name)


def _interval(cursor: Cursor) -> Type:
    return sized(f"Interval{INTERVALS[cursor.fixed(1)]}", 8)


def _simple_aggregate(cursor: Cursor) -> Type:
    """A value of its argument's type, as it is while it is being summed up."""
    function, parameters = cursor.text(), cursor.varint()
    if parameters:
        raise unknown(f"SimpleAggregateFunction({function}(…), …)")
    arguments = [read(cursor) for _ in range(cursor.varint())]
    names = ", ".join([function, *(argument.name for argument in arguments)])
    return replace(arguments[0], name=f"SimpleAggregateFunction({names})")


def _custom(cursor: Cursor) -> Type:
    """One of the types that are another under a name: those of geometry."""
    name = cursor.text()
    if name not in SHAPES:
        raise unknown(name)
    dimensions = SHAPES[name]
    inner = together([SIMPLE[0x0E], SIMPLE[0x0E]], "")
    for _ in range(dimensions):
        inner = array(inner)
    return replace(inner, name=name)


QUOTE, BACKQUOTE, NULLABLE = "'", "`", 0x23
SHAPES = {
    "Point": 0,
    "Ring": 1,
    "LineString": 1,
    "MultiLineString": 2,
    "Polygon": 2,
    "MultiPolygon": 3,
}
# By the byte that stands for a type in the engine's binary encoding of types.
SIMPLE = {
    0x00: sized("Nothing", 1),
    0x01: sized("UInt8", 1),
    0x02: sized("UInt16", 2),
    0x03: sized("UInt32", 4),
    0x04: sized("UInt64", 8),
    0x05: sized("UInt128", 16),
    0x06: sized("UInt256", 32),
    0x07: sized("Int8", 1),
    0x08: sized("Int16", 2),
    0x09: sized("Int32", 4),
    0x0A: sized("Int64", 8),
    0x0B: sized("Int128", 16),
    0x0C: sized("Int256", 32),
    0x0D: sized("Float32", 4),
    0x0E: sized("Float64", 8),
    0x0F: sized("Date", 2),
    0x10: sized("Date32", 4),
    0x11: sized("DateTime", 4),
    0x15: Type("String", _skip_strings),
    0x1D: sized("UUID", 16),
    0x28: sized("IPv4", 4),
    0x29: sized("IPv6", 16),
    0x2D: sized("Bool", 1),
    0x31: sized("BFloat16", 2),
    0x32: sized("Time", 4),
}
COMPOUND: dict[int, Callable[[Cursor], Type]] = {
    0x12: _date_time,
    0x13: partial(_with_scale, "DateTime64"),
    0x14: _date_time_64,
    0x16: _fixed_string,
    0x17: partial(_enum, 1),
    0x18: partial(_enum, 2),
    0x19: partial(_decimal, 4),
    0x1A: partial(_decimal, 8),
    0x1B: partial(_decimal, 16),
    0x1C: partial(_decimal, 32),
    0x1E: lambda cursor: array(read(cursor)),
    0x1F: _tuple,
    0x20: _named_tuple,
    0x22: _interval,
    NULLABLE: lambda cursor: nullable(read(cursor)),
    0x26: _low_cardinality,
    0x27: _map,
    0x2C: _custom,
    0x2E: _simple_aggregate,
    0x2F: _nested,
    0x33: partial(_with_scale, "Time64"),
}
OTHERS = {
    0x21: "Set",
    0x24: "Function",
    0x25: "AggregateFunction",
    0x2A: "Variant",
    0x2B: "Dynamic",
    0x30: "JSON",
}
