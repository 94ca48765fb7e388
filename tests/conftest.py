"""The engines that tests marked ``engine`` share: one stack a session, a namespace a test."""

import os
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from clickhouse_connect.driver.client import Client

from ningmai.settings import Settings
from ningmai.stack import run
from ningmai.stack.stack import ENGINES, Stack, on_free_ports

TEST_STACK = "NINGMAI_TEST_STACK"
"""A data folder that a stack is running on already: no other is started."""


@pytest.fixture(scope="session")
def engine_settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """Settings of running engines (Kafka, registry, ClickHouse; no worker)."""
    if running := os.environ.get(TEST_STACK):
        yield running_settings(Path(running))
        return
    folder = tmp_path_factory.mktemp("stack")
    settings = own_namespace(on_free_ports(Settings(data_dir=folder)))
    with Stack(settings) as stack:
        stack.start(*ENGINES)
        yield settings


@pytest.fixture
def namespace(engine_settings: Settings) -> Settings:
    """Settings of running engines, with topics, subjects, group and database nobody else has."""
    return own_namespace(engine_settings)


@dataclass(frozen=True)
class City:
    """September 2020 and today's simulated traffic, counted by a worker that goes on."""

    settings: Settings
    client: Client
    of_today: Callable[[], date]
    """The day in Shanghai, with traffic: a run that goes past midnight gets some of the new day."""


@pytest.fixture(scope="session")
def city(engine_settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    """What screens have to show; for tests that only look, and add what they look for.

    In the namespace that the engines were started with: the only one whose views readers may read.
    """
    from tests.city import city

    with city(engine_settings, tmp_path_factory.mktemp("city") / "worker.log") as (client, traffic):
        yield City(engine_settings, client, traffic.of_today)


@pytest.fixture(autouse=True)
def today(request: pytest.FixtureRequest) -> date | None:
    """The city's day, for tests that look at the city; there are events of it."""
    if "city" not in request.fixturenames:
        return None
    seen: City = request.getfixturevalue("city")
    return seen.of_today()


def own_namespace(settings: Settings) -> Settings:
    """These settings in a namespace that no test has had, and no long wait for the far check."""
    return settings.model_copy(update={"namespace": f"t{uuid.uuid4().hex[:12]}", "far_seconds": 3})


def running_settings(data_dir: Path) -> Settings:
    found = run.read(data_dir)
    if found is None or not found.process.alive():
        pytest.exit(f"{TEST_STACK}={data_dir}: nothing runs on that data folder")
    return own_namespace(found.settings(Settings(data_dir=data_dir)))
