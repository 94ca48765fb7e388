"""What has been replayed already: the statements of Kafka say so themselves, for ever."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from confluent_kafka import Consumer, KafkaError, KafkaException, TopicPartition

from ningmai.settings import Settings
from producers.bulletin.model import Bulletin
from producers.events import Statement
from schemas.codec import Schemas, decode
from schemas.errors import KafkaUnavailable, Undecodable
from schemas.registry import Registry

STARTED = "replay.started"
COMPLETED = "replay.completed"
DIGITS = 15
"""Hex digits of a checksum that fit a statement's value."""
_TIMEOUT = 15.0


@dataclass(frozen=True, slots=True)
class Loaded:
    """Checksums (their first digits) of replays of one month that began, and that ended."""

    started: frozenset[str]
    completed: frozenset[str]


def shortened(checksum: str) -> str:
    """A checksum as far as a statement can hold it."""
    return checksum[:DIGITS]


def statement(bulletin: Bulletin, figure: str, identity: dict[str, Any]) -> Statement:
    """Say that the replay of a bulletin started or is completed."""
    return Statement(
        **identity,
        figure=figure,
        subject=str(bulletin.month),
        as_of=bulletin.month.last,
        value=int(shortened(bulletin.checksum), 16),
        unit="checksum",
    )


def loaded(settings: Settings, month: str, registry: Schemas | None = None) -> Loaded:
    """Read from Kafka which replays of a month there were.

    ``registry`` is one to share; made from the settings by default. Raises KafkaUnavailable or
    RegistryUnavailable, to be tried again.
    """
    found: dict[str, set[str]] = {STARTED: set(), COMPLETED: set()}
    schemas = registry or Registry(settings)
    for value in _values(settings, settings.topic("statements")):
        try:
            _, event = decode(schemas, value)
        except Undecodable:
            continue  # the worker puts it with the dead letters; it says nothing here
        if event["figure"] in found and event["subject"] == month and event["value"] is not None:
            found[event["figure"]].add(f"{event['value']:0{DIGITS}x}")
    return Loaded(frozenset(found[STARTED]), frozenset(found[COMPLETED]))


def _values(settings: Settings, topic: str) -> Iterator[bytes | None]:
    """Every value that the topic holds now; none if it doesn't exist."""
    consumer = Consumer(
        {
            "bootstrap.servers": settings.kafka_servers,
            "group.id": f"{settings.namespace}-replay",
            "enable.auto.commit": False,
            "enable.partition.eof": True,
            "auto.offset.reset": "earliest",
            "isolation.level": "read_committed",
        }
    )
    try:
        partitions = consumer.list_topics(topic, timeout=_TIMEOUT).topics[topic].partitions
        left = set(partitions)
        consumer.assign([TopicPartition(topic, each, 0) for each in partitions])
        while left:
            message = consumer.poll(_TIMEOUT)
            if message is None:
                raise KafkaUnavailable(f"no answer from Kafka at {settings.kafka_servers}")
            error = message.error()
            if error is None:
                yield message.value()
            elif error.code() == KafkaError._PARTITION_EOF:
                left.discard(message.partition())
            else:
                raise KafkaUnavailable(str(error))
    except KafkaException as error:
        raise KafkaUnavailable(f"no answer from Kafka at {settings.kafka_servers}") from error
    finally:
        consumer.close()
