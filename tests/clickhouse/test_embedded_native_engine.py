"""Native at a client's revision, held against the engine's own, and read by clickhouse-connect."""

import datetime
import re
import urllib.request
import uuid
from decimal import Decimal
from ipaddress import IPv4Address
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from clickhouse.client import connect
from clickhouse.embedded.request import unframed
from ningmai.settings import Settings
from tests.clickhouse.test_embedded_native import INFO, text

pytestmark = pytest.mark.engine

PLAIN = [f"{sign}Int{bits}" for sign in ("", "U") for bits in (8, 16, 32, 64, 128, 256)]
PLAIN += ["Float32", "Float64", "Bool", "Decimal(9,2)", "Decimal(18,4)", "Decimal(38,10)"]
PLAIN += ["Date", "Date32", "DateTime", "DateTime64(3)", "String", "FixedString(3)", "UUID"]
PLAIN += ["IPv4", "IPv6", "Point", "Ring", "Polygon", "MultiPolygon"]
PLAIN += ["DateTime64(6,'Asia/Shanghai')", "Tuple()", r"Enum8('a'=-1,'b\'\\c中'=0)"]
REPEATED = ["UInt8", "String", "FixedString(3)", "Date", "DateTime('Asia/Shanghai')", "UUID"]
SHAPES = [
    "Nullable({})",
    "LowCardinality({})",
    "LowCardinality(Nullable({}))",
    "Array(LowCardinality(Nullable({})))",
    "Map(LowCardinality(String), Array(LowCardinality({})))",
    "Tuple(a LowCardinality({0}), `b c` Array(Tuple(x LowCardinality({0}), select String)))",
]
KINDS = PLAIN + [f"Array(Array({kind}))" for kind in PLAIN]
KINDS += [shape.format(kind) for kind in REPEATED for shape in SHAPES]


def native(served: Settings, sql: str, user: str = "ningmai", **arguments: Any) -> bytes:
    """The bytes of an answer. ``arguments`` stand in the URL."""
    more = "".join(f"&{name}={value}" for name, value in arguments.items())
    url = f"{served.clickhouse_url}/?user={user}&password={user}&default_format=Native{more}"
    answer: bytes = urllib.request.urlopen(url, data=sql.encode()).read()
    return answer


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_but_what_a_revision_adds_is_changed(served: Settings, kind: str) -> None:
    quoted = kind.replace("\\", "\\\\").replace("'", "\\'")
    sql = f"SELECT * FROM generateRandom('c {quoted}', 1, 7, 3) LIMIT 90 SETTINGS max_threads = 1"
    sql += ", max_block_size = 40, allow_suspicious_low_cardinality_types = 1"
    plain = native(served, sql)
    assert native(served, sql, client_protocol_version=54405).replace(INFO, b"") == plain
    newest = native(served, sql, client_protocol_version=54460)
    # The engine's own name of the type stands behind the numbers of columns and rows and the name.
    name = plain[5 : 5 + plain[4]] if plain[4] < 128 else plain[6 : 6 + plain[4] % 128 + 128]
    named = b"\x01c" + text(name.decode())
    assert newest.count(INFO) == 3
    assert newest.replace(INFO, b"").replace(named + b"\x00", named) == plain


def test_a_time_zone_is_named_that_revision_0_leaves_out(served: Settings) -> None:
    sql = "SELECT toDateTime(1, 'Asia/Shanghai') AS a"
    assert b"\x08DateTime\x01" in native(served, sql)
    newest = native(served, sql, client_protocol_version=54460)
    assert text("DateTime('Asia/Shanghai')") + b"\x00\x01" in newest


def test_other_formats_and_requests_without_a_version_stay_as_they_are(served: Settings) -> None:
    assert native(served, "SELECT 1 AS a") == b"\x01\x01\x01a\x05UInt8\x01"
    sql = "SELECT 1 FORMAT CSV"
    assert native(served, sql, client_protocol_version=54460) == b"1\n"


def test_types_stay_readable_whatever_the_client_sets(served: Settings) -> None:
    sets: dict[str, Any] = {"output_format_native_encode_types_in_binary_format": 0}
    answer = native(served, "SELECT 1 AS a", client_protocol_version=54460, **sets)
    assert answer == INFO + b"\x01\x01\x01a\x05UInt8\x00\x01"


def test_a_refusal_comes_in_frames_to_whom_asks_for_frames(served: Settings) -> None:
    with pytest.raises(urllib.error.HTTPError) as refused:
        native(served, "SELECT throwIf(1)", compress=1)
    assert refused.value.headers["X-ClickHouse-Exception-Code"] == "395"
    assert unframed(refused.value.read()).startswith(b"Code: 395. DB::Exception: ")


def test_a_version_before_all_that_is_known_is_refused(served: Settings) -> None:
    with pytest.raises(urllib.error.HTTPError) as refused:
        native(served, "SELECT 1", client_protocol_version=50000)
    assert re.search(rb"client_protocol_version 50000", refused.value.read())


def test_clickhouse_connect_reads_a_newer_revision(served: Settings) -> None:
    client = connect(served, "analyst")
    assert client.protocol_version == 54405
    sql = """SELECT toLowCardinality('a'), [toLowCardinality(toNullable('b')), NULL], map('k', 1.5),
        (1, 'x'), toDecimal64('1.25', 2), toIPv4('10.0.0.1'), NULL, toDate('2020-09-01'),
        toDateTime('2020-09-01 08:00:00', 'Asia/Shanghai'),
        toUUID('00112233-4455-6677-8899-aabbccddeeff')
        FROM numbers(3)"""
    row = (
        *("a", ["b", None], {"k": 1.5}, (1, "x"), Decimal("1.25"), IPv4Address("10.0.0.1"), None),
        datetime.date(2020, 9, 1),
        datetime.datetime(2020, 9, 1, 8, tzinfo=ZoneInfo("Asia/Shanghai")),
        uuid.UUID("00112233-4455-6677-8899-aabbccddeeff"),
    )
    assert client.query(sql).result_rows == [row] * 3


def test_an_insert_says_how_many_rows_it_wrote(served: Settings) -> None:
    client = connect(served)
    client.command("CREATE TABLE served.counted (a Int64) ENGINE = Memory")
    assert client.insert("served.counted", [[1], [2], [3]], column_names=["a"]).written_rows == 3


@pytest.mark.parametrize(
    "setting",
    ["max_execution_time=20", "limit=1", "session_timezone=Asia/Shanghai", "log_comment=grafana",
     "network_compression_method=LZ4", "wait_end_of_query=1", "max_rows_to_read=1000000"],
)  # fmt: skip
def test_a_reader_may_set_what_a_data_source_sets(served: Settings, setting: str) -> None:
    name, value = setting.split("=")
    answer = native(served, "SELECT 1 AS a", user="grafana", **{name: value})
    assert answer == b"\x01\x01\x01a\x05UInt8\x01"
