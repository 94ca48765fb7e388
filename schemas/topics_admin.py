"""The Kafka topics: made where they are missing, checked where they exist, never changed."""

from typing import Any

from confluent_kafka import KafkaError, KafkaException
from confluent_kafka.admin import (
    AdminClient,
    ConfigResource,
    NewTopic,
    ResourceType,
)

from ningmai.settings import Settings
from schemas.errors import KafkaUnavailable, TopicDiffers
from schemas.kinds import Kind, kinds

TIMEOUT_SECONDS = 15
DAY_MS = 86_400_000
FOR_EVER = -1
LARGEST_MESSAGE = 8 * 1024 * 1024
"""Bytes of a record batch that the broker takes; larger than any event, so that what is no event
reaches the dead letters instead of stopping its sender."""


def config(of: Kind) -> dict[str, str]:
    """The configuration of a kind's topic.

    Append time by the broker is what blocks of the log and limits on time go by; nothing may be
    compacted away, since a retraction has the whole content and its own id.
    """
    retention = FOR_EVER if of.retention_days is None else of.retention_days * DAY_MS
    return {
        "cleanup.policy": "delete",
        "message.timestamp.type": "LogAppendTime",
        "retention.ms": str(retention),
        "retention.bytes": str(FOR_EVER),
        "max.message.bytes": str(LARGEST_MESSAGE),
    }


def ensure(settings: Settings) -> list[str]:
    """Makes the topics that are missing, checks the others, and returns the names of the first.

    Raises TopicDiffers for a topic whose configuration would give wrong figures (more retention or
    another number of partitions for a flow is the operator's choice), KafkaUnavailable.
    """
    admin = _admin(settings)
    try:
        missing = _missing(admin, settings)
        _create(admin, settings, missing)
        problems = _differences(admin, settings)
    except KafkaException as error:
        raise KafkaUnavailable(f"Kafka at {settings.kafka_servers}: {error}") from error
    if problems:
        raise TopicDiffers(
            "; ".join(problems) + ". Set them with kafka-configs.sh, or choose another "
            "NINGMAI_NAMESPACE."
        )
    return list(missing)


def problems(settings: Settings) -> list[str]:
    """What is wrong with the topics, missing ones included; changes nothing.

    Raises KafkaUnavailable.
    """
    admin = _admin(settings)
    try:
        missing = [f"{topic} is missing" for topic in _missing(admin, settings)]
        return missing + _differences(admin, settings)
    except KafkaException as error:
        raise KafkaUnavailable(f"Kafka at {settings.kafka_servers}: {error}") from error


def _admin(settings: Settings) -> Any:
    return AdminClient(
        {
            "bootstrap.servers": settings.kafka_servers,
            "socket.timeout.ms": TIMEOUT_SECONDS * 1000,
            "log_level": 0,  # what goes wrong is raised
        }
    )


def _wanted(settings: Settings) -> dict[str, Kind]:
    return {settings.topic(name): of for name, of in kinds().items()}


def _missing(admin: Any, settings: Settings) -> dict[str, Kind]:
    existing = admin.list_topics(timeout=TIMEOUT_SECONDS).topics
    return {topic: of for topic, of in _wanted(settings).items() if topic not in existing}


def _differences(admin: Any, settings: Settings) -> list[str]:
    existing = admin.list_topics(timeout=TIMEOUT_SECONDS).topics
    found = {topic: of for topic, of in _wanted(settings).items() if topic in existing}
    return _problems(admin, found) + [
        f"{topic}: {len(existing[topic].partitions)} partitions, must be {of.partitions}"
        for topic, of in found.items()
        if of.partitions not in (None, len(existing[topic].partitions))
    ]


def _create(admin: Any, settings: Settings, topics: dict[str, Kind]) -> None:
    wanted = [
        NewTopic(
            topic,
            num_partitions=of.partitions or settings.partitions,
            replication_factor=-1,  # the broker's default
            config=config(of),
        )
        for topic, of in topics.items()
    ]
    if not wanted:
        return
    for future in admin.create_topics(wanted, operation_timeout=TIMEOUT_SECONDS).values():
        try:
            future.result(TIMEOUT_SECONDS)
        except KafkaException as error:
            # Another worker that starts at the same time was quicker, with the same configuration.
            if error.args[0].code() != KafkaError.TOPIC_ALREADY_EXISTS:
                raise


def _problems(admin: Any, topics: dict[str, Kind]) -> list[str]:
    """What is wrong with the configuration of topics that exist."""
    if not topics:
        return []
    asked = {ConfigResource(ResourceType.TOPIC, topic): topic for topic in topics}
    found = []
    for resource, future in admin.describe_configs(list(asked)).items():
        topic = asked[resource]
        actual = {name: entry.value for name, entry in future.result(TIMEOUT_SECONDS).items()}
        found += [
            f"{topic}: {name} is {actual.get(name)}, must be {value}"
            for name, value in config(topics[topic]).items()
            if not _serves(name, actual.get(name), value)
        ]
    return found


def _serves(name: str, actual: str | None, wanted: str) -> bool:
    """Whether a value found does for the one wanted: limits may be wider."""
    if actual is None or actual == wanted:
        return actual is not None
    if name in ("retention.ms", "retention.bytes"):
        return int(actual) == FOR_EVER or FOR_EVER != int(wanted) <= int(actual)
    return name == "max.message.bytes" and int(actual) > int(wanted)
