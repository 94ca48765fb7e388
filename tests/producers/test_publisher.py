"""The publisher against the Kafka library's own mock broker: real protocol, no engine."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from confluent_kafka import Consumer, TopicPartition

from ningmai.settings import Settings
from producers import Call, DeliveryFailed, Institution, InvalidEvent, Publisher, Upload, retraction
from producers.events import EVENTS
from producers.publisher import QUEUE_EVENTS
from schemas.codec import decode
from schemas.errors import RegistryUnavailable
from schemas.kinds import kind, kinds

PLACES = {name: place for place, name in enumerate(kinds(), 1)}
MOCK: dict[str, Any] = {"test.mock.num.brokers": 1, "allow.auto.create.topics": True}
SETTINGS = Settings(namespace="mocked", kafka="127.0.0.1:1")
CALL = Call(event_id="c1", occurred_at=1_600_132_350_250, source="test", line="hotline")


class Shelf:
    """Stands in for a registry: one id a kind, in the order of the kinds, that of its newest."""

    def ids(self, name: str) -> dict[int, int]:
        return dict.fromkeys(kind(name).versions, PLACES[name])

    def schema(self, schema_id: int) -> dict[str, Any]:
        return kinds()[list(kinds())[schema_id - 1]].schema()


SHELF = Shelf()


def mocked(**kafka: Any) -> Publisher:
    return Publisher(SETTINGS, MOCK | kafka, registry=SHELF)


def unreachable(seconds: float = 0.5) -> Publisher:
    return Publisher(SETTINGS, delivery_seconds=seconds, registry=SHELF)


def read(publisher: Publisher, name: str) -> list[Any]:
    """Every message of a kind's topic on the mock broker."""
    topic = SETTINGS.topic(name)
    metadata = publisher._producer.list_topics(topic, timeout=10)
    (broker,) = metadata.brokers.values()
    consumer = Consumer({"bootstrap.servers": f"{broker.host}:{broker.port}", "group.id": "test"})
    places = [TopicPartition(topic, each, 0) for each in metadata.topics[topic].partitions]
    expected = sum(consumer.get_watermark_offsets(place, timeout=10)[1] for place in places)
    consumer.assign(places)
    messages: list[Any] = []
    while len(messages) < expected:
        messages += consumer.consume(expected, timeout=10)
    consumer.close()
    return messages


def murmur2(key: bytes) -> int:
    """Kafka's Java client: the hash of a key."""
    mask, mix = 0xFFFFFFFF, 0x5BD1E995
    value = 0x9747B28C ^ len(key)
    for at in range(0, len(key) - 3, 4):
        part = int.from_bytes(key[at : at + 4], "little") * mix & mask
        value = (value * mix & mask) ^ ((part ^ part >> 24) * mix & mask)
    rest = key[len(key) - len(key) % 4 :]
    if rest:
        value = (value ^ int.from_bytes(rest, "little")) * mix & mask
    value = (value ^ value >> 13) * mix & mask
    return value ^ value >> 15


def test_events_of_every_kind_arrive_as_they_were_published() -> None:
    with mocked() as publisher:
        for of in EVENTS:
            for example in kind(of.KIND).examples():
                publisher.publish(of(**example))
        publisher.flush()
        for name, of_kind in kinds().items():
            messages = read(publisher, name)
            found = [decode(SHELF, message.value())[1] for message in messages]
            assert sorted(found, key=lambda each: each["event_id"]) == sorted(
                of_kind.examples(), key=lambda each: each["event_id"]
            )


def test_a_key_is_where_javas_client_puts_it() -> None:
    with mocked() as publisher:
        for number in range(500):
            publisher.publish(replace(CALL, event_id=f"call-{number}"))
        publisher.flush()
        messages = read(publisher, "calls")
    assert len({message.partition() for message in messages}) == 4
    for message in messages:
        assert message.partition() == (murmur2(message.key()) & 0x7FFFFFFF) % 4


