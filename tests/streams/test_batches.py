"""What leans on aiokafka's private parts: these fail when those change."""

from collections.abc import Iterator
from typing import Any

import pytest
from aiokafka.consumer import fetcher
from aiokafka.consumer.fetcher import READ_COMMITTED, PartitionRecords
from aiokafka.errors import CorruptRecordException
from aiokafka.record.default_records import DefaultRecordBatchBuilder
from aiokafka.record.memory_records import MemoryRecords
from aiokafka.structs import TopicPartition

from streams.batches import Batch, BatchRecords, Fetch, from_records, install
from tests.streams.log import APPENDED

TP = TopicPartition("calls", 0)
CONTROL, TRANSACTIONAL, APPEND_TIME = 0x20, 0x10, 0x08


def encoded(start: int, values: list[bytes], attributes: int = 0, producer: int = -1) -> bytearray:
    """A record batch as a broker keeps it, stamped with its append time."""
    builder = DefaultRecordBatchBuilder(
        magic=2,
        compression_type=0,
        is_transactional=0,
        producer_id=producer,
        producer_epoch=0 if producer >= 0 else -1,
        base_sequence=0,
        batch_size=1 << 20,
    )
    for n, value in enumerate(values):
        key = b"\x00\x00\x00\x00" if attributes & CONTROL else None
        builder.append(n, APPENDED, key, value, [])
    data = bytearray(builder.build())
    data[0:8] = start.to_bytes(8, "big")
    data[21:23] = (attributes | APPEND_TIME).to_bytes(2, "big")
    return with_crc(data)


def with_crc(data: bytearray) -> bytearray:
    from aiokafka.record.util import calc_crc32c

    data[17:21] = calc_crc32c(bytes(data[21:])).to_bytes(4, "big")
    return data


def unpacked(kind: type, data: bytes, fetch_offset: int = 0, **others: Any) -> Iterator[Any]:
    arguments = {
        "aborted_transactions": others.get("aborted"),
        "fetch_offset": fetch_offset,
        "key_deserializer": None,
        "value_deserializer": None,
        "check_crcs": True,
        "isolation_level": READ_COMMITTED,
    }
    records = kind(TP, MemoryRecords(bytes(data)), **arguments)
    yield from records
    yield records.next_fetch_offset


def both(data: bytes, fetch_offset: int = 0, **others: Any) -> tuple[list[Batch], int]:
    """The batches, after a check that they hold what aiokafka's own records hold."""
    *records, after = unpacked(PartitionRecords, data, fetch_offset, **others)
    *batches, mine = unpacked(BatchRecords, data, fetch_offset, **others)
    flat = [(o, v) for b in batches for o, v in zip(b.offsets, b.values, strict=True)]
    assert flat == [(record.offset, record.value) for record in records]
    assert mine == after
    return batches, after


def test_a_record_batch_comes_whole() -> None:
    batches, _ = both(encoded(5, [b"a", b"b"]) + encoded(7, [b"c"]), 5)
    assert [(b.start, b.end, b.appended) for b in batches] == [(5, 7, APPENDED), (7, 8, APPENDED)]


def test_records_before_the_fetch_offset_are_left_out() -> None:
    batches, _ = both(encoded(5, [b"a", b"b", b"c"]), 6)
    assert [(b.start, b.end, list(b.values)) for b in batches] == [(6, 8, [b"b", b"c"])]


def test_control_batches_and_aborted_ones_are_gaps() -> None:
    data = (
        encoded(0, [b"a"])
        + encoded(1, [b"lost", b"lost"], TRANSACTIONAL, producer=9)
        + encoded(3, [b"\x00\x00\x00\x00\x00\x00"], TRANSACTIONAL | CONTROL, producer=9)
        + encoded(4, [b"b"])
    )
    batches, _ = both(data, aborted=[(9, 1)])
    assert [(b.start, b.end, list(b.offsets)) for b in batches] == [(0, 1, [0]), (1, 5, [4])]


def test_a_fetch_that_ends_in_control_records_covers_them() -> None:
    data = encoded(0, [b"a"]) + encoded(1, [b"\0" * 6], TRANSACTIONAL | CONTROL, producer=9)
    batches, after = both(data)
    assert [(b.start, b.end, b.appended) for b in batches] == [(0, 1, APPENDED), (1, 2, None)]
    assert after == 2


def test_what_compaction_took_is_a_gap() -> None:
    data = encoded(0, [b"a", b"b"])
    data[23:27] = (4).to_bytes(4, "big")  # last offset delta: the batch once had five records
    batches, after = both(with_crc(data))
    assert [(b.start, b.end, list(b.offsets)) for b in batches] == [(0, 5, [0, 1])]
    assert after == 5


def test_a_damaged_batch_is_never_handed_out() -> None:
    data = encoded(0, [b"abc"])
    data[-2] ^= 1
    with pytest.raises(CorruptRecordException):
        list(unpacked(BatchRecords, bytes(data)))


def test_ordinary_records_give_the_same_messages_and_gaps() -> None:
    data = encoded(0, [b"a"]) + encoded(3, [b"b", b"c"])
    *records, _ = unpacked(PartitionRecords, data)
    found = from_records(0, records)
    assert [(b.start, b.end, list(b.values)) for b in found] == [(0, 5, [b"a", b"b", b"c"])]
    assert list(found[0].offsets) == [0, 3, 4]


def test_the_transport_puts_whole_batches_in_aiokafkas_place(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(fetcher, "PartitionRecords", PartitionRecords)
    install()
    assert fetcher.PartitionRecords is BatchRecords


def test_the_rest_of_a_fetch_begins_where_it_is_asked_for() -> None:
    fetch = Fetch("calls", 0, [Batch(0, 4, 1, [0, 2], [b"a", b"b"]), Batch(4, 6, 2, [5], [b"c"])])
    assert fetch.since(3).batches[0] == Batch(3, 4, None, [], [])
    assert fetch.since(1).batches[0] == Batch(1, 4, 1, [2], [b"b"])
    assert [b.start for b in fetch.since(5).batches] == [5]
