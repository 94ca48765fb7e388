import gzip
import json
import os
import signal
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import monotonic
from urllib.parse import quote

import lz4.frame
import pyarrow as pa
import pytest
from clickhouse_connect import get_client
from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import DatabaseError

from clickhouse.client import connect, errors_sorted
from clickhouse.embedded.faults import Fault
from clickhouse.embedded.request import framed, unframed, unpacked
from clickhouse.errors import Refused, Unavailable
from ningmai.settings import Settings
from tests.clickhouse.conftest import free_port, ready, start

pytestmark = pytest.mark.engine


@pytest.fixture
def client(served: Settings) -> Client:
    return connect(served)


@pytest.fixture
def analyst(served: Settings) -> Client:
    return connect(served, "analyst")


def curl(served: Settings, *arguments: str, url: str = "/", user: str = "ningmai:ningmai") -> str:
    command = ["curl", "-s", "-u", user, *arguments, f"{served.clickhouse_url}{url}"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_clickhouse_connect_reads_with_parameters(client: Client) -> None:
    sql = "SELECT {a:String}, {b:UInt8} + 1, [1, 2], NULL"
    rows = client.query(sql, parameters={"a": "it's; DROP", "b": 2}).result_rows
    assert rows == [("it's; DROP", 3, [1, 2], None)]


def test_clickhouse_connect_inserts_rows_arrow_and_raw_bytes(client: Client) -> None:
    client.command("CREATE TABLE served.filled (a Int64, b String) ENGINE = Memory")
    client.insert("served.filled", [(1, "row")], column_names=["a", "b"])
    client.insert_arrow("served.filled", pa.table({"a": [2], "b": ["arrow"]}))
    client.raw_insert("served.filled", ["a", "b"], insert_block=b"3,raw\n", fmt="CSV")
    rows = client.query("SELECT * FROM served.filled ORDER BY a").result_rows
    assert rows == [(1, "row"), (2, "arrow"), (3, "raw")]


def test_input_is_read_from_the_body(client: Client) -> None:
    client.command("CREATE TABLE served.put (a Int64, b Int64) ENGINE = Memory")
    sql = "INSERT INTO served.put SELECT x, x * 10 FROM input('x Int64') FORMAT JSONEachRow"
    client.command(sql, data=b'{"x": 4}\n')
    assert client.query("SELECT * FROM served.put").result_rows == [(4, 40)]


def test_curl_gets_the_format_it_asks_for(served: Settings) -> None:
    answer = curl(served, "-d", "SELECT a FROM served.raw ORDER BY a FORMAT JSONCompact")
    assert json.loads(answer)["data"] == [["1"], ["2"]] or json.loads(answer)["data"] == [[1], [2]]
    assert curl(served, "-d", "SELECT 1, 'b'", url="/?default_format=CSV") == '1,"b"\n'
    assert curl(served, url=f"/?query={quote('SELECT 7')}") == "7\n"


def test_gzip_goes_both_ways(served: Settings, tmp_path: Path) -> None:
    body = tmp_path / "query.gz"
    body.write_bytes(gzip.compress(b"SELECT 'packed'"))
    arguments = ("-H", "Content-Encoding: gzip", "--data-binary", f"@{body}", "--compressed")
    assert curl(served, *arguments, url="/?enable_http_compression=1") == "packed\n"


def test_an_insert_of_many_compressed_blocks_is_there_whole(
    client: Client, served: Settings
) -> None:
    client.command("CREATE TABLE served.blocks (a Int64) ENGINE = Memory")
    packing = get_client(
        dsn=served.clickhouse_url, username="ningmai", password="ningmai", compress="lz4"
    )
    rows = 600_000
    packing.insert("served.blocks", [(number,) for number in range(rows)], ["a"])
    found = client.query("SELECT count(), sum(a) FROM served.blocks").result_rows
    assert found == [(rows, rows * (rows - 1) // 2)]


def test_lz4_that_is_cut_off_is_refused() -> None:
    whole = lz4.frame.compress(b"1\n" * 1000) + lz4.frame.compress(b"2\n" * 1000)
    assert unpacked(whole, "lz4", {}) == b"1\n" * 1000 + b"2\n" * 1000
    with pytest.raises(Fault, match="no lz4"):
        unpacked(whole[:-6], "lz4", {})


def test_clickhouses_own_frames_go_both_ways() -> None:
    assert unframed(framed(b"a" * 1000) + framed(b"b")) == b"a" * 1000 + b"b"


@pytest.mark.parametrize(
    ("sql", "status", "code"),
    [
        ("SELECT", 400, 62),
        ("SELECT * FROM served.nothing", 404, 60),
        ("SELECT * FROM nowhere.nothing", 404, 81),
        ("SELECT throwIf(1)", 500, 395),
        ("SELECT 1; SELECT 2", 400, 62),
        ("SELECT 1 INTO OUTFILE 'x'", 500, 344),
    ],
)
def test_an_exception_has_clickhouses_code_and_status(
    served: Settings, sql: str, status: int, code: int
) -> None:
    answer = curl(served, "-i", "-d", sql)
    assert f"HTTP/1.1 {status} " in answer
    assert f"X-ClickHouse-Exception-Code: {code}" in answer
    assert f"Code: {code}. DB::Exception: " in answer


def test_a_wrong_password_is_refused(served: Settings) -> None:
    assert "Code: 516." in curl(served, "-d", "SELECT 1", user="ningmai:wrong")
    assert "Code: 516." in curl(served, "-d", "SELECT 1", user="nobody:")


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT count() FROM seen",
        "WITH x AS (SELECT a FROM seen) SELECT max(a) FROM x",
        "SELECT a FROM above(least = 1)",
        "SELECT * FROM numbers(3)",
        "SELECT name FROM system.tables WHERE database = currentDatabase()",
        "DESCRIBE TABLE seen",
        "SHOW TABLES",
    ],
)
def test_an_analyst_reads_views(analyst: Client, sql: str) -> None:
    assert analyst.query(sql).result_rows


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM raw",
        "SELECT * FROM served.raw",
        "SELECT (SELECT count() FROM raw)",
        "SELECT 1 WHERE 1 IN raw",
        "SELECT * FROM view(SELECT * FROM raw)",
        "SELECT * FROM merge('served', '.*')",
        "SELECT * FROM file('/etc/passwd', LineAsString)",
        "SELECT * FROM url('http://127.0.0.1:1/', CSV)",
        "INSERT INTO raw VALUES (9, 'z')",
        "CREATE TABLE mine (a Int8) ENGINE = Memory",
        "DROP VIEW seen",
        "SET max_threads = 1",
        "SELECT 1 SETTINGS max_memory_usage = 0",
        "SELECT * FROM system.query_log",
    ],
)
@pytest.mark.parametrize("user", ["analyst", "grafana"])
def test_readers_are_refused_all_else(served: Settings, user: str, sql: str) -> None:
    answer = curl(served, "-d", sql, user=f"{user}:{user}")
    assert "Code: 497." in answer or "Code: 164." in answer, answer


