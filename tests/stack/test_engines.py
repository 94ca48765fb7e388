"""The real Kafka and registry, on a data folder of their own."""

import json
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from confluent_kafka import TIMESTAMP_LOG_APPEND_TIME, Consumer, KafkaError, Producer
from confluent_kafka.admin import AdminClient, ConfigResource, NewTopic, ResourceType
from confluent_kafka.schema_registry import Schema, SchemaRegistryClient, SchemaRegistryError

from ningmai.settings import Settings
from ningmai.stack.stack import Stack, on_free_ports

pytestmark = pytest.mark.engine

V1 = {"type": "record", "name": "Call", "fields": [{"name": "id", "type": "string"}]}
V2 = {**V1, "fields": [*V1["fields"], {"name": "line", "type": "string", "default": ""}]}
OTHER = {**V1, "fields": [{"name": "id", "type": "long"}]}
DAY_MS = 86_400_000


@pytest.fixture
def admin(engine_settings: Settings) -> AdminClient:
    return AdminClient({"bootstrap.servers": engine_settings.kafka_servers})


@pytest.fixture
def topic(admin: AdminClient, namespace: Settings) -> str:
    """A topic with nothing but the broker's defaults."""
    name = namespace.topic("tried")
    admin.create_topics([NewTopic(name, 2)])[name].result(10)
    return name


@pytest.fixture
def registry(engine_settings: Settings) -> Iterator[SchemaRegistryClient]:
    with SchemaRegistryClient({"url": engine_settings.registry_url}) as client:
        yield client


def schema(of: dict[str, object]) -> Schema:
    return Schema(json.dumps(of), "AVRO")


def produce(settings: Settings, topic: str, value: bytes, **options: object) -> list[KafkaError]:
    errors: list[KafkaError] = []
    producer = Producer({"bootstrap.servers": settings.kafka_servers, **options})
    producer.produce(topic, value, timestamp=1, on_delivery=lambda error, _: errors.append(error))
    assert producer.flush(20) == 0
    return errors


def consume(settings: Settings, topic: str) -> list[tuple[bytes, tuple[int, int]]]:
    """The first message of a topic, value and timestamp."""
    consumer = Consumer(
        {
            "bootstrap.servers": settings.kafka_servers,
            "group.id": f"{settings.group}-{uuid.uuid4().hex}",
            "auto.offset.reset": "earliest",
            "fetch.message.max.bytes": 9_000_000,
        }
    )
    consumer.subscribe([topic])
    found = [(each.value(), each.timestamp()) for each in consumer.consume(1, 20)]
    consumer.close()
    return found


def test_the_broker_stamps_what_it_appends(engine_settings: Settings, topic: str) -> None:
    before = time.time_ns() // 1_000_000
    assert produce(engine_settings, topic, b"of 1970, says the producer") == [None]
    ((value, (kind, stamp)),) = consume(engine_settings, topic)
    assert (value, kind) == (b"of 1970, says the producer", TIMESTAMP_LOG_APPEND_TIME)
    assert before <= stamp <= time.time_ns() // 1_000_000


def test_a_message_of_five_megabytes_goes_through(engine_settings: Settings, topic: str) -> None:
    large = bytes(5_000_000)
    options = {"message.max.bytes": 8_000_000}
    assert produce(engine_settings, topic, large, **options) == [None]
    assert [value for value, _ in consume(engine_settings, topic)] == [large]


def test_a_topic_is_never_made_by_using_it(
    engine_settings: Settings, namespace: Settings, admin: AdminClient
) -> None:
    (error,) = produce(
        engine_settings, namespace.topic("nobody_made"), b"", **{"message.timeout.ms": 3000}
    )
    assert error is not None
    assert namespace.topic("nobody_made") not in admin.list_topics(timeout=10).topics


@pytest.mark.parametrize("internal", [None, "kafkasql-journal"])
def test_a_topic_keeps_a_week_and_the_schemas_for_ever(
    admin: AdminClient, topic: str, internal: str | None
) -> None:
    resource = ConfigResource(ResourceType.TOPIC, internal or topic)
    config = admin.describe_configs([resource])[resource].result(10)
    kept = int(config["retention.ms"].value)
    assert kept == -1 if internal else kept >= 7 * DAY_MS


def test_a_schema_that_cannot_read_an_earlier_one_is_refused_with_409(
    registry: SchemaRegistryClient, namespace: Settings
) -> None:
    subject = namespace.subject("tried")
    registry.set_compatibility(subject, "BACKWARD_TRANSITIVE")
    first = registry.register_schema(subject, schema(V1))
    assert registry.register_schema(subject, schema(V1)) == first
    assert registry.register_schema(subject, schema(V2)) != first
    with pytest.raises(SchemaRegistryError) as refused:
        registry.register_schema(subject, schema(OTHER))
    assert refused.value.http_status_code == 409


def test_nothing_listens_beyond_loopback(engine_settings: Settings) -> None:
    ports = {value for name, value in engine_settings.model_dump().items() if "port" in name}
    listening = [
        connection.laddr
        for connection in psutil.net_connections("tcp")
        if connection.status == psutil.CONN_LISTEN and connection.laddr.port in ports
    ]
    assert engine_settings.registry_management_port in {port for _, port in listening}
    assert {ip.removeprefix("::ffff:") for ip, _ in listening} == {"127.0.0.1"}


def test_topics_messages_and_schemas_outlive_a_stop_and_new_ports(tmp_path: Path) -> None:
    settings = on_free_ports(Settings(data_dir=tmp_path))
    topic, subject = settings.topic("kept"), settings.subject("kept")
    with Stack(settings) as stack:
        stack.start("kafka", "registry")
        admin = AdminClient({"bootstrap.servers": settings.kafka_servers})
        admin.create_topics([NewTopic(topic, 3)])[topic].result(10)
        assert produce(settings, topic, b"kept") == [None]
        cluster = admin.list_topics(timeout=10).cluster_id
        with SchemaRegistryClient({"url": settings.registry_url}) as registry:
            first = registry.register_schema(subject, schema(V1))
        pids = [part.pid for part in stack.status() if part.pid]
    assert len(pids) == 2
    assert not any(psutil.pid_exists(pid) for pid in pids)
    moved = on_free_ports(settings)
    with Stack(moved) as stack:
        stack.start("kafka", "registry")
        admin = AdminClient({"bootstrap.servers": moved.kafka_servers})
        found = admin.list_topics(timeout=10)
        assert (found.cluster_id, len(found.topics[topic].partitions)) == (cluster, 3)
        assert [value for value, _ in consume(moved, topic)] == [b"kept"]
        with SchemaRegistryClient({"url": moved.registry_url}) as registry:
            assert registry.lookup_schema(subject, schema(V1)).schema_id == first
