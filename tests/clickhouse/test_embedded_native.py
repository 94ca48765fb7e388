"""Native at a client's revision, byte for byte: by hand, by algebra, and by the engine itself."""

import struct
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from clickhouse.embedded.faults import Fault
from clickhouse.embedded.native import revision, rewritten, varint

# Field 1: overflows, no. Field 2: bucket, -1. No more fields.
INFO = bytes.fromhex("01 00 02 ff ff ff ff 00")


def text(value: str) -> bytes:
    return varint(len(value.encode())) + value.encode()


def numbers(*values: int) -> bytes:
    return struct.pack(f"<{len(values)}Q", *values)


def test_a_client_gets_its_revision_or_the_newest_known() -> None:
    assert [revision(version) for version in ("0", "54405", "54460")] == [0, 54405, 54460]
    assert revision("54499") == 54460
    for version in ("54032", "-1", "new", ""):
        with pytest.raises(Fault, match="client_protocol_version"):
            revision(version)


def test_what_clickhouse_sends_for_select_1() -> None:
    written = bytes.fromhex("01 01 05 63 68 65 63 6b 01 01")
    assert rewritten(written, 54460) == bytes.fromhex(
        "01 00 02 ff ff ff ff 00"  # what kind of block
        "01 01"  # columns, rows
        "05 63 68 65 63 6b 05 55 49 6e 74 38"  # check, UInt8
        "00"  # stored the ordinary way
        "01"
    )
    assert rewritten(written, 54405) == INFO + b"\x01\x01\x05check\x05UInt8\x01"


def test_no_rows_are_no_bytes_or_a_block_without_data() -> None:
    assert rewritten(b"", 54460) == b""
    written = b"\x01\x00\x01a\x26\x15"
    assert rewritten(written, 54460) == INFO + b"\x01\x00\x01a\x16LowCardinality(String)\x00"


ZONE = text("Asia/Shanghai")
KEYS = numbers(1), numbers(0x600, 2) + text("") + text("k") + numbers(2) + b"\x01\x00"
TYPES = [
    (b"\x00", "Nothing", b"00"),
    (b"\x01", "UInt8", bytes(2)),
    (b"\x06", "UInt256", bytes(64)),
    (b"\x0c", "Int256", bytes(64)),
    (b"\x0d", "Float32", bytes(8)),
    (b"\x0e", "Float64", bytes(16)),
    (b"\x0f", "Date", bytes(4)),
    (b"\x10", "Date32", bytes(8)),
    (b"\x11", "DateTime", bytes(8)),
    (b"\x12" + ZONE, "DateTime('Asia/Shanghai')", bytes(8)),
    (b"\x13\x03", "DateTime64(3)", bytes(16)),
    (b"\x14\x06" + ZONE, "DateTime64(6, 'Asia/Shanghai')", bytes(16)),
    (b"\x15", "String", text("南京") + text("x" * 300)),
    (b"\x16\xac\x02", "FixedString(300)", bytes(600)),
    (b"\x17\x02\x03a'\n\xff\x01b\x00", r"Enum8('a\'\n' = -1, 'b' = 0)", bytes(2)),
    (b"\x18\x01\x01b\xe8\x03", "Enum16('b' = 1000)", bytes(4)),
    (b"\x19\x09\x02", "Decimal(9, 2)", bytes(8)),
    (b"\x1a\x12\x04", "Decimal(18, 4)", bytes(16)),
    (b"\x1b\x26\x0a", "Decimal(38, 10)", bytes(32)),
    (b"\x1c\x4c\x14", "Decimal(76, 20)", bytes(64)),
    (b"\x1d", "UUID", bytes(32)),
    (b"\x1e\x15", "Array(String)", numbers(2, 3) + text("a") + text("") + text("c")),
    (b"\x1e\x1e\x02", "Array(Array(UInt16))", numbers(0, 2) + numbers(1, 1) + bytes(2)),
    (b"\x1f\x00", "Tuple()", b"00"),
    (b"\x1f\x02\x01\x15", "Tuple(UInt8, String)", bytes(2) + text("a") + text("b")),
    (b"\x20\x02\x01n\x01\x03b c\x02", "Tuple(n UInt8, `b c` UInt16)", bytes(2) + bytes(4)),
    (b"\x22\x06", "IntervalDay", bytes(16)),
    (b"\x23\x15", "Nullable(String)", b"\x00\x01" + text("a") + text("")),
    (b"\x23\x00", "Nullable(Nothing)", b"\x01\x0100"),
    (b"\x26\x15", "LowCardinality(String)", b"".join(KEYS)),
    (b"\x26\x23\x15", "LowCardinality(Nullable(String))", b"".join(KEYS)),
    (b"\x1e\x26\x15", "Array(LowCardinality(String))", KEYS[0] + numbers(0, 2) + KEYS[1]),
    (b"\x1e\x26\x15", "Array(LowCardinality(String))", KEYS[0] + numbers(0, 0)),
    (b"\x27\x15\x01", "Map(String, UInt8)", numbers(1, 1) + text("k") + b"\x07"),
    (b"\x27\x26\x15\x26\x15", "Map(LowCardinality(String), LowCardinality(String))",
     KEYS[0] * 2 + numbers(1, 2) + KEYS[1] * 2),
    (b"\x28", "IPv4", bytes(8)),
    (b"\x29", "IPv6", bytes(32)),
    (b"\x2c\x05Point", "Point", bytes(32)),
    (b"\x2c\x07Polygon", "Polygon", numbers(1, 1) + numbers(1) + bytes(16)),
    (b"\x2d", "Bool", bytes(2)),
    (b"\x2e\x03sum\x00\x01\x04", "SimpleAggregateFunction(sum, UInt64)", bytes(16)),
    (b"\x2f\x01\x01x\x01", "Nested(x UInt8)", numbers(0, 1) + b"\x05"),
    (b"\x33\x03", "Time64(3)", bytes(16)),
]  # fmt: skip


