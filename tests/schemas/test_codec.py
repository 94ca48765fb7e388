"""Bytes that are events, and bytes that are none."""

import contextlib
import io
from typing import Any

import fastavro
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.codec import decode, encode, framing
from schemas.errors import RegistryUnavailable, Undecodable, UnknownSchema
from schemas.kinds import kind, kinds


class Shelf:
    """A registry whose ids are 1, 2, …, in the order of the kinds."""

    def __init__(self) -> None:
        self._schemas = {place: of.schema() for place, of in enumerate(kinds().values(), 1)}

    def schema(self, schema_id: int) -> dict[str, Any]:
        try:
            return self._schemas[schema_id]
        except KeyError:
            raise UnknownSchema(str(schema_id)) from None


SHELF = Shelf()
ID = {name: place for place, name in enumerate(kinds(), 1)}
CALL = kind("calls").examples()[0]
VALUE = encode(kind("calls"), ID["calls"], CALL)


def reason(value: bytes | None) -> str:
    with pytest.raises(Undecodable) as caught:
        decode(SHELF, value)
    assert caught.value.detail
    return caught.value.reason


def test_a_value_is_confluent_framing_and_an_avro_datum() -> None:
    out = io.BytesIO()
    fastavro.schemaless_writer(out, kind("calls").schema(), CALL)
    assert b"\x00\x00\x00\x00" + bytes([ID["calls"]]) + out.getvalue() == VALUE
    assert framing(258) == b"\x00\x00\x00\x01\x02"


@pytest.mark.parametrize("value", [None, b""])
def test_no_bytes_are_empty(value: bytes | None) -> None:
    assert reason(value) == "empty"


@pytest.mark.parametrize("value", [b"\x01" + VALUE[1:], b'{"city":"nanjing"}', b"\x00\x00\x00"])
def test_other_framing_is_magic(value: bytes) -> None:
    assert reason(value) == "magic"


@pytest.mark.parametrize("schema_id", [0, 99, 2**31, 2**32 - 1])
def test_an_id_without_a_schema_is_unknown(schema_id: int) -> None:
    assert reason(framing(schema_id) + VALUE[5:]) == "unknown_schema"


def test_every_truncation_is_undecodable() -> None:
    for end in range(5, len(VALUE)):
        assert reason(VALUE[:end]) == "undecodable"


def test_padding_is_trailing() -> None:
    assert reason(VALUE + b"\x00") == "trailing"
    assert reason(VALUE * 2) == "trailing"


@pytest.mark.parametrize("index", [b"\x01", b"\x06", b"\x7f", b"\xff\xff\x7f"])
def test_an_enum_outside_its_symbols_is_undecodable(index: bytes) -> None:
    start = VALUE.index(b"hotline-12320") + len("hotline-12320")
    assert VALUE[start : start + 1] == b"\x00"  # origin: live
    assert reason(VALUE[:start] + index + VALUE[start + 1 :]) == "undecodable"


def test_lengths_beyond_memory_are_undecodable() -> None:
    huge = b"\xfe\xff\xff\xff\xff\xff\xff\xff\xff\x01"
    assert reason(VALUE[:5] + huge + VALUE[6:]) == "undecodable"
    assert reason(VALUE[:5] + b"\x01" + VALUE[6:]) == "undecodable"


def test_text_that_is_no_utf8_is_undecodable() -> None:
    assert reason(VALUE.replace(b"nanjing", b"nan\xffing")) == "undecodable"


def test_a_time_beyond_every_calendar_is_decoded_and_left_to_the_rules() -> None:
    far = encode(kind("calls"), ID["calls"], CALL | {"occurred_at": 2**62})
    assert decode(SHELF, far)[1]["occurred_at"] == 2**62


@given(st.binary(max_size=80), st.sampled_from(sorted(ID.values())))
def test_any_bytes_are_an_event_or_undecodable(datum: bytes, schema_id: int) -> None:
    with contextlib.suppress(Undecodable):
        decode(SHELF, framing(schema_id) + datum)


@given(st.integers(0, len(VALUE) * 8 - 1))
def test_a_flipped_bit_is_another_event_or_undecodable(bit: int) -> None:
    flipped = bytearray(VALUE)
    flipped[bit // 8] ^= 1 << bit % 8
    try:
        found = decode(SHELF, bytes(flipped))
    except Undecodable:
        return
    assert found != (ID["calls"], CALL)


@pytest.mark.parametrize(
    "foreign",
    [
        "string",
        {"type": "map", "values": "int"},
        {"type": "record", "name": "R", "fields": [{"name": "f", "type": "no.such.Type"}]},
    ],
)
def test_somebody_elses_schema_in_the_same_registry_is_none_of_ours(foreign: Any) -> None:
    class Foreign:
        def schema(self, schema_id: int) -> Any:
            assert schema_id == 9
            return foreign

    with pytest.raises(Undecodable) as caught:
        decode(Foreign(), framing(9) + VALUE[5:])
    assert caught.value.reason == "unknown_schema"


def test_a_registry_that_does_not_answer_is_no_fault_of_the_bytes() -> None:
    class Away:
        def schema(self, schema_id: int) -> dict[str, Any]:
            raise RegistryUnavailable(f"schema {schema_id}: away")

    with pytest.raises(RegistryUnavailable):
        decode(Away(), VALUE)
