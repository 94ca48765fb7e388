"""Faust's Kafka transport, fed with whole record batches: URL scheme ``blocks://``.

A subclass of Faust's aiokafka driver that hands an agent one message for each fetch of a partition,
starts partitions where blocks start, and commits what the pipelines have made durable. Everything
else is Faust's: agents, rebalancing, commits, monitoring. It leans on private parts of faust 0.15
and aiokafka 0.14; tests/streams/test_transport.py fails when they change.
"""

import asyncio
import logging
from collections.abc import Iterator, Mapping
from typing import Any

from aiokafka.errors import KafkaError
from faust.exceptions import ConsumerNotStarted
from faust.transport.drivers import aiokafka as driver
from faust.types import TP, ConsumerMessage

from streams.batches import Batch, Fetch, from_records, install
from streams.intake import Intake
from streams.resume import Ends

log = logging.getLogger(__name__)

STOP_SECONDS = 5.0  # how long revocation and shutdown wait for ClickHouse
LAG_SECONDS = 3.0  # how long a scrape of the metrics waits for Kafka


class BlockThread(driver.AIOKafkaConsumerThread):  # type: ignore[misc] # faust is not followed
    """The thread that fetches: committed records only."""

    def _create_worker_consumer(self, transport: Any) -> Any:
        consumer = super()._create_worker_consumer(transport)
        consumer._isolation_level = "read_committed"
        return consumer

    async def known_ends(self, tps: set[TP]) -> dict[tuple[str, int], int]:
        """The end offset of each partition, as far as transactions are complete."""
        return await self.call_thread(self._known_ends, tps)  # type: ignore[no-any-return] # faust

    async def _known_ends(self, tps: set[TP]) -> dict[tuple[str, int], int]:
        asked = [driver.ensure_aiokafka_TP(tp) for tp in tps]
        ends = await self._ensure_consumer().end_offsets(asked)
        return {(tp.topic, tp.partition): end for tp, end in ends.items()}

    async def ends(self, tps: set[TP]) -> dict[tuple[str, int], Ends]:
        """The group's offset, first offset and end offset of each partition."""
        return await self.call_thread(self._ends, tps)  # type: ignore[no-any-return] # faust

    async def _ends(self, tps: set[TP]) -> dict[tuple[str, int], Ends]:
        consumer = self._ensure_consumer()
        asked = [driver.ensure_aiokafka_TP(tp) for tp in tps]
        # All at once: until they are answered nothing is read, and a takeover waits for them.
        begins, ends, *committed = await asyncio.gather(
            consumer.beginning_offsets(asked),
            consumer.end_offsets(asked),
            *(consumer.committed(tp) for tp in asked),
        )
        return {
            (tp.topic, tp.partition): Ends(at, begins[tp], ends[tp])
            for tp, at in zip(asked, committed, strict=True)
        }


class Consumer(driver.Consumer):  # type: ignore[misc] # faust is not followed
    """Faust's consumer, by fetches and blocks."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.intake: Intake = self.app.intake
        self._seeking = asyncio.Lock()

    def _new_consumer_thread(self) -> BlockThread:
        return BlockThread(self, loop=self.loop, beacon=self.beacon)

    async def _getmany(self, active_partitions: Any, timeout: float) -> Mapping[TP, list[Fetch]]:
        records = await super()._getmany(active_partitions, timeout)
        return {tp: [self._fetch(tp, found)] for tp, found in records.items() if found}

    def _fetch(self, tp: TP, found: list[Any]) -> Fetch:
        if isinstance(found[0], Batch):
            return Fetch(tp.topic, tp.partition, found)
        start = self.intake.expected(tp.topic, tp.partition)  # ordinary records leave out gaps
        return Fetch(tp.topic, tp.partition, from_records(min(start, found[0].offset), found))

    def _to_message(self, tp: TP, record: Fetch) -> ConsumerMessage:
        appended = next((b.appended for b in reversed(record.batches) if b.appended), 0)
        return ConsumerMessage(
            tp.topic,
            tp.partition,
            record.start,
            appended / 1000,
            1,  # append time
            [],
            None,
            record,
            None,
            tp=tp,
            generation_id=self.app.consumer_generation_id,
        )

    async def perform_seek(self) -> None:
        """Start every assigned partition where its block starts. Called before the flow resumes."""
        tps = {tp for tp in self.assignment() if tp.topic in self.intake.counted}
        await self.intake.keep_only([(tp.topic, tp.partition) for tp in tps])
        await self.seek_again(tps)

    async def seek_again(self, tps: set[TP]) -> None:
        """Make the states of these partitions anew where they are gone, and read on from there."""
        async with self._seeking:
            tps = tps & self.assignment()
            if not tps:
                return
            ends = await self._thread.ends(tps)
            starts = await self.intake.start(ends)
            for tp in tps:
                self._committed_offset[tp] = ends[tp.topic, tp.partition].committed
            await self.seek_wait({tp: starts[tp.topic, tp.partition] for tp in tps})

    async def tell_lag(self) -> None:
        """Bring the lag in the metrics up to date; without Kafka's answer in time, leave it."""
        try:
            tps = {tp for tp in self.assignment() if tp.topic in self.intake.counted}
            async with asyncio.timeout(LAG_SECONDS):
                self.intake.tell_lag(await self._thread.known_ends(tps) if tps else {})
        except (TimeoutError, KafkaError, ConsumerNotStarted) as error:
            log.warning("The lag is not known just now: %r", error)

    def ack(self, message: Any) -> bool:
        """Nothing to remember: what may be committed is what ClickHouse has."""
        message.acked = True
        self._unacked_messages.discard(message)
        return True

    def _filter_tps_with_pending_acks(self, topics: Any = None) -> Iterator[TP]:
        return (
            tp
            for tp in self.assignment()
            if (topics is None or tp in topics or tp.topic in topics)
            and self.intake.durable(tp.topic, tp.partition) is not None
        )

    def _new_offset(self, tp: TP) -> int | None:
        return self.intake.durable(tp.topic, tp.partition)

    async def _add_gap(self, tp: TP, offset_from: int, offset_to: int) -> None:
        """Gaps are the batches' own."""

    async def wait_empty(self) -> None:
        """Write what was taken, within a bound, and commit it. Called on revocation and stop."""
        await self.intake.drain(STOP_SECONDS)
        await self.commit_and_end_transactions()


class Transport(driver.Transport):  # type: ignore[misc] # faust is not followed
    """What Faust finds by the URL scheme ``blocks://``."""

    Consumer = Consumer

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.app.whole_batches:
            install()
