"""The publisher on the real engines, with the registry's own ids."""

import uuid
from dataclasses import replace
from typing import Any

import pytest
from confluent_kafka import Consumer, TopicPartition

from ningmai.settings import Settings
from producers import Call, DeliveryFailed, Publisher, retraction
from producers.events import EVENTS
from schemas import topics_admin
from schemas.codec import decode, key
from schemas.errors import UnknownSchema
from schemas.kinds import kind
from schemas.registry import Registry

pytestmark = pytest.mark.engine
CALL = Call(event_id="c1", occurred_at=1_600_132_350_250, source="test", line="hotline")


@pytest.fixture
def own(engine_settings: Settings) -> Settings:
    """Settings of a namespace that nobody else has, its topics made and schemas registered."""
    own = engine_settings.model_copy(update={"namespace": f"t{uuid.uuid4().hex[:12]}"})
    topics_admin.ensure(own)
    Registry(own).register_all()
    return own


def read(settings: Settings, name: str) -> list[Any]:
    """Every message of a kind's topic."""
    topic = settings.topic(name)
    consumer = Consumer({"bootstrap.servers": settings.kafka_servers, "group.id": "test"})
    partitions = consumer.list_topics(topic, timeout=10).topics[topic].partitions
    places = [TopicPartition(topic, each, 0) for each in partitions]
    expected = sum(consumer.get_watermark_offsets(place, timeout=10)[1] for place in places)
    consumer.assign(places)
    messages: list[Any] = []
    while len(messages) < expected:
        messages += consumer.consume(min(expected, 100_000), timeout=10)
    consumer.close()
    return messages


@pytest.mark.parametrize("of", EVENTS)
def test_every_example_arrives_under_its_key(own: Settings, of: Any) -> None:
    with Publisher(own) as publisher:
        for example in kind(of.KIND).examples():
            publisher.publish(of(**example))
        publisher.flush()
        assert publisher.delivered == len(kind(of.KIND).examples())
    registry = Registry(own)
    arrived = {}
    for message in read(own, of.KIND):
        event = decode(registry, message.value())[1]
        assert message.key() == key(kind(of.KIND), event)
        arrived[event["event_id"]] = event
    assert list(arrived.values()) == sorted(
        kind(of.KIND).examples(), key=lambda each: list(arrived).index(each["event_id"])
    )


def test_many_events_are_all_there_and_a_repeat_is_on_the_same_partition(own: Settings) -> None:
    with Publisher(own) as publisher:
        send = publisher.prepare(CALL).send
        for _ in range(2):
            for number in range(20_000):
                send(f"call-{number}", 1_600_000_000_000 + number)
        publisher.publish(retraction(replace(CALL, event_id="call-0"), event_id="call-0-back"))
        publisher.flush()
        assert (publisher.delivered, publisher.failed, publisher.in_flight) == (40_001, 0, 0)
    places: dict[bytes, set[int]] = {}
    messages = read(own, "calls")
    for message in messages:
        places.setdefault(message.key(), set()).add(message.partition())
    assert len(messages) == 40_001
    assert len(places) == 20_001
    assert all(len(partitions) == 1 for partitions in places.values())


def test_where_nothing_is_registered_nothing_is_published(engine_settings: Settings) -> None:
    empty = engine_settings.model_copy(update={"namespace": f"t{uuid.uuid4().hex[:12]}"})
    with Publisher(empty) as publisher, pytest.raises(UnknownSchema):
        publisher.publish(CALL)


def test_a_topic_that_is_not_there_is_not_made_by_publishing(engine_settings: Settings) -> None:
    bare = engine_settings.model_copy(update={"namespace": f"t{uuid.uuid4().hex[:12]}"})
    Registry(bare).register_all()
    publisher = Publisher(bare, {"topic.metadata.propagation.max.ms": 300}, delivery_seconds=5)
    publisher.publish(CALL)
    with pytest.raises(DeliveryFailed) as caught:
        publisher.close()
    assert caught.value.failed == 1
    assert (
        bare.topic("calls")
        not in Consumer({"bootstrap.servers": bare.kafka_servers, "group.id": "test"})
        .list_topics(timeout=10)
        .topics
    )
