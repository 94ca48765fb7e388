from pathlib import Path
from urllib.parse import quote

import pytest

from clickhouse.embedded.access import allowed
from clickhouse.embedded.faults import Fault
from clickhouse.embedded.sql import is_question, reading, split
from ningmai.settings import Settings
from tests.clickhouse.test_embedded_server import curl


@pytest.mark.engine
@pytest.mark.parametrize(
    "sql",
    [
        'SELECT * FROM raw AS "a) b"',
        'SELECT * FROM raw AS "a\nb"',
        "SELECT 1 # '\n; SELECT b FROM served.raw # '",
        "SELECT 1 # '\n; CREATE TABLE served.mine ENGINE = Memory AS SELECT 1 # '",
        "SELECT 'x' IN default.other",
        "SELECT hasColumnInTable('served', 'raw', 'b')",
    ],
)
def test_no_spelling_gets_a_reader_past_the_views(served: Settings, sql: str) -> None:
    answer = curl(served, "--data-binary", sql, user="analyst:analyst")
    assert "Code: 497." in answer or "Code: 62." in answer, answer
    assert "mine" not in curl(served, "-d", "SHOW TABLES FROM served")


@pytest.mark.engine
def test_a_reader_writes_no_file(served: Settings, tmp_path: Path) -> None:
    sql = f"SELECT 1 # '\n INTO OUTFILE '{tmp_path}/out' # '"
    assert "Code: 344." in curl(served, "--data-binary", sql, user="analyst:analyst")
    url = f"/?output_format_schema={quote(str(tmp_path / 'schema'))}"
    sql = "SELECT 1 AS x FORMAT Protobuf"
    assert "Code: 164." in curl(served, "-d", sql, url=url, user="analyst:analyst")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.engine
def test_a_reader_sees_the_views_alone_in_system_tables(served: Settings) -> None:
    sql = "SELECT DISTINCT name FROM system.tables ORDER BY name"
    assert curl(served, "-d", sql, user="analyst:analyst").split() == ["above", "seen"]


@pytest.mark.engine
def test_a_readers_own_row_limit_leaves_its_query_whole(served: Settings) -> None:
    sql = "SELECT count() FROM seen WHERE a IN (SELECT a FROM seen)"
    answer = curl(served, "-d", sql, url="/?max_result_rows=1", user="analyst:analyst")
    assert answer == "2\n"


@pytest.mark.parametrize(
    "name", ["output_format_schema", "format_schema", "format_template_resultset"]
)
def test_a_reader_sets_nothing_that_names_a_file(name: str) -> None:
    with pytest.raises(Fault):
        allowed({name: "x"})


def test_a_format_in_a_string_ends_no_insert() -> None:
    whole = b"INSERT INTO t VALUES ('one FORMAT CSV\ntwo'), ('\xe5\x8d\x97 FORMAT CSV;')"
    assert split(None, whole).data == b""


def test_settings_of_an_insert_are_no_data() -> None:
    said = split("INSERT INTO t FORMAT CSV SETTINGS async_insert = 0", b"1\n")
    assert said.data == b"1\n"
    text = reading("INSERT INTO t SETTINGS a = 1 FORMAT CSV", "p")
    assert " ".join(text.split()) == "INSERT INTO t FROM INFILE 'p' SETTINGS a = 1 FORMAT CSV"


def test_what_only_reads_is_known() -> None:
    assert is_question("/* why */ (SELECT 1)")
    assert not is_question("INSERT INTO t SELECT 1")
