"""All pipelines of a worker, and where its partitions start: what the transport asks and tells."""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from confluent_kafka import KafkaException, TopicCollection
from confluent_kafka.admin import AdminClient
from tenacity import (
    AsyncRetrying,
    RetryCallState,
    retry_if_exception_type,
    wait_exponential_jitter,
)

from clickhouse.errors import ClickHouseError
from ningmai.settings import Settings
from streams import metrics
from streams.counting import Partition
from streams.far import FarRepeats
from streams.metrics import Metric
from streams.pipeline import LONGEST_PAUSE, SHORTEST_PAUSE, Pipeline
from streams.resume import Ends, Resume

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Counted:
    """One kind that this worker counts."""

    pipeline: Pipeline
    resume: Resume
    far: FarRepeats


class Intake:
    """What stands between Faust's consumer and the pipelines, by topic."""

    def __init__(self, settings: Settings, counted: Mapping[str, Counted]) -> None:
        self.settings = settings
        self.counted = {settings.topic(kind): each for kind, each in counted.items()}
        self._admin = AdminClient({"bootstrap.servers": settings.kafka_servers})
        self._lives: dict[str, str] = {}
        """Kafka's id of each topic that is read, in the life that it is read in."""

    async def start(self, ends: Mapping[tuple[str, int], Ends]) -> dict[tuple[str, int], int]:
        """Make the state of assigned partitions, and say which offset each is to be read from.

        A state that is here already is kept if the group's offset is still the one that this
        worker made durable. Waits for ClickHouse as long as it takes.
        """
        topics = {topic for topic, _ in ends}
        started = await asyncio.gather(*(self._start(topic, ends) for topic in topics))
        return {at: offset for starts in started for at, offset in starts.items()}

    async def _start(
        self, topic: str, ends: Mapping[tuple[str, int], Ends]
    ) -> dict[tuple[str, int], int]:
        here = {number: each for (name, number), each in ends.items() if name == topic}
        kept, states = self._kept(topic, here), await self._states(topic, here)
        return {(topic, n): offset for n, offset in (kept | states).items()}

    def _kept(self, topic: str, ends: Mapping[int, Ends]) -> dict[int, int]:
        known = self.counted[topic].pipeline.counting.partitions
        return {
            number: known[number].next
            for number, each in ends.items()
            if number in known
            and known[number].durable == each.committed
            and known[number].next >= each.begin  # else retention has overtaken it
        }

    async def _states(self, topic: str, ends: Mapping[int, Ends]) -> dict[int, int]:
        missing = {n: each for n, each in ends.items() if n not in self._kept(topic, ends)}
        if not missing:
            return {}
        counted = self.counted[topic]

        def tell(state: RetryCallState) -> None:
            error = state.outcome.exception() if state.outcome else None
            log.warning("%s waits for ClickHouse to start: %s", topic, error)
            pause = state.next_action.sleep if state.next_action else 0
            counted.pipeline.meter.waits("ClickHouse", pause)

        made: dict[int, Partition] = {}
        async for attempt in AsyncRetrying(
            retry=retry_if_exception_type(ClickHouseError),
            wait=wait_exponential_jitter(multiplier=SHORTEST_PAUSE, max=LONGEST_PAUSE),
            before_sleep=tell,
        ):
            with attempt:
                made = await asyncio.to_thread(self._make, topic, counted.resume, missing)
        await counted.pipeline.reset(made)
        for number, state in sorted(made.items()):
            log.info("%s/%d starts at offset %d", topic, number, state.next)
        return {number: state.next for number, state in made.items()}

    def _make(self, topic: str, resume: Resume, ends: Mapping[int, Ends]) -> dict[int, Partition]:
        life = str(self._admin.describe_topics(TopicCollection([topic]))[topic].result().topic_id)
        made = resume.partitions(life, ends)
        self._lives[topic] = life
        return made

    async def made_again(self) -> list[str]:
        """Topics that were deleted and made again while they are read; their state is dropped.

        Their offsets mean other messages now, and nobody is told so: the consumer goes on at the
        old offset, or at the beginning where there is none such. Called every now and then.
        """
        found = await asyncio.to_thread(self._other_lives)
        for topic in found:
            log.warning("%s was deleted and made again: it is read from its start", topic)
            await self.counted[topic].pipeline.keep_only([])
        return found

    def _other_lives(self) -> list[str]:
        known = dict(self._lives)
        if not known:
            return []
        found = []
        for topic, asked in self._admin.describe_topics(TopicCollection(list(known))).items():
            with suppress(KafkaException):  # deleted and not made again yet; Kafka is away
                if str(asked.result().topic_id) != known[topic]:
                    found.append(topic)
        return found

    def expected(self, topic: str, partition: int) -> int:
        """The offset that a fetch should begin with; 0 where the partition is not read here."""
        state = self.counted[topic].pipeline.counting.partitions.get(partition)
        return 0 if state is None else state.next

    def durable(self, topic: str, partition: int) -> int | None:
        """The offset that may be committed; None where the partition is not read here."""
        counted = self.counted.get(topic)
        return None if counted is None else counted.pipeline.durable(partition)

    def tell_lag(self, ends: Mapping[tuple[str, int], int]) -> None:
        """Put the lag of the partitions read here into the metrics, given their end offsets."""
        metrics.clear(Metric.LAG)
        for topic, counted in self.counted.items():
            states = counted.pipeline.counting.partitions.values()
            known = {state.number: ends.get((topic, state.number)) for state in list(states)}
            counted.pipeline.meter.lags(
                {
                    number: max(0, end - (counted.pipeline.durable(number) or 0))
                    for number, end in known.items()
                    if end is not None
                }
            )

    async def drain(self, seconds: float) -> None:
        """Write what was taken. After so many seconds leave: what is not written is read again."""
        pipelines = [counted.pipeline for counted in self.counted.values()]
        try:
            async with asyncio.timeout(seconds):
                await asyncio.gather(*(pipeline.drain() for pipeline in pipelines))
        except TimeoutError:
            log.warning("ClickHouse did not take everything in %.1f s; it is read again", seconds)
            await asyncio.gather(*(pipeline.forget_all() for pipeline in pipelines))

    async def flush_when_due(self) -> None:
        """Flush the pipelines in which something has waited long enough."""
        await asyncio.gather(*(c.pipeline.flush_when_due() for c in self.counted.values()))

    async def look_for_far_repeats(self) -> None:
        """Take back far repeats among what became durable. Called every now and then."""
        for counted in self.counted.values():
            states = counted.pipeline.counting.partitions.values()
            durable = {(state.epoch, state.number): state.durable for state in states}
            try:
                found = await asyncio.to_thread(counted.far.check, durable)
                counted.pipeline.meter.far_repeats(found)
            except ClickHouseError as error:
                log.warning("Far repeats are looked for again later: %s", error)

    async def keep_only(self, assigned: Sequence[tuple[str, int]]) -> None:
        """Forget partitions that are not assigned any more."""
        for topic, counted in self.counted.items():
            await counted.pipeline.keep_only({number for name, number in assigned if name == topic})
