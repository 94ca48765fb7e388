"""Record batches, whole: what aiokafka would take apart into one object a record.

Building a ConsumerRecord costs more than everything else that is done with an event. So the part
of aiokafka that unpacks a fetch is replaced by one that hands out a batch as its list of values.
This leans on private parts of aiokafka 0.14; tests/streams/test_batches.py fails when they change.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, islice
from typing import Any

from aiokafka import errors
from aiokafka.consumer import fetcher
from aiokafka.consumer.fetcher import READ_COMMITTED, PartitionRecords

# Records alive at once: a whole batch of them would set off the garbage collector, again and again.
FEW = 256


@dataclass(frozen=True, slots=True)
class Batch:
    """A stretch of a partition: the offsets [start, end), and the messages that lie there.

    Offsets of the stretch that are not in ``offsets`` are gaps: control records, aborted
    transactions, records removed by compaction. ``appended`` is the broker's append time of the
    batch in milliseconds, None where there is no message at all.
    """

    start: int
    end: int
    appended: int | None
    offsets: Sequence[int]
    values: Sequence[bytes | None]

    def since(self, offset: int) -> "Batch":
        """The part of this batch from an offset within it on."""
        skip = sum(1 for o in self.offsets if o < offset) if self.offsets else 0
        offsets, values = self.offsets[skip:], self.values[skip:]
        return Batch(offset, self.end, self.appended if offsets else None, offsets, values)


@dataclass(frozen=True, slots=True)
class Fetch:
    """What one fetch brought of one partition: batches that continue each other without a hole."""

    topic: str
    partition: int
    batches: Sequence[Batch]

    @property
    def start(self) -> int:
        """First offset covered."""
        return self.batches[0].start

    @property
    def end(self) -> int:
        """Offset behind the last one covered."""
        return self.batches[-1].end

    def since(self, offset: int) -> "Fetch":
        """The part from an offset within it on."""
        kept = [b if b.start >= offset else b.since(offset) for b in self.batches if b.end > offset]
        return Fetch(self.topic, self.partition, kept)


class BatchRecords(PartitionRecords):  # type: ignore[misc] # aiokafka ships no types
    """aiokafka's unpacking of one partition's fetch, yielding a Batch where it yields records.

    Keeps what the original does: CRC checks, aborted transactions, control batches, records before
    the fetch offset, the next offset of a batch that compaction has emptied.
    """

    def _unpack_records(self) -> Iterator[Batch]:
        covered: int = self.next_fetch_offset  # type: ignore[has-type] # set by aiokafka's own
        while self._records.has_next():
            batch = self._records.next_batch()
            if self._check_crcs and not batch.validate_crc():
                raise errors.CorruptRecordException(f"Invalid CRC - {self._tp}")
            if self._carries_no_event(batch):
                self.next_fetch_offset = batch.next_offset
                continue
            whole = _whole(batch, covered)
            self.next_fetch_offset = covered = max(covered, batch.next_offset)
            if whole.end > whole.start:
                yield whole
        if covered < self.next_fetch_offset:
            yield Batch(covered, self.next_fetch_offset, None, (), ())

    def _carries_no_event(self, batch: Any) -> bool:
        """True for control batches and for those of aborted transactions."""
        if self._isolation_level == READ_COMMITTED and batch.producer_id is not None:
            self._consume_aborted_up_to(batch.base_offset)
            if batch.is_control_batch and self._contains_abort_marker(batch):
                self._aborted_producers.discard(batch.producer_id)
            if batch.is_transactional and batch.producer_id in self._aborted_producers:
                return True
        return bool(batch.is_control_batch)


def _whole(batch: Any, covered: int) -> Batch:
    base, end = batch.base_offset, batch.next_offset
    appended = batch.max_timestamp  # topics are stamped by the broker: one time for the batch
    offsets, values = _records(batch)
    if len(values) == end - base:
        offsets = range(base, end)
    skip = bisect_left(offsets, covered)
    if skip:
        offsets, values = offsets[skip:], values[skip:]
    return Batch(covered, end, appended if offsets else None, offsets, values)


def _records(batch: Any) -> tuple[Sequence[int], list[bytes | None]]:
    """Offsets and values of a batch."""
    offsets: list[int] = []
    values: list[bytes | None] = []
    records = (record for record in batch)  # a batch may not be asked again once it has ended
    while few := list(islice(records, FEW)):
        values += [record.value for record in few]
        first, last = few[0].offset, few[-1].offset
        whole = last - first + 1 == len(few)
        offsets += range(first, last + 1) if whole else [record.offset for record in few]
    return offsets, values


def install() -> None:
    """Make every aiokafka consumer of this process fetch whole batches. Called by the transport."""
    fetcher.PartitionRecords = BatchRecords


def from_records(start: int, records: Iterable[Any]) -> list[Batch]:
    """The same batches from aiokafka's ordinary records: the way without private parts.

    Runs of records with one append time become a batch; what lies between is a gap.
    """
    batches = []
    for appended, run in groupby(records, key=lambda record: record.timestamp):
        pairs = [(record.offset, record.value) for record in run]
        end = pairs[-1][0] + 1
        batches.append(Batch(start, end, appended, [o for o, _ in pairs], [v for _, v in pairs]))
        start = end
    return batches
