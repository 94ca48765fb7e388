import uuid
from collections.abc import Iterator

import pytest
from clickhouse_connect.driver.client import Client

from clickhouse import migrate
from clickhouse.client import connect
from ningmai.settings import Settings

pytestmark = pytest.mark.engine


@pytest.fixture
def settings(engine_settings: Settings) -> Settings:
    return engine_settings.model_copy(update={"namespace": f"m{uuid.uuid4().hex[:12]}"})


@pytest.fixture
def client(settings: Settings) -> Iterator[Client]:
    client = connect(settings)
    migrate.migrate(client, settings)
    yield client
    client.command(f"DROP DATABASE {settings.database}")


def test_migrations_apply_once_and_in_order(settings: Settings) -> None:
    client = connect(settings)
    assert migrate.migrate(client, settings) == [path.name for path in migrate.files()]
    assert migrate.migrate(client, settings) == []


def test_a_migration_cut_off_in_the_middle_is_run_again(client: Client, settings: Settings) -> None:
    client.command("TRUNCATE TABLE migrations")
    assert len(migrate.migrate(client, settings)) == len(migrate.files())
    assert client.query("SELECT sum(definition) FROM definitions FINAL").result_rows == [(5,)]


def test_a_migration_changed_after_it_was_applied_is_refused(
    client: Client, settings: Settings
) -> None:
    client.command("INSERT INTO migrations (name, sha256) VALUES ('0002_calls.sql', 'another')")
    with pytest.raises(migrate.MigrationChanged, match=r"0002_calls\.sql was changed after"):
        migrate.migrate(client, settings)


def test_everything_in_the_database_says_what_it_is(client: Client, settings: Settings) -> None:
    silent = client.query(
        "SELECT name FROM system.tables WHERE database = {db:String} AND comment = ''",
        parameters={"db": settings.database},
    )
    assert silent.result_rows == []
    columns = client.query(
        "SELECT table, name FROM system.columns WHERE database = {db:String} AND comment = '' "
        "AND table IN (SELECT name FROM system.tables WHERE database = {db:String} "
        "AND engine != 'View')",
        parameters={"db": settings.database},
    )
    assert columns.result_rows == []
