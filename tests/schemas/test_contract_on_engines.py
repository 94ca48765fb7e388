"""Registry and topics on the real engines: Apicurio's Confluent API, Apache Kafka."""

import copy
import json
import uuid

import pytest
from confluent_kafka.admin import AdminClient, ConfigResource, NewTopic, ResourceType
from confluent_kafka.schema_registry import Schema, SchemaRegistryClient, SchemaRegistryError

from ningmai.settings import Settings
from schemas import topics_admin
from schemas.codec import decode, encode
from schemas.errors import TopicDiffers, Undecodable, UnknownSchema
from schemas.kinds import kind, kinds
from schemas.registry import Registry

pytestmark = pytest.mark.engine


@pytest.fixture
def own(engine_settings: Settings) -> Settings:
    """Settings of a namespace that nobody else has."""
    return engine_settings.model_copy(update={"namespace": f"t{uuid.uuid4().hex[:12]}"})


def test_registering_twice_gives_the_same_ids_and_the_schemas_come_back(own: Settings) -> None:
    ids = Registry(own).register_all()
    assert Registry(own).register_all() == ids
    fresh = Registry(own)
    for name, of in kinds().items():
        assert fresh.ids(name) == ids[name]
        for version, schema_id in ids[name].items():
            assert fresh.schema(schema_id) == of.schema(version)


def test_what_is_not_registered_is_unknown(own: Settings) -> None:
    with pytest.raises(UnknownSchema):
        Registry(own).ids("calls")
    for schema_id in (2**31 - 1, 999_999):
        with pytest.raises(UnknownSchema):
            Registry(own).schema(schema_id)


def test_the_registry_refuses_a_version_that_cannot_read_the_first(own: Settings) -> None:
    Registry(own).register_all()
    client = SchemaRegistryClient({"url": own.registry_url})
    second = copy.deepcopy(kind("calls").schema())
    second["fields"].append({"name": "district", "type": ["null", "string"], "default": None})
    client.register_schema(own.subject("calls"), Schema(json.dumps(second), "AVRO"))
    third = copy.deepcopy(second)
    third["fields"].append({"name": "required", "type": "string"})
    with pytest.raises(SchemaRegistryError) as caught:
        client.register_schema(own.subject("calls"), Schema(json.dumps(third), "AVRO"))
    assert caught.value.http_status_code == 409


def test_every_example_is_decoded_by_what_the_registry_says(own: Settings) -> None:
    ids = Registry(own).register_all()
    registry = Registry(own)
    for name, of in kinds().items():
        schema_id = ids[name][of.versions[-1]]
        for event in of.examples():
            assert decode(registry, encode(of, schema_id, event)) == (schema_id, event)
    with pytest.raises(Undecodable, match="unknown_schema"):
        decode(registry, b"\x00\x00\x0f\xff\xff" + b"rest")


def test_topics_are_made_once_with_append_time_and_their_retention(own: Settings) -> None:
    assert sorted(topics_admin.ensure(own)) == sorted(map(own.topic, kinds()))
    assert topics_admin.ensure(own) == []
    admin = AdminClient({"bootstrap.servers": own.kafka_servers})
    topics = admin.list_topics(timeout=10).topics
    for name, of in kinds().items():
        assert len(topics[own.topic(name)].partitions) == (of.partitions or own.partitions)
        resource = ConfigResource(ResourceType.TOPIC, own.topic(name))
        (found,) = admin.describe_configs([resource]).values()
        config = {key: entry.value for key, entry in found.result(10).items()}
        assert config["message.timestamp.type"] == "LogAppendTime"
        assert config["cleanup.policy"] == "delete"
        assert config["retention.ms"] == (str(30 * 86_400_000) if of.flow else "-1")


def test_a_topic_made_by_hand_with_other_settings_is_named(own: Settings) -> None:
    admin = AdminClient({"bootstrap.servers": own.kafka_servers})
    by_hand = {"message.timestamp.type": "CreateTime", "retention.ms": "-1"}
    topics = [
        NewTopic(own.topic("calls"), num_partitions=8, config=by_hand),
        NewTopic(own.topic("statements"), num_partitions=2),
    ]
    for future in admin.create_topics(topics, operation_timeout=10).values():
        future.result(10)
    with pytest.raises(TopicDiffers) as caught:
        topics_admin.ensure(own)
    message = str(caught.value)
    assert "message.timestamp.type is CreateTime, must be LogAppendTime" in message
    assert f"{own.topic('statements')}: 2 partitions, must be 1" in message
    assert f"{own.topic('statements')}: retention.ms is 604800000, must be -1" in message
    # Longer retention and more partitions of a flow are the operator's choice.
    assert f"{own.topic('calls')}: retention.ms" not in message
    assert "8 partitions" not in message
