"""Going forward over offsets that were never read: an operator's decision, written in the ledger.

The range becomes lines of the ledger that are ``skipped``, cut like any other blocks. So a worker
starts behind it, the audit knows of it, and setting the group's offset back reads it after all.
"""

from dataclasses import dataclass
from typing import Any

from confluent_kafka import (
    Consumer,
    ConsumerGroupTopicPartitions,
    KafkaError,
    KafkaException,
    TopicCollection,
    TopicPartition,
)
from confluent_kafka.admin import AdminClient

from clickhouse.client import connect, errors_sorted
from ningmai.errors import Problem
from ningmai.settings import Settings
from schemas.errors import KafkaUnavailable
from schemas.kinds import kinds
from streams.resume import Ends, Resume
from streams.sink import SETTINGS

ANSWER_SECONDS = 15.0

# The block in progress ends here: nothing can follow it.
SEAL = """
INSERT INTO {db:Identifier}.ledger
SELECT * REPLACE(1 AS sealed, now64(3) AS written_at)
FROM {db:Identifier}.ledger AS l FINAL
WHERE topic = {kind:String} AND epoch = {epoch:UInt16} AND kafka_partition = {number:UInt16}
  AND last_offset + 1 = {start:UInt64} AND NOT l.sealed
"""
SKIP = """
INSERT INTO {db:Identifier}.ledger
    (topic, epoch, kafka_partition, block, last_offset, skipped, sealed)
SELECT {kind:String}, {epoch:UInt16}, {number:UInt16},
    greatest({start:UInt64}, n * {size:UInt64}) AS first,
    least({to:UInt64}, (n + 1) * {size:UInt64}) - 1 AS last,
    last - first + 1, 1
FROM
(
    SELECT arrayJoin(range(intDiv({start:UInt64}, {size:UInt64}),
                           toUInt64(ceil({to:UInt64} / {size:UInt64})))) AS n
)
"""


@dataclass(frozen=True, slots=True)
class Skip:
    """The offsets [start, to) of a partition are not to be read. None at all: start = to."""

    kind: str
    partition: int
    epoch: int
    start: int
    to: int

    @property
    def lost(self) -> int:
        """Messages that nobody will have counted, at most: some offsets may carry none."""
        return self.to - self.start


def plan(settings: Settings, kind: str, partition: int, to: int) -> Skip:
    """What skipping to an offset means. Changes nothing; raises Problem where it cannot be.

    Raises KafkaUnavailable and clickhouse.errors.ClickHouseError too.
    """
    if kind not in kinds():
        raise Problem(f"There is no topic {kind}.", f"There are: {', '.join(kinds())}.")
    try:
        _nobody_reads(settings)
        ends, topic_id = _ends(settings, kind, partition)
    except KafkaException as error:
        raise KafkaUnavailable(f"Kafka at {settings.kafka_servers}: {error}") from error
    epoch, ledger = Resume(connect(settings), settings, kind).life(topic_id, {partition: ends})
    start = max(ledger.get(partition, 0), ends.begin)
    where = f"{kind}/{partition}"
    if to > ends.end:
        raise Problem(f"{where} ends at offset {ends.end:,}.", f"Skip to {ends.end:,} at most.")
    if to < start or (to == start and ends.committed == to):
        raise Problem(
            f"{where} is read up to offset {start:,} already.",
            "There is nothing to skip before that; offsets are set back by kafka-consumer-groups.",
        )
    return Skip(kind, partition, epoch, start, to)


def carry_out(settings: Settings, skip: Skip) -> None:
    """Write the ledger's lines, then move the group's offset. May be done again after a failure.

    Raises Problem if a worker was started meanwhile.
    """
    client = connect(settings)
    parameters: dict[str, Any] = {
        "db": settings.database,
        "kind": skip.kind,
        "epoch": skip.epoch,
        "number": skip.partition,
        "start": skip.start,
        "to": skip.to,
        "size": settings.block_size,
    }
    _nobody_reads(settings)
    if skip.lost:
        for sql in (SEAL, SKIP):
            with errors_sorted():
                client.command(sql, parameters=parameters, settings=SETTINGS)
    at = TopicPartition(settings.topic(skip.kind), skip.partition, skip.to)
    wanted = ConsumerGroupTopicPartitions(settings.group, [at])
    admin = _admin(settings)
    try:
        for future in admin.alter_consumer_group_offsets([wanted]).values():
            moved = future.result(ANSWER_SECONDS).topic_partitions[0]
            if moved.error is not None:
                raise KafkaException(moved.error)
    except KafkaException as error:
        raise Problem(
            f"The group's offset could not be moved: {error}",
            "Stop every worker, and do the same again: the ledger has it, nothing more is skipped.",
        ) from error


def _nobody_reads(settings: Settings) -> None:
    """Kafka moves a group's offsets only while nobody is in it: whoever reads would not see it."""
    admin = _admin(settings)  # a client that is let go of answers nothing any more
    for future in admin.describe_consumer_groups([settings.group]).values():
        try:
            members = future.result(ANSWER_SECONDS).members
        except KafkaException as error:
            if error.args[0].code() == KafkaError.GROUP_ID_NOT_FOUND:
                continue  # no worker has ever been there
            raise
        if members:
            raise Problem(
                f"{len(members)} worker(s) of the group {settings.group} are running.",
                "Stop every worker first; a killed one is forgotten after 10 s.",
            )


def _ends(settings: Settings, kind: str, partition: int) -> tuple[Ends, str]:
    """The partition's ends, and Kafka's id of its topic."""
    admin, topic = _admin(settings), settings.topic(kind)
    try:
        described = admin.describe_topics(TopicCollection([topic]))[topic].result(ANSWER_SECONDS)
    except KafkaException as error:
        if error.args[0].code() == KafkaError.UNKNOWN_TOPIC_OR_PART:
            raise Problem(f"Kafka has no topic {topic}.", "It is made by `ningmai up`.") from error
        raise
    if partition >= len(described.partitions):
        raise Problem(f"{kind} has {len(described.partitions)} partitions, numbered from 0.")
    at = TopicPartition(topic, partition)
    group = ConsumerGroupTopicPartitions(settings.group, [at])
    (listed,) = admin.list_consumer_group_offsets([group]).values()
    committed = listed.result(ANSWER_SECONDS).topic_partitions[0].offset
    return Ends(committed if committed >= 0 else None, *_watermarks(settings, at)), str(
        described.topic_id
    )


def _watermarks(settings: Settings, at: TopicPartition) -> tuple[int, int]:
    consumer = Consumer(
        {
            "bootstrap.servers": settings.kafka_servers,
            "group.id": f"{settings.namespace}-lag",
            "log_level": 0,  # what goes wrong is raised
        }
    )
    try:
        begin, end = consumer.get_watermark_offsets(at, timeout=ANSWER_SECONDS)
        return int(begin), int(end)
    finally:
        consumer.close()


def _admin(settings: Settings) -> Any:
    return AdminClient({"bootstrap.servers": settings.kafka_servers, "log_level": 0})