def test_delivery_is_counted() -> None:
    with mocked() as publisher:
        assert (publisher.delivered, publisher.failed, publisher.in_flight) == (0, 0, 0)
        for number in range(5000):
            publisher.publish(replace(CALL, event_id=f"c{number}"))
            assert publisher.delivered + publisher.in_flight <= number + 1
        publisher.flush()
        assert (publisher.delivered, publisher.failed, publisher.in_flight) == (5000, 0, 0)
        assert len(read(publisher, "calls")) == 5000


def test_a_prepared_event_arrives_as_a_published_one() -> None:
    with mocked() as publisher:
        send = publisher.prepare(CALL).send
        send("p1", 1_600_000_000_001)
        send("p" * 64, 1_600_000_000_002)
        publisher.publish(replace(CALL, event_id="p2", occurred_at=1_600_000_000_003))
        publisher.flush()
        messages = read(publisher, "calls")
    assert {message.key().decode(): decode(SHELF, message.value())[1] for message in messages} == {
        event_id: replace(CALL, event_id=event_id, occurred_at=at).to_mapping()
        for event_id, at in [
            ("p1", 1_600_000_000_001),
            ("p" * 64, 1_600_000_000_002),
            ("p2", 1_600_000_000_003),
        ]
    }


def test_a_prepared_register_entry_keeps_its_own_key() -> None:
    entry = Institution(**kind("institutions").examples()[0])
    with mocked() as publisher:
        publisher.prepare(entry).send("e1", 1_600_000_000_000)
        publisher.flush()
        assert [message.key() for message in read(publisher, "institutions")] == [
            b"H001@2020-09-01"
        ]


@pytest.mark.parametrize(
    ("event_id", "at", "field", "rule"),
    [
        ("", 0, "event_id", "id"),
        ("x" * 65, 0, "event_id", "id"),
        ("1391234" + "5678", 0, "event_id", "personal"),
        (7, 0, "event_id", "type"),
        ("p1", -1, "occurred_at", "too_early"),
        ("p1", 2**60, "occurred_at", "too_late"),
        ("p1", 1.5, "occurred_at", "type"),
    ],
)
def test_a_prepared_event_is_still_held_to_its_id_and_time(
    event_id: Any, at: Any, field: str, rule: str
) -> None:
    with mocked() as publisher:
        prepared = publisher.prepare(CALL)
        with pytest.raises(InvalidEvent) as caught:
            prepared.send(event_id, at)
        assert (caught.value.field, caught.value.rule) == (field, rule)
        assert publisher.in_flight == 0


def test_a_wrong_event_is_refused_by_field_and_rule_before_kafka() -> None:
    with mocked() as publisher:
        for act in (publisher.publish, publisher.prepare):
            with pytest.raises(InvalidEvent) as caught:
                act(replace(CALL, city=""))
            assert (caught.value.kind, caught.value.field) == ("calls", "city")
            assert caught.value.rule == "empty"
            assert str(caught.value) == "calls.city [empty]：不得为空字符串；未知或没有时填 null"
        assert publisher.in_flight == 0
        with pytest.raises(InvalidEvent, match=r"occurred_at \[zone\]"):
            publisher.publish(replace(CALL, occurred_at=datetime(2020, 9, 15)))


def test_a_value_of_a_type_that_cannot_be_remembered_is_refused_too() -> None:
    city: Any = ["nanjing"]
    with mocked() as publisher, pytest.raises(InvalidEvent, match=r"city \[type\]"):
        publisher.publish(replace(CALL, city=city))


def test_a_phone_number_never_reaches_kafka() -> None:
    number = "139" + "12345678"
    with mocked() as publisher, pytest.raises(InvalidEvent, match="个人信息") as caught:
        publisher.publish(replace(CALL, city=number))
    assert number not in str(caught.value)


