"""A migrated database of one's own on the real engine, empty for each test."""

import uuid
from collections.abc import Iterator

import pytest
from clickhouse_connect.driver.client import Client

from clickhouse.client import connect
from clickhouse.migrate import migrate
from ningmai.settings import Settings

DATA = """
SELECT name FROM system.tables WHERE database = currentDatabase() AND engine LIKE '%MergeTree'
AND name NOT IN ('labels', 'migrations', 'definitions')
"""


@pytest.fixture(scope="module")
def migrated(engine_settings: Settings) -> Iterator[Client]:
    settings = engine_settings.model_copy(update={"namespace": f"v{uuid.uuid4().hex[:12]}"})
    client = connect(settings)
    migrate(client, settings)
    yield client
    client.command(f"DROP DATABASE {settings.database}")


@pytest.fixture
def client(migrated: Client) -> Client:
    for (table,) in migrated.query(DATA).result_rows:
        migrated.command(f"TRUNCATE TABLE {table}")
    return migrated
