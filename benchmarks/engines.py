"""The engines of a run, and a clean slate before each round."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import psutil
from clickhouse_connect import get_client
from clickhouse_connect.driver.client import Client
from confluent_kafka import ConsumerGroupTopicPartitions, KafkaException
from confluent_kafka.admin import AdminClient

from benchmarks.measure import listener
from clickhouse.client import connect
from clickhouse.migrate import migrate
from ningmai.doing import Doing
from ningmai.settings import Settings
from ningmai.stack.ports import free_ports
from ningmai.stack.stack import ENGINES, PORTS, Stack
from schemas.registry import Registry
from schemas.topics_admin import ensure


@contextmanager
def running(folder: Path, doing: Doing) -> Iterator[Settings]:
    """Engines of this run's own, on free ports, for the length of a block. Raises StackError.

    Engines whose addresses NINGMAI_KAFKA, NINGMAI_REGISTRY and NINGMAI_CLICKHOUSE give are used
    as they are.
    """
    names = [name for part in PORTS.values() for name in part]
    ports = dict(zip(names, free_ports("127.0.0.1", len(names)), strict=True))
    settings = Settings(data_dir=folder).model_copy(update=ports)
    with Stack(settings, doing) as stack:
        stack.start(*ENGINES)
        yield settings


def prepare(settings: Settings) -> None:
    """Topics and schemas of a namespace, where they are missing."""
    ensure(settings)
    Registry(settings).register_all()


def start_over(settings: Settings) -> None:
    """An empty database, and no group: the next worker reads the topics from their start."""
    client = _unbound(settings)
    client.command(f"DROP DATABASE IF EXISTS {settings.database} SYNC")
    migrate(client, settings)
    client.close()
    for deleted in _admin(settings).delete_consumer_groups([settings.group]).values():
        try:
            deleted.result()
        except KafkaException as error:
            if error.args[0].name() != "GROUP_ID_NOT_FOUND":
                raise


def committed(settings: Settings, topic: str) -> int:
    """Sum of the offsets that the group of the workers has committed for a topic."""
    group = ConsumerGroupTopicPartitions(settings.group)
    asked = _admin(settings).list_consumer_group_offsets([group])[settings.group]
    try:
        found = asked.result().topic_partitions
    except KafkaException:  # no such group yet
        return 0
    return sum(max(each.offset, 0) for each in found if each.topic == topic)


def clickhouse_client(settings: Settings) -> Client:
    """A client in the database of these settings."""
    return connect(settings)


def clickhouse_process(settings: Settings) -> psutil.Process:
    """The process of the ClickHouse server."""
    return listener(urlsplit(settings.clickhouse_url).port or 8123)


def _unbound(settings: Settings) -> Client:
    return get_client(
        dsn=settings.clickhouse_url,
        username=settings.clickhouse_user,
        password=settings.clickhouse_password,
        autogenerate_session_id=False,
    )


def _admin(settings: Settings) -> AdminClient:
    return _admin_of(settings.kafka_servers)


@cache
def _admin_of(servers: str) -> AdminClient:
    # It outlives the brokers of a run, and would tell of each try to reach them again.
    return AdminClient({"bootstrap.servers": servers, "log_level": 0})
