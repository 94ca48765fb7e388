"""One kind's way from fetches to durable offsets: take, count, write, and only then move on.

All that computes or blocks runs in threads; the event loop only waits. ClickHouse away means
waiting here, with what is held: nothing more is taken, nothing is acknowledged, and it goes on by
itself.
"""

import asyncio
import logging
from collections.abc import Callable, Collection, Coroutine, Mapping, Sequence
from time import monotonic
from typing import Any, TypeVar

from polars.exceptions import PanicException
from tenacity import (
    AsyncRetrying,
    RetryCallState,
    retry_if_exception,
    wait_exponential_jitter,
)

from clickhouse.errors import Refused, Unavailable
from schemas.errors import RegistryUnavailable
from streams.batches import Fetch
from streams.breaker import Breaker
from streams.counting import Counting, Flush, Partition
from streams.frames import DeadLetter, Events, Spliced, Stretch
from streams.meter import Meter
from streams.sink import Place, Sink
from streams.standing import STANDING

T = TypeVar("T")
Decoded = Sequence[tuple[Stretch, Sequence[Events | DeadLetter]]]
log = logging.getLogger(__name__)

FULL = 262_144  # messages held at most before they are written: what bounds memory
BUSY = 16_384  # messages held for which a flush waits once longer
FEW = 64  # messages held for which a flush waits longer too: it costs as much as a large one
PATIENCE_WITH_FEW = 2.5
LONGEST_PATIENCE = 5  # times flush_seconds that a flush is put off at most
SHORTEST_PAUSE, LONGEST_PAUSE = 0.1, 10.0  # seconds between tries
AFTER_BUG = 1.0  # seconds until a partition is read again
BUGS = (Exception, PanicException)  # a panic of polars is no Exception


class Recount(Exception):
    """ClickHouse refused single events; they are dead letters now, and their blocks start over."""


