"""Events to bytes and back: 0x00, the schema id in four bytes, the Avro datum.

Events are mappings in the form that Avro carries: times are UTC milliseconds, dates are days since
1970-01-01, both as whole numbers, so that a time beyond Python's calendar is a rule broken and not
a crash.
"""

import io
import struct
from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache
from typing import Any, NamedTuple, Protocol

import fastavro
from fastavro.schema import SchemaParseException

from schemas.errors import Undecodable, UnknownSchema
from schemas.kinds import Kind
from schemas.rules import check

__all__ = ["check", "decode", "encode", "framing", "key"]

HEADER = 5
_EPOCH = date(1970, 1, 1)


class Schemas(Protocol):
    """Where a writer's schema comes from: a Registry, or a test's stand-in for one."""

    def schema(self, schema_id: int) -> dict[str, Any]:
        """The schema of that id, always the same object; raises UnknownSchema."""


class _Plan(NamedTuple):
    """How to decode what one schema wrote."""

    schema: Any
    enums: dict[str, list[str]]


def framing(schema_id: int) -> bytes:
    """The five bytes before every datum of that schema."""
    return struct.pack(">bI", 0, schema_id)


def encode(of: Kind, schema_id: int, event: Mapping[str, Any]) -> bytes:
    """A Kafka value of the newest version of a kind, whose id in the registry is given.

    Check the event first: what does not fit the schema raises whatever the encoder says.
    """
    out = io.BytesIO()
    out.write(framing(schema_id))
    fastavro.schemaless_writer(out, _writer(of), event)
    return out.getvalue()


def key(of: Kind, event: Mapping[str, Any]) -> bytes:
    """The Kafka key of an event: the fields that its kind names, joined by @, dates as ISO."""
    return "@".join(_readable(field, event[field]) for field in of.key).encode()


def decode(registry: Schemas, value: bytes | None) -> tuple[int, dict[str, Any]]:
    """The schema id and the event of one Kafka value, in the form of its writer's schema.

    Raises Undecodable for bytes that are no event; RegistryUnavailable, to be retried, comes
    through from the registry.
    """
    if not value:
        raise Undecodable("empty", "消息为空")
    if value[0] != 0 or len(value) < HEADER:
        raise Undecodable("magic", "消息不以 0x00 和四字节的模式编号开头，不是 Confluent 格式")
    schema_id: int = struct.unpack_from(">I", value, 1)[0]
    try:
        plan = _plan_of(registry.schema(schema_id))
    except UnknownSchema as error:
        raise Undecodable("unknown_schema", f"模式注册中心没有编号 {schema_id}") from error
    # Somebody else's schema in the same registry: no record, or made of what ours never are.
    except (LookupError, TypeError, ValueError, SchemaParseException) as error:
        raise Undecodable("unknown_schema", f"编号 {schema_id} 不是本系统的模式") from error
    return schema_id, _read(plan, value)


def _read(plan: _Plan, value: bytes) -> dict[str, Any]:
    datum = io.BytesIO(value)
    datum.seek(HEADER)
    try:
        event: Any = fastavro.schemaless_reader(datum, plan.schema, None)
        for field, symbols in plan.enums.items():
            if event[field] is not None:
                event[field] = _symbol(symbols, event[field])
    # What an Avro reader meets in bytes that are none: too few, no UTF-8, lengths beyond memory.
    except (EOFError, ValueError, LookupError, OverflowError, MemoryError, TypeError) as error:
        raise Undecodable("undecodable", "内容与所声明的 Avro 模式不符") from error
    if datum.tell() != len(value):
        raise Undecodable("trailing", f"Avro 内容之后多出 {len(value) - datum.tell()} 字节")
    result: dict[str, Any] = event
    return result


def _symbol(symbols: list[str], index: int) -> str:
    if index < 0:  # Python would count from the end
        raise IndexError(index)
    return symbols[index]


def _readable(field: str, value: Any) -> str:
    """A part of a key: dates as ISO, anything else as it is."""
    if field == "valid_from":
        return (_EPOCH + timedelta(days=value)).isoformat()
    return str(value)


@cache
def _writer(of: Kind) -> Any:
    return fastavro.parse_schema(_plain(of.schema()))


# By identity: a registry gives the same object for the same id, and looking at the whole schema for
# every event would cost more than decoding it. The schema kept beside its plan stays alive, so that
# no other can come to stand at its address.
_plans: dict[int, tuple[dict[str, Any], _Plan]] = {}


def _plan_of(schema: dict[str, Any]) -> _Plan:
    known = _plans.get(id(schema))
    if known is None:
        known = _plans[id(schema)] = (schema, _plan(schema))
    return known[1]


def _plan(schema: dict[str, Any]) -> _Plan:
    """Reads enums as the numbers they are: fastavro takes a negative one for a symbol."""
    enums: dict[str, list[str]] = {}
    fields = []
    for field in _plain(schema)["fields"]:
        branches = field["type"] if isinstance(field["type"], list) else [field["type"]]
        for branch in branches:
            if isinstance(branch, dict) and branch["type"] == "enum":
                enums[field["name"]] = branch["symbols"]
        numbers = ["int" if _is_enum(branch) else branch for branch in branches]
        fields.append({"name": field["name"], "type": numbers if len(numbers) > 1 else numbers[0]})
    plain = {"type": "record", "name": schema["name"], "fields": fields}
    return _Plan(fastavro.parse_schema(plain), enums)


def _is_enum(branch: Any) -> bool:
    return isinstance(branch, dict) and branch["type"] == "enum"


def _plain(schema: Any) -> Any:
    """The same schema without logical types."""
    if isinstance(schema, dict):
        return {name: _plain(part) for name, part in schema.items() if name != "logicalType"}
    if isinstance(schema, list):
        return [_plain(part) for part in schema]
    return schema
