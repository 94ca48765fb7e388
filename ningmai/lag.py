"""How far ClickHouse is behind Kafka: the log's ends against the ledger's."""

from collections.abc import Iterable
from dataclasses import dataclass

from clickhouse_connect.driver.client import Client
from confluent_kafka import Consumer, KafkaException, TopicPartition

from clickhouse.client import errors_sorted
from clickhouse.errors import Refused
from ningmai.settings import Settings
from schemas.errors import KafkaUnavailable
from schemas.kinds import kinds

ANSWER_SECONDS = 10.0
NOTHING_THERE = (60, 81)  # unknown table, unknown database: nothing is migrated yet
DONE = """
SELECT topic, kafka_partition, max(last_offset) + 1
FROM {database}.ledger FINAL
WHERE (topic, epoch) IN (SELECT topic, max(epoch) FROM {database}.epochs FINAL GROUP BY topic)
GROUP BY topic, kafka_partition
"""


@dataclass(frozen=True, slots=True)
class PartitionLag:
    """One partition: the offset after its last message, and the one that ClickHouse waits for."""

    kind: str
    partition: int
    end: int
    done: int

    @property
    def lag(self) -> int:
        """Messages that ClickHouse does not have yet."""
        return max(0, self.end - self.done)


def lags(settings: Settings, client: Client) -> list[PartitionLag]:
    """Every partition of every topic there is, in order. Raises KafkaUnavailable, Unavailable."""
    done = _done(settings, client)
    found = []
    for kind, partition, low, end in _ends(settings, kinds()):
        # What retention has taken, or was never written, is nothing to wait for.
        found.append(PartitionLag(kind, partition, end, max(low, done.get((kind, partition), 0))))
    return found


def _done(settings: Settings, client: Client) -> dict[tuple[str, int], int]:
    try:
        with errors_sorted():
            rows = client.query(DONE.format(database=settings.database)).result_rows
    except Refused as error:
        if error.code in NOTHING_THERE:
            return {}
        raise
    return {(str(kind), int(partition)): int(done) for kind, partition, done in rows}


def _ends(settings: Settings, names: Iterable[str]) -> Iterable[tuple[str, int, int, int]]:
    """Kind, partition, first offset and the one after the last, of topics that exist."""
    consumer = Consumer(
        {
            "bootstrap.servers": settings.kafka_servers,
            "group.id": f"{settings.namespace}-lag",
            "log_level": 0,  # what goes wrong is raised
        }
    )
    try:
        topics = consumer.list_topics(timeout=ANSWER_SECONDS).topics
        for name in names:
            topic = settings.topic(name)
            for partition in sorted(topics[topic].partitions) if topic in topics else ():
                low, end = consumer.get_watermark_offsets(
                    TopicPartition(topic, partition), timeout=ANSWER_SECONDS
                )
                yield name, partition, low, end
    except KafkaException as error:
        raise KafkaUnavailable(f"no answer from Kafka at {settings.kafka_servers}") from error
    finally:
        consumer.close()