class Pipeline:
    """Counts and writes one kind. ``again`` is called with partitions that must be sought again."""

    def __init__(
        self,
        counting: Counting,
        sink: Sink,
        again: Callable[[str, Sequence[int]], Coroutine[Any, Any, None]],
        flush_seconds: float,
        dead_limit: float = 1.0,
    ) -> None:
        self.counting = counting
        self.sink = sink
        self.kind = sink.kind
        self.flush_seconds = flush_seconds
        self.flushed_at = monotonic()
        self.meter = Meter(self.kind)
        self.breaker = Breaker(dead_limit)
        self._oldest: int | None = None
        """Append time of the first message taken since the last flush."""
        self._again = again
        self._lock = asyncio.Lock()
        self._writing: asyncio.Task[list[int]] | None = None
        """Returns the partitions that are to be read again."""

    async def take(self, fetch: Fetch) -> None:
        """Count one fetch, and flush when it is time. Called by the kind's agent, in order.

        A fetch that does not continue its partition is dropped, and the partition sought again.
        Once the breaker has tripped, all are dropped: what was taken before is written, and the
        rest stays in Kafka.
        """
        async with self._lock:
            if self.breaker.tripped:
                return
            state = self.counting.partitions.get(fetch.partition)
            if state is not None and fetch.end <= state.next:
                return
            if state is not None and fetch.start <= state.next:
                await self._absorb(fetch.since(state.next))
                if self.counting.events >= FULL or self._due():
                    await self._flush()
                return
        await self._again(self.kind, [fetch.partition])

    async def _absorb(self, fetch: Fetch) -> None:
        try:
            decoded = await self._persist(
                lambda: self.counting.decode(fetch), RegistryUnavailable, "schema registry"
            )
            if self._stops(fetch, decoded):
                return
            await asyncio.to_thread(self.counting.take, fetch, decoded)
        except BUGS:
            await self._start_over([fetch.partition])
            return
        if self._oldest is None:
            self._oldest = fetch.batches[0].appended

    def _stops(self, fetch: Fetch, decoded: Decoded) -> bool:
        """Whether so much is no event that this fetch is one too many; says so."""
        dead = sum(isinstance(each, DeadLetter) for _, found in decoded for each in found)
        if not self.breaker.trips(dead, sum(len(batch.values) for batch in fetch.batches)):
            return False
        self.meter.stops()
        log.error(
            "%s stops at offset %d of partition %d: more than %.0f %% of its newest messages "
            "are no events. Mend their source and pass over them (ningmai skip), or let them "
            "become dead letters (NINGMAI_DEAD_LIMIT=1); then start the worker again",
            *(self.kind, fetch.start, fetch.partition, 100 * self.breaker.limit),
        )
        return True

    async def _start_over(self, numbers: list[int]) -> None:
        """After a bug: count these partitions again, a little later, from what is durable."""
        log.exception("bug: what %s had of partitions %s is counted again", self.kind, numbers)
        await asyncio.sleep(AFTER_BUG)
        self._drop(numbers)

    def _drop(self, numbers: list[int]) -> None:
        """Drop partitions, and have them sought again once this is done with."""
        self.counting.forget(numbers)
        asyncio.get_running_loop().create_task(self._again(self.kind, numbers))

    def _due(self) -> bool:
        """Whether to flush: the more there is to write, the longer more is waited for.

        A busy topic makes few inserts, and large ones. One with a few events a second is a second
        old at most (twice as often would cost twice as much, and nobody would see it).
        """
        held = self.counting.events
        patience = min(1 + held / BUSY, LONGEST_PATIENCE) if held > FEW else PATIENCE_WITH_FEW
        return monotonic() - self.flushed_at >= self.flush_seconds * patience

    async def flush_when_due(self) -> None:
        """Flush what waits long enough: called every now and then, for quiet topics.

        Where a fetch is being taken or a flush written, the next one is not far.
        """
        writing = self._writing is not None and not self._writing.done()
        if self._due() and not writing and not self._lock.locked():
            async with self._lock:
                await self._flush()

    async def _flush(self) -> None:
        """Begin to write what was taken, once what was begun before is written."""
        await self._written()
        self.flushed_at = monotonic()
        try:
            flush = await asyncio.to_thread(self.counting.flush)
        except BUGS:
            await self._start_over(list(self.counting.partitions))
            return
        oldest, self._oldest = self._oldest, None
        if flush is not None:
            self._writing = asyncio.create_task(self._write(flush, oldest))

    async def _written(self) -> None:
        """Wait for the write that was begun. What it could not write is dropped, and sought again.

        Only here, under the lock: while it is written, a thread may be counting the next fetch.
        """
        writing, self._writing = self._writing, None
        if writing is None:
            return
        await asyncio.wait([writing])
        if not writing.cancelled() and (lost := writing.result()):
            self._drop(lost)

    async def drain(self) -> None:
        """Write all that was taken, and wait for it. Called on revocation and shutdown."""
        async with self._lock:
            await self._flush()
            await self._written()

    async def reset(self, partitions: Mapping[int, Partition]) -> None:
        """Read these partitions from these states on; what was taken of them before is dropped."""
        async with self._lock:
            self.counting.forget(list(partitions))
            self.counting.partitions.update(partitions)

    async def keep_only(self, numbers: Collection[int]) -> None:
        """Drop all other partitions, and what was taken of them."""
        if set(self.counting.partitions) - set(numbers):
            async with self._lock:
                self.counting.forget([n for n in self.counting.partitions if n not in numbers])

    async def forget_all(self) -> None:
        """Drop everything taken and not yet written, and the write that does not come to an end."""
        if self._writing is not None:
            self._writing.cancel()
        async with self._lock:
            self.counting.forget(list(self.counting.partitions))

    def durable(self, partition: int) -> int | None:
        """The offset up to which ClickHouse has everything; None where it isn't read here."""
        state = self.counting.partitions.get(partition)
        return None if state is None else state.durable

    async def _write(self, flush: Flush, oldest: int | None) -> list[int]:
        """Write a flush; returns the partitions that must be read again instead."""
        states = {n: self.counting.partitions.get(n) for n in flush.durable}
        begun = monotonic()
        try:
            await self._write_all(flush)
        except Recount:
            self.meter.recounts()
            return list(flush.durable)
        except BUGS:
            log.exception("bug: what was written of %s is counted again", self.kind)
            await asyncio.sleep(AFTER_BUG)
            return list(flush.durable)
        for number, offset in flush.durable.items():
            state = states[number]
            if state is not None:
                state.durable = max(state.durable, offset)
        self.meter.flushed(flush, monotonic() - begun, oldest)
        return []

    async def _write_all(self, flush: Flush) -> None:
        for spliced, counted in ((flush.raw, True), (flush.repeats, False)):
            for (epoch, _), same in _alike(spliced, flush.epochs).items():
                await self._write_raw(epoch, same, counted=counted)
        for number, letters in flush.dead.items():
            await self._write_dead(Place(self.kind, flush.epochs[number], number), letters)
        if flush.totals is not None:
            totals = flush.totals
            await self._persist(lambda: self.sink.totals(totals), Unavailable, "ClickHouse")
        if self.kind in STANDING:  # even where raw has all: a try before may have ended here
            await self._persist(self.sink.standing, Unavailable, "ClickHouse")
        lines = [(Place(self.kind, flush.epochs[n], n), block) for n, block in flush.blocks]
        await self._persist(lambda: self.sink.ledger(lines), Unavailable, "ClickHouse")

    async def _write_dead(self, place: Place, letters: Sequence[DeadLetter]) -> None:
        await self._persist(
            lambda: self.sink.dead_letters(place, letters), Unavailable, "ClickHouse"
        )

    async def _write_raw(self, epoch: int, same: list[Spliced], *, counted: bool) -> None:
        try:
            await self._persist(
                lambda: self.sink.raw(epoch, same, counted=counted), Unavailable, "ClickHouse"
            )
        except Refused as error:
            log.error("ClickHouse refused events of %s: %s", self.kind, error)
            for each in same:
                await self._bisect(epoch, each, counted=counted)
            raise Recount from error

    async def _bisect(self, epoch: int, spliced: Spliced, *, counted: bool) -> None:
        """Find the events that ClickHouse refuses: dead letters; the others become raw rows."""
        try:
            await self._persist(
                lambda: self.sink.raw(epoch, [spliced], counted=counted), Unavailable, "ClickHouse"
            )
        except Refused as error:
            count = len(spliced.stretch)
            if count == 1:
                letter = spliced.stretch.dead(
                    0, "refused", f"数据库拒收该事件：{error}", spliced.layout.schema_id
                )
                place = Place(self.kind, epoch, spliced.stretch.partition)
                await self._write_dead(place, [letter])
                return
            for half in spliced.halves():
                await self._bisect(epoch, half, counted=counted)

    async def _persist(self, work: Callable[[], T], kind: type[Exception], whose: str) -> T:
        """Do blocking work in a thread, again and again while it raises this kind of error.

        What ClickHouse refuses for any other reason than the data is waited for too: a missing
        table or grant is for an operator to mend, and no event's fault.
        """

        def passing(error: BaseException) -> bool:
            return isinstance(error, kind) or (isinstance(error, Refused) and not error.about_data)

        def tell(state: RetryCallState) -> None:
            error = state.outcome.exception() if state.outcome else None
            pause = state.next_action.sleep if state.next_action else 0
            log.warning("%s waits for the %s, %.1f s: %s", self.kind, whose, pause, error)
            self.meter.waits(whose, pause)

        async for attempt in AsyncRetrying(
            retry=retry_if_exception(passing),
            wait=wait_exponential_jitter(multiplier=SHORTEST_PAUSE, max=LONGEST_PAUSE),
            before_sleep=tell,
        ):
            with attempt:
                return await asyncio.to_thread(work)
        raise AssertionError("bug: tenacity gave up without a limit")


def _alike(
    spliced: Sequence[Spliced], epochs: Mapping[int, int]
) -> dict[tuple[int, int], list[Spliced]]:
    """Grouped by what one insert can hold: one life of the topic, one writer's schema."""
    groups: dict[tuple[int, int], list[Spliced]] = {}
    for each in spliced:
        at = (epochs[each.stretch.partition], each.layout.schema_id)
        groups.setdefault(at, []).append(each)
    return groups