def test_a_readers_query_ends_at_its_limit(served: Settings) -> None:
    sql = "SELECT sum(sipHash64(number)) FROM numbers(100000000000)"
    answer = curl(served, "-d", sql, url="/?max_execution_time=1", user="analyst:analyst")
    assert "Code: 159." in answer


def test_a_slow_reader_does_not_hold_up_an_insert(served: Settings, client: Client) -> None:
    client.command("CREATE TABLE served.quick (a Int64) ENGINE = Memory")
    slow = "SELECT sleepEachRow(1) FROM numbers(3)"
    with ThreadPoolExecutor(12) as pool:
        readers = [pool.submit(curl, served, "-d", slow, user="analyst:analyst") for _ in range(10)]
        client.command("INSERT INTO served.quick VALUES (1)")
        assert not any(reader.done() for reader in readers)


def test_errors_are_sorted_by_what_must_be_done(client: Client, served: Settings) -> None:
    with pytest.raises(Refused) as refused, errors_sorted():
        client.command("INSERT INTO served.raw VALUES ('no number', 1)")
    assert refused.value.code
    gone = served.model_copy(update={"clickhouse": f"http://127.0.0.1:{free_port()}"})
    with pytest.raises(Unavailable):
        connect(gone)


def test_what_was_acknowledged_survives_a_kill(tmp_path: Path) -> None:
    port = free_port()
    process = start(tmp_path, port)
    ready(port)
    settings = Settings(namespace="default", clickhouse=f"http://127.0.0.1:{port}")
    client = connect(settings)
    client.command("CREATE TABLE kept (a Int64) ENGINE = MergeTree ORDER BY a")
    for number in range(20):
        client.command(f"INSERT INTO kept VALUES ({number})")
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    process = start(tmp_path, port)
    ready(port)
    assert connect(settings).query("SELECT count() FROM kept").result_rows == [(20,)]
    process.terminate()
    assert process.wait(20) == 0


def test_a_folder_in_use_and_a_taken_port_are_said_clearly(tmp_path: Path) -> None:
    port = free_port()
    first = start(tmp_path, port)
    ready(port)
    second, third = start(tmp_path, free_port()), start(tmp_path / "other", port)
    assert f"in use by process {first.pid}" in second.communicate(timeout=20)[0]
    assert f"Cannot listen on 127.0.0.1:{port}" in third.communicate(timeout=20)[0]
    assert (second.returncode, third.returncode) == (1, 1)
    began = monotonic()
    first.terminate()
    assert first.wait(20) == 0
    assert monotonic() - began < 15


def test_an_unknown_setting_is_an_error(client: Client) -> None:
    with pytest.raises(DatabaseError, match="115"):
        client.query("SELECT 1", settings={"no_such_setting": 1})
