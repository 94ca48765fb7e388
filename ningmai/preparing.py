"""What a worker wants to find, made ready on engines that others run."""

import time
from collections.abc import Callable
from typing import TypeVar

from clickhouse.client import connect
from clickhouse.errors import Unavailable
from clickhouse.migrate import migrate
from ningmai.doing import Doing
from ningmai.errors import Problem
from ningmai.settings import Settings
from schemas import topics_admin
from schemas.errors import KafkaUnavailable, RegistryUnavailable
from schemas.registry import Registry

PAUSE_SECONDS = 2.0
AWAY = (Unavailable, KafkaUnavailable, RegistryUnavailable)
Result = TypeVar("Result")


def prepare(settings: Settings, doing: Doing, wait_seconds: float) -> None:
    """Migrates ClickHouse, makes the topics, registers the schemas; done again, nothing changes.

    Engines that do not answer are tried again for ``wait_seconds`` in all, then a Problem names the
    one that is away. What is wrong, not away, is raised at once: see clickhouse.migrate,
    schemas.topics_admin and schemas.registry.
    """
    until = time.monotonic() + wait_seconds

    def ready(what: str, address: str, step: Callable[[], Result]) -> Result:
        return _ready(what, address, step, until, doing)

    applied = ready(
        "ClickHouse", settings.clickhouse_url, lambda: migrate(connect(settings), settings)
    )
    doing.say(f"ClickHouse: {len(applied)} migrations applied")
    made = ready("Kafka", settings.kafka_servers, lambda: topics_admin.ensure(settings))
    doing.say(f"Kafka: {len(made)} topics made")
    ids = ready("the registry", settings.registry_url, Registry(settings).register_all)
    doing.say(f"registry: the schemas of {len(ids)} kinds are there")


def _ready(
    what: str, address: str, step: Callable[[], Result], until: float, doing: Doing
) -> Result:
    told = False
    while True:
        try:
            return step()
        except AWAY as error:
            if time.monotonic() >= until:
                raise Problem(
                    f"{what} at {address} does not answer: {error}",
                    "Is it up, and is the address right? Call this again: what is done stays done.",
                ) from error
            if not told:
                doing.say(f"waiting for {what} at {address}")
                told = True
            time.sleep(PAUSE_SECONDS)
