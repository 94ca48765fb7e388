"""The data dictionary says what everything means, and is the one that is committed."""

from pathlib import Path

import pytest
from clickhouse_connect.driver.client import Client

from ningmai.dictionary import page, relations

pytestmark = pytest.mark.engine
COMMITTED = Path(__file__).parents[2] / "docs/dictionary.md"


def test_every_table_and_view_states_its_grain_and_every_column_its_meaning(
    client: Client,
) -> None:
    found = relations(client)
    assert [one.name for one in found if not one.grain] == []
    silent = [
        f"{one.name}.{each.name}" for one in found for each in one.columns if not each.meaning
    ]
    assert silent == []
    assert [one.name for one in found if not one.columns] == []


def test_the_committed_dictionary_is_that_of_the_migrations(client: Client) -> None:
    database = str(client.command("SELECT currentDatabase()"))
    assert page(relations(client)).replace(f"{database}.", "") == COMMITTED.read_text("utf-8"), (
        "write it again: ningmai dictionary --out docs/dictionary.md"
    )
