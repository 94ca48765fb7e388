"""How the values of one writer's schema are spliced into an Avro container and read back.

A Kafka value is ``0x00``, the schema id in four bytes, then the datum. The container's schema
therefore begins with a boolean and a float, which take exactly these five bytes, so that no value
is ever sliced; and it ends with four integers, whose bytes are appended to each datum and say
which offset it came from. Enums, times and days are read as the integers that they are on the wire.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from schemas.kinds import Kind

SYNC = b"ningmai-spliced!"
LEADING = [{"name": "_magic", "type": "boolean"}, {"name": "_schema", "type": "float"}]
TRAILING = [
    {"name": "_low", "type": "int"},
    {"name": "_high", "type": "long"},
    {"name": "_partition", "type": "int"},
    {"name": "_appended", "type": {"type": "long", "logicalType": "timestamp-millis"}},
]


def varint(number: int) -> bytes:
    """Avro's encoding of an int or long."""
    number = (number << 1) ^ (number >> 63)
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


@dataclass(frozen=True)
class Layout:
    """One writer's schema, as the worker reads it and as ClickHouse does.

    ``enums``: the writer's symbols by field; ``codes``: the reader's number of each, -1 where it
    has none. ``types`` are the columns of a frame, by the reader's schema. ``defaults``: what the
    reader puts where the writer lacks a field, plain. ``simple``: polars can read it (no arrays);
    otherwise values are decoded one by one.
    """

    kind: Kind
    schema_id: int
    fields: frozenset[str]
    enums: Mapping[str, tuple[str, ...]]
    codes: Mapping[str, tuple[int, ...]]
    types: Mapping[str, type[pl.DataType]]
    defaults: Mapping[str, Any]
    simple: bool
    frame_header: bytes = field(repr=False)
    table_header: bytes = field(repr=False)


def layout(kind: Kind, schema_id: int, writer: Mapping[str, Any]) -> Layout:
    """The layout of a writer's schema, read by the newest schema of its kind."""
    reader = {f["name"]: f for f in kind.schema()["fields"]}
    types = {f["name"]: f["type"] for f in writer["fields"]}
    enums = {name: symbols for name, t in types.items() if (symbols := symbols_of(t))}
    return Layout(
        kind=kind,
        schema_id=schema_id,
        fields=frozenset(types),
        enums=enums,
        codes={
            n: _codes(s, symbols_of(reader[n]["type"])) for n, s in enums.items() if n in reader
        },
        types={name: _dtype(f["type"]) for name, f in reader.items() if not _nested(f["type"])},
        defaults={name: _default(f) for name, f in reader.items() if name not in types},
        simple=not any(_nested(t) for t in types.values()),
        frame_header=_header(writer, _as_codes),
        table_header=_header(writer, lambda t: t),
    )


def symbols_of(avro: Any) -> tuple[str, ...]:
    """Symbols of an enum or nullable enum, in order; of another type: none."""
    if isinstance(avro, list):
        return next((s for branch in avro if (s := symbols_of(branch))), ())
    if isinstance(avro, dict) and avro["type"] == "enum":
        return tuple(avro["symbols"])
    return ()


def _codes(writer: tuple[str, ...], reader: tuple[str, ...]) -> tuple[int, ...]:
    return tuple(reader.index(s) if s in reader else -1 for s in writer)


DTYPES = {
    "string": pl.String,
    "int": pl.Int32,
    "long": pl.Int64,
    "enum": pl.Int32,
    "boolean": pl.Boolean,
    "float": pl.Float32,
    "double": pl.Float64,
    "bytes": pl.Binary,
}


def _dtype(avro: Any) -> type[pl.DataType]:
    if isinstance(avro, list):
        avro = next(branch for branch in avro if branch != "null")
    return DTYPES[avro["type"] if isinstance(avro, dict) else avro]


def _default(field: Mapping[str, Any]) -> Any:
    symbols, value = symbols_of(field["type"]), field.get("default")
    return symbols.index(value) if symbols and value is not None else value


def _nested(avro: Any) -> bool:
    if isinstance(avro, list):
        return any(_nested(branch) for branch in avro)
    return isinstance(avro, dict) and avro["type"] in {"array", "map", "record"}


def _as_codes(avro: Any) -> Any:
    if isinstance(avro, list):
        return [_as_codes(branch) for branch in avro]
    if not isinstance(avro, dict) or _nested(avro):
        return avro
    return "int" if avro["type"] == "enum" else avro["type"]  # times and days as plain numbers


def _header(writer: Mapping[str, Any], convert: Any) -> bytes:
    fields = [{"name": f["name"], "type": convert(f["type"])} for f in writer["fields"]]
    schema = {"type": "record", "name": "spliced", "fields": [*LEADING, *fields, *TRAILING]}
    text = json.dumps(schema).encode()
    metadata = (b"avro.schema", text, b"avro.codec", b"null")
    return b"".join((b"Obj\x01", varint(2), *map(_text, metadata), b"\0", SYNC))


def _text(text: bytes) -> bytes:
    return varint(len(text)) + text


def block(count: int, data: bytes) -> bytes:
    """One data block of a container: as many as one likes may follow a header."""
    return b"".join((varint(count), varint(len(data)), data, SYNC))
