import re

import pytest

from clickhouse import migrate
from ningmai.settings import Settings
from schemas.catalogue import catalogue
from schemas.kinds import kinds
from streams.app import ROLLUPS
from streams.layouts import symbols_of
from streams.rollups import Rollup
from streams.sink import LOG_COLUMNS

SETTINGS = Settings(namespace="checked")
SQL = {path.name: path.read_text("utf-8") for path in migrate.files()}
TABLE = re.compile(
    r"CREATE TABLE IF NOT EXISTS \$\{database\}\.(\w+).*?\n\(\n(.*?)\n\)\n(.*?);", re.S
)
TABLES = {m[1]: (m[2], m[3]) for text in SQL.values() for m in TABLE.finditer(text)}
COLUMN = re.compile(r"^    (?!INDEX)(\w+) .*$", re.M)
ADDED = re.compile(
    r"^ALTER TABLE \$\{database\}\.(\w+) .* ADD COLUMN IF NOT EXISTS (\w+) (.*);$", re.M
)
MORE = [match.groups() for text in SQL.values() for match in ADDED.finditer(text)]


def columns(table: str) -> list[str]:
    added = [column for of, column, _ in MORE if of == table]
    return [*COLUMN.findall(TABLES[table][0]), *added]


def test_migrations_are_numbered_without_holes() -> None:
    assert [int(name[:4]) for name in SQL] == list(range(1, len(SQL) + 1))


def test_a_migration_that_has_landed_never_changes() -> None:
    found = {path.name: migrate.digest(path) for path in migrate.files()}
    assert {name: found.get(name) for name in migrate.frozen()} == migrate.frozen()


@pytest.mark.parametrize("table", TABLES)
def test_every_table_and_column_says_what_it_holds(table: str) -> None:
    body, rest = TABLES[table]
    silent = [line for line in COLUMN.finditer(body) if "COMMENT '" not in line[0]]
    assert silent == []
    assert [each for each in MORE if each[0] == table and "COMMENT '" not in each[2]] == []
    assert re.search(r"COMMENT 'One row per ", rest)


@pytest.mark.parametrize("name", SQL)
def test_every_view_states_its_grain(name: str) -> None:
    for statement in migrate.statements(migrate.FOLDER / name, SETTINGS):
        if "CREATE OR REPLACE VIEW" in statement:
            assert re.search(r"\nCOMMENT '.*[Oo]ne row per ", statement), statement.splitlines()[0]


@pytest.mark.parametrize("kind", kinds())
def test_a_raw_table_has_the_fields_of_the_newest_schema(kind: str) -> None:
    fields = [field["name"] for field in kinds()[kind].schema()["fields"]]
    assert set(columns(f"raw_{kind}")) == {*fields, *LOG_COLUMNS}


@pytest.mark.parametrize("rollup", ROLLUPS.values(), ids=lambda rollup: str(rollup.kind))
def test_a_rollup_table_has_the_columns_that_the_worker_counts(rollup: Rollup) -> None:
    counted = {"definition", "grain", "epoch", "taken_back", "append_day", "last_offset"}
    expected = counted | set(rollup.keys) | set(rollup.sums)
    assert set(columns(f"rollup_{rollup.kind}")) == expected


def test_sql_and_catalogue_pair_the_same_codes_and_labels() -> None:
    rows = re.findall(r"\('([^']+)', '([^']+)', '([^']+)', (\d+)\)", SQL["0009_labels.sql"])
    printed = [(each.list, each.code, each.label, str(each.place)) for each in catalogue().labels()]
    assert rows == printed


def test_no_name_of_a_database_is_written_out() -> None:
    assert [name for name, text in SQL.items() if re.search(r"\bningmai\.", text)] == []


def test_enums_are_stored_as_their_symbols() -> None:
    for kind in kinds().values():
        for field in kind.schema()["fields"]:
            if symbols_of(field["type"]):
                line = next(
                    m[0]
                    for m in COLUMN.finditer(TABLES[f"raw_{kind.name}"][0])
                    if m[1] == field["name"]
                )
                assert "LowCardinality" in line
