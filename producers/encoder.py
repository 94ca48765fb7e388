"""Events to Kafka values, checked on the way: the same verdict and bytes as schemas/, much faster.

A source says the same codes again and again. So a field's value is checked and encoded once and
remembered; only the id, the time and whole numbers are worked out for every event.
"""

from collections.abc import Callable
from functools import lru_cache
from io import BytesIO
from operator import attrgetter
from typing import Any

import fastavro

from producers.events import Event, plain
from schemas import rules
from schemas.codec import framing, key
from schemas.errors import RuleBroken
from schemas.kinds import Kind

REMEMBERED = 4096
"""Values of one field whose bytes are kept."""

Write = Callable[[Any], bytes]


class Encoder:
    """Checks and encodes the events of one kind. Every method raises RuleBroken."""

    def __init__(self, of: Kind, schema_id: int) -> None:
        names = [field["name"] for field in of.schema()["fields"]]
        # The id and the time stand first in every schema: all else is the tail.
        if names[:2] != ["event_id", "occurred_at"]:
            raise ValueError(f"{of.name}: event_id and occurred_at must stand first")
        self._kind = of
        self.keyed_by_id: bool = of.key == ("event_id",)
        self._values = attrgetter(*names[2:])
        self._writers = [_writer(of, field) for field in of.schema()["fields"][2:]]
        self._ahead = [name for name in names if name in rules.AHEAD_DATES]
        # An id is at most 64 characters, so framing and length together are one of 65.
        self._starts = [framing(schema_id) + varint(size) for size in range(rules.LONGEST + 1)]

    def head(self, event_id: str, occurred_at: int, now_ms: int) -> bytes:
        """Framing, id and time, both checked; ``now_ms`` bounds the time."""
        if type(event_id) is not str:
            raise RuleBroken("event_id", "type", "须为字符串")
        rules.check_id("event_id", event_id)
        rules.check_personal("event_id", event_id)
        rules.check_occurred(occurred_at)
        rules.check_not_ahead(occurred_at, now_ms)
        return self._starts[len(event_id)] + event_id.encode() + varint(occurred_at)

    def tail(self, event: Event, now_ms: int) -> bytes:
        """Everything after the time."""
        try:
            written = [
                write(value)
                for write, value in zip(self._writers, self._values(event), strict=True)
            ]
        except TypeError:  # a value that cannot be remembered, such as a list for a city
            rules.check(self._kind, event.to_mapping(), now_ms)
            raise
        rules.check_retraction(event.sign, event.corrects)
        for field in self._ahead:
            rules.check_day_not_ahead(field, plain(getattr(event, field)), now_ms)
        return b"".join(written)

    def key(self, event: Event) -> bytes:
        """The Kafka key of an event that has been checked."""
        return event.event_id.encode() if self.keyed_by_id else key(self._kind, event.to_mapping())

    def encode(self, event: Event, now_ms: int) -> tuple[bytes, bytes]:
        """Kafka key and value of an event."""
        at = plain(event.occurred_at)
        value = self.head(event.event_id, at, now_ms) + self.tail(event, now_ms)
        return self.key(event), value


def varint(value: int) -> bytes:
    """A whole number as Avro writes it: zigzag, seven bits a byte, the lowest first."""
    rest = (value << 1) ^ (value >> 63)
    if 1 << 35 <= rest < 1 << 42:  # every time from 1970-07 to 2039-09 in milliseconds
        return bytes(
            (
                rest & 127 | 128,
                rest >> 7 & 127 | 128,
                rest >> 14 & 127 | 128,
                rest >> 21 & 127 | 128,
                rest >> 28 & 127 | 128,
                rest >> 35,
            )
        )
    out = bytearray()
    while rest > 127:
        out.append(rest & 127 | 128)
        rest >>= 7
    out.append(rest)
    return bytes(out)


def _writer(of: Kind, field: dict[str, Any]) -> Write:
    """Checks one field of an event and writes it as Avro."""
    name, avro = field["name"], field["type"]
    check_value = rules.field_checks(of)[name]
    write_value = _write_number(avro) or _write_any(avro)

    def write(value: Any) -> bytes:
        value = plain(value)
        check_value(value)
        rules.check_source_field(name, value)
        return write_value(value)

    if _is_array(avro) or (_write_number(avro) and name != "sign"):
        return write  # never twice the same
    # typed: True is no 1, though Python finds them equal.
    return lru_cache(maxsize=REMEMBERED, typed=True)(write)


def _write_number(avro: Any) -> Write | None:
    """How to write a whole number, null or not; None where the type is another."""
    if avro in ("int", "long"):
        return varint
    if avro in (["null", "int"], ["null", "long"]):
        return lambda value: b"\x00" if value is None else b"\x02" + varint(value)
    return None


def _write_any(avro: Any) -> Write:
    """How to write any type, the general way."""
    parsed = fastavro.parse_schema(avro)

    def write(value: Any) -> bytes:
        out = BytesIO()
        fastavro.schemaless_writer(out, parsed, value)
        return out.getvalue()

    return write


def _is_array(avro: Any) -> bool:
    return isinstance(avro, dict) and avro["type"] == "array"