def test_what_kafka_did_not_take_is_counted_with_its_reason(
    caplog: pytest.LogCaptureFixture,
) -> None:
    publisher = unreachable()
    for number in range(20):
        publisher.publish(replace(CALL, event_id=f"c{number}"))
    with pytest.raises(DeliveryFailed) as caught:
        publisher.flush()
    assert caught.value.failed == 20
    assert caught.value.reasons == {"_MSG_TIMED_OUT": 20}
    assert caught.value.first == tuple(f"c{number}" for number in range(10))
    assert "20 条事件未能送达（已送达 0 条）" in str(caught.value)
    assert (publisher.delivered, publisher.failed, publisher.in_flight) == (0, 20, 0)
    publisher.flush()  # reported once
    assert [record.getMessage().partition(":")[0] for record in caplog.records] == [
        "Kafka at 127.0.0.1",
        "An event was not delivered",
    ]


def test_a_topic_that_is_not_there_is_reported_and_not_made() -> None:
    quick = {"topic.metadata.propagation.max.ms": 300}  # how long a new topic may take to appear
    publisher = mocked(**{"allow.auto.create.topics": False}, **quick)
    publisher.publish(CALL)
    with pytest.raises(DeliveryFailed, match="UNKNOWN_TOPIC_OR_PART"):
        publisher.close()


def test_memory_is_bounded_and_nothing_is_dropped_while_kafka_is_away() -> None:
    publisher = unreachable()
    send = publisher.prepare(CALL).send
    most = 0
    for number in range(QUEUE_EVENTS + 20_000):
        send(f"c{number}", 1_600_000_000_000)
        if number % 5000 == 0:
            most = max(most, publisher.in_flight)
    assert most <= QUEUE_EVENTS
    with pytest.raises(DeliveryFailed) as caught:
        publisher.close()
    assert caught.value.failed == QUEUE_EVENTS + 20_000
    assert publisher.failed == QUEUE_EVENTS + 20_000


def test_leaving_the_block_flushes() -> None:
    with mocked() as publisher:
        publisher.publish(CALL)
    assert (publisher.delivered, publisher.in_flight) == (1, 0)


def test_leaving_the_block_by_ctrl_c_flushes_and_lets_it_through() -> None:
    publisher = mocked()

    def block() -> None:
        with publisher:
            publisher.publish(CALL)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        block()
    assert (publisher.delivered, publisher.in_flight) == (1, 0)


def test_an_error_in_the_block_is_not_hidden_by_failed_delivery() -> None:
    def block() -> None:
        with unreachable() as publisher:
            publisher.publish(CALL)
            raise LookupError("ours")

    with pytest.raises(LookupError, match="ours") as caught:
        block()
    assert "1 条事件未能送达" in caught.value.__notes__[0]


def test_a_closed_publisher_takes_nothing() -> None:
    publisher = mocked()
    prepared = publisher.prepare(CALL)
    publisher.close()
    acts: list[Callable[[], None]] = [
        lambda: publisher.publish(CALL),
        lambda: prepared.send("p1", 1_600_000_000_000),
    ]
    for act in acts:
        with pytest.raises(RuntimeError, match="closed"):
            act()


@pytest.mark.parametrize("name", ["acks", "enable.idempotence", "partitioner"])
def test_settings_that_the_guarantees_rest_on_cannot_be_changed(name: str) -> None:
    with pytest.raises(ValueError, match=name):
        Publisher(SETTINGS, {name: "1"}, registry=SHELF)


def test_a_registry_that_is_away_is_an_error_to_retry() -> None:
    publisher = Publisher(Settings(kafka="127.0.0.1:1", registry="http://127.0.0.1:1"), MOCK)
    with pytest.raises(RegistryUnavailable):
        publisher.publish(CALL)
    assert publisher.in_flight == 0


def test_a_retraction_is_published_like_any_event() -> None:
    upload = Upload(**kind("uploads").examples()[0])
    with mocked() as publisher:
        publisher.publish(retraction(upload, event_id="back"))
        publisher.flush()
        (message,) = read(publisher, "uploads")
    assert decode(SHELF, message.value())[1]["sign"] == -1
    assert message.key() == b"back"