@pytest.mark.parametrize(("binary", "name", "data"), TYPES, ids=[kind[1] for kind in TYPES])
def test_each_type_has_its_name_and_its_end(binary: bytes, name: str, data: bytes) -> None:
    written = b"\x02\x02" + text("a") + binary + data + text("b") + b"\x01" + b"\x08\x09"
    expected = b"\x02\x02" + text("a") + text(name) + b"\x00" + data
    expected += text("b") + text("UInt8") + b"\x00" + b"\x08\x09"
    assert rewritten(written * 2, 54460) == (INFO + expected) * 2


@pytest.mark.parametrize(
    ("binary", "name"),
    [
        (b"\x25\x00\x03sum\x00\x01\x01", "AggregateFunction"),
        (b"\x2a\x01\x15", "Variant"),
        (b"\x2b\x20", "Dynamic"),
        (b"\x30\x00", "JSON"),
        (b"\x2c\x03Own", "Own"),
        (b"\xee", "0xEE"),
        (b"\x2e\x01f\x01\x00\x01\x04", "SimpleAggregateFunction"),
    ],
)
def test_a_type_that_is_not_known_is_refused_by_name(binary: bytes, name: str) -> None:
    with pytest.raises(Fault, match=name) as fault:
        rewritten(b"\x01\x01\x01a" + binary, 54460)
    assert fault.value.code == 48


@dataclass(frozen=True)
class Kind:
    """A type in both spellings, and how to make a column of it."""

    binary: bytes
    name: str
    data: Callable[[Random, int], bytes]
    prefix: bytes = b""


def fixed(binary: bytes, name: str, size: int) -> Kind:
    return Kind(binary, name, lambda random, rows: random.randbytes(size * rows))


def strings(random: Random, rows: int) -> bytes:
    values = [random.randbytes(random.choice([0, 1, 5, 127, 128, 300])) for _ in range(rows)]
    return b"".join(varint(len(value)) + value for value in values)


def nullable(inner: Kind) -> Kind:
    def data(random: Random, rows: int) -> bytes:
        return random.randbytes(rows) + inner.data(random, rows)

    return Kind(b"\x23" + inner.binary, f"Nullable({inner.name})", data)


def low_cardinality(inner: Kind) -> Kind:
    def data(random: Random, rows: int) -> bytes:
        if not rows:
            return b""
        width, keys = random.randint(0, 3), random.randint(1, 5)
        places = bytes(rows << width)
        return numbers(0x600 | width, keys) + inner.data(random, keys) + numbers(rows) + places

    return Kind(b"\x26" + inner.binary, f"LowCardinality({inner.name})", data, numbers(1))


def several(random: Random, rows: int, data: Callable[[Random, int], bytes]) -> bytes:
    ends, end = [], 0
    for _ in range(rows):
        ends.append(end := end + random.randint(0, 3))
    return numbers(*ends) + data(random, end)


def array(inner: Kind) -> Kind:
    def data(random: Random, rows: int) -> bytes:
        return several(random, rows, inner.data)

    return Kind(b"\x1e" + inner.binary, f"Array({inner.name})", data, inner.prefix)


def pair(first: Kind, second: Kind, tag: bytes, name: str, many: bool) -> Kind:
    def both(random: Random, rows: int) -> bytes:
        return first.data(random, rows) + second.data(random, rows)

    def data(random: Random, rows: int) -> bytes:
        return several(random, rows, both) if many else both(random, rows)

    names = f"{name}({first.name}, {second.name})"
    return Kind(tag + first.binary + second.binary, names, data, first.prefix + second.prefix)


Block = tuple[bytes, bytes]
STRING = Kind(b"\x15", "String", strings)
PLAIN = st.sampled_from([fixed(b"\x01", "UInt8", 1), fixed(b"\x1d", "UUID", 16), STRING])
LEAVES = PLAIN | st.builds(nullable, PLAIN) | st.builds(low_cardinality, PLAIN)


def nested(inner: SearchStrategy[Kind]) -> SearchStrategy[Kind]:
    tuples = st.builds(pair, inner, inner, st.just(b"\x1f\x02"), st.just("Tuple"), st.just(False))
    maps = st.builds(pair, inner, inner, st.just(b"\x27"), st.just("Map"), st.just(True))
    return st.builds(array, inner) | tuples | maps


KINDS = st.lists(st.recursive(LEAVES, nested, max_leaves=4), min_size=1, max_size=3)
NAMES = st.sampled_from(["a", "", "北京", "x" * 200])


@st.composite
def blocks(draw: DrawFn) -> Block:
    """A block as the engine writes it, and as the client reads it."""
    kinds = draw(KINDS)
    rows, random = draw(st.integers(0, 4)), Random(draw(st.integers(0, 1000)))
    head = varint(len(kinds)) + varint(rows)
    written, expected = [head], [INFO, head]
    for kind in kinds:
        name = text(draw(NAMES))
        data = kind.prefix + kind.data(random, rows) if rows else b""
        written += [name, kind.binary, data]
        expected += [name, text(kind.name), b"\x00", data]
    return b"".join(written), b"".join(expected)


@given(blocks(), blocks())
def test_blocks_are_rewritten_one_by_one(one: Block, two: Block) -> None:
    assert rewritten(one[0] + two[0], 54460) == one[1] + two[1]


@given(blocks(), st.data())
def test_a_block_that_is_cut_off_is_never_sent(block: Block, data: st.DataObject) -> None:
    end = data.draw(st.integers(1, len(block[0]) - 1))
    with pytest.raises(Fault):
        rewritten(block[0][:end], 54460)
