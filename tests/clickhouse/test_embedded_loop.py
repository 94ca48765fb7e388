import os
import socket
import struct
from collections.abc import Callable
from time import monotonic, sleep
from urllib.parse import quote

import pytest

from clickhouse.client import connect
from clickhouse.embedded.faults import Fault
from clickhouse.embedded.request import _checksum, framed, unframed
from ningmai.settings import Settings
from tests.clickhouse.test_embedded_server import curl


def frame(method: int, packed: bytes, size: int) -> bytes:
    inside = bytes([method]) + struct.pack("<II", len(packed) + 9, size) + packed
    return _checksum(inside) + inside


def within(seconds: float, true: Callable[[], bool]) -> bool:
    until = monotonic() + seconds
    while monotonic() < until:
        if true():
            return True
        sleep(0.05)
    return False


def test_a_frame_may_be_stored_as_it_is() -> None:
    assert unframed(frame(0x02, b"plain", 5) + framed(b"packed")) == b"plainpacked"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"short", 40),
        (framed(b"cut off")[:-1], 40),
        (frame(0x82, b"x", 2**32 - 1), 307),
        (frame(0x90, b"zstd", 4), 352),
    ],
)
def test_a_frame_that_cannot_be_read_says_why(body: bytes, code: int) -> None:
    with pytest.raises(Fault) as fault:
        unframed(body)
    assert fault.value.code == code


@pytest.mark.engine
def test_the_engine_itself_writes_frames_as_they_are_read_here(served: Settings) -> None:
    client = connect(served)
    wide = "SETTINGS min_bytes_for_wide_part = 0"
    client.command(f"CREATE TABLE served.wide (a UInt64) ENGINE = MergeTree ORDER BY a {wide}")
    client.command("INSERT INTO served.wide SELECT number FROM numbers(10000)")
    sql = "SELECT path FROM system.parts WHERE table = 'wide' AND active"
    path = client.query(sql).result_rows[0][0]
    with open(os.path.join(path, "a.bin"), "rb") as file:
        assert unframed(file.read()) == struct.pack("<10000Q", *range(10000))


@pytest.mark.engine
def test_a_get_changes_nothing(served: Settings) -> None:
    answer = curl(served, url=f"/?query={quote('DROP TABLE served.raw')}")
    assert "Code: 164." in answer
    assert curl(served, url=f"/?query={quote('SELECT count() > 0 FROM served.raw')}") == "1\n"


@pytest.mark.engine
def test_inserts_are_synchronous_unless_asked_otherwise(served: Settings) -> None:
    sql = "SELECT getSetting('async_insert'), getSetting('insert_deduplicate')"
    assert curl(served, "-d", sql) == "false\tfalse\n"
    assert curl(served, "-d", sql, url="/?async_insert=1") == "true\tfalse\n"


@pytest.mark.engine
def test_readers_who_go_away_leave_no_query_behind(served: Settings) -> None:
    sql = b"SELECT sum(sipHash64(number)) FROM numbers(1000000000000)"
    host, port = served.clickhouse_url.removeprefix("http://").split(":")
    head = f"POST /?user=analyst&password=analyst HTTP/1.1\r\nHost: x\r\nContent-Length: {len(sql)}"
    running = "SELECT count() FROM system.processes WHERE user = 'default' AND is_initial_query"
    with socket.create_connection((host, int(port))) as gone:
        gone.sendall(head.encode() + b"\r\n\r\n" + sql)
        assert within(10, lambda: curl(served, "-d", running) == "2\n")
    # Its own limit would end it only after 30 s.
    assert within(10, lambda: curl(served, "-d", running) == "1\n")


@pytest.mark.engine
def test_a_column_may_be_called_as_a_table_is(served: Settings) -> None:
    client = connect(served)
    client.command("CREATE VIEW served.named AS SELECT a AS raw FROM served.raw")
    sql = "SELECT raw FROM named WHERE raw IN (1, 2) ORDER BY raw LIMIT 1"
    assert curl(served, "-d", sql, user="analyst:analyst") == "1\n"
    client.command("DROP VIEW served.named")


@pytest.mark.engine
@pytest.mark.parametrize(
    "sql", ["WITH raw AS q SELECT (1, 'x') IN q", "SELECT (1, 'x') IN q, served.raw AS q"]
)
def test_no_alias_hides_a_table_from_the_check(served: Settings, sql: str) -> None:
    assert "Code: 497." in curl(served, "-d", sql, user="analyst:analyst")
