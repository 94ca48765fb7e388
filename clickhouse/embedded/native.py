"""Native as clients read it that name a protocol version: clickhouse-go, and so Grafana's plugin.

chDB writes Native as of revision 0. From some revision on each block begins with what kind of
block it is, and from a later one each column says that it is stored the ordinary way. Both are
constants here, but to put them in their places the blocks must be walked.
"""

from collections.abc import Iterator

from clickhouse.embedded.faults import Fault
from clickhouse.embedded.types import Cursor, read

OLDEST, WITH_KINDS, NEWEST = 54405, 54454, 54460
# The engine's types in binary: as text, revision 0 leaves out the time zone of a DateTime.
SETTINGS = {"output_format_native_encode_types_in_binary_format": "1"}
# Fields by number, ended by 0. 1: no row for "other" keys (UInt8). 2: no bucket, -1 (Int32).
BLOCK = b"\x01\x00\x02\xff\xff\xff\xff\x00"
ORDINARY = b"\x00"


def revision(version: str) -> int:
    """The revision to answer at, given ``client_protocol_version``. Raises Fault.

    ClickHouse answers at the client's; what came after NEWEST a client may do without.
    """
    wanted = int(version) if version.isdecimal() else -1
    if wanted and wanted < OLDEST:
        reason = f"client_protocol_version {version}: this server knows 0, and {OLDEST} and later"
        raise Fault(36, "BAD_ARGUMENTS", reason)
    return min(wanted, NEWEST)


def rewritten(body: bytes, revision: int) -> bytes:
    """What the engine wrote under SETTINGS, as of a revision that is not 0. Raises Fault.

    A result without rows has no block, and so no bytes, at any revision.
    """
    cursor = Cursor(body)
    try:
        return b"".join(_pieces(cursor, revision))
    except IndexError as error:
        reason = f"The result's Native blocks end within a value, at byte {cursor.at}"
        raise Fault(33, "CANNOT_READ_ALL_DATA", reason) from error


def _pieces(cursor: Cursor, revision: int) -> Iterator[bytes | memoryview]:
    whole = memoryview(cursor.body)
    while cursor.at < len(whole):
        begins = cursor.at
        columns, rows = cursor.varint(), cursor.varint()
        yield BLOCK
        yield whole[begins : cursor.at]
        for _ in range(columns):
            yield from _column(cursor, whole, rows, revision)


def _column(
    cursor: Cursor, whole: memoryview, rows: int, revision: int
) -> Iterator[bytes | memoryview]:
    begins = cursor.at
    cursor.skip(cursor.varint())
    yield whole[begins : cursor.at]
    kind = read(cursor)
    name = kind.name.encode(errors="surrogateescape")
    yield varint(len(name)) + name + (ORDINARY if revision >= WITH_KINDS else b"")
    begins = cursor.at
    if rows:
        cursor.skip(kind.prefix)
        kind.skip(cursor, rows)
    yield whole[begins : cursor.at]


def varint(number: int) -> bytes:
    """A number in as few bytes as it needs, seven bits in each."""
    found = bytearray()
    while number > 0x7F:
        found.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*found, number])
