"""What Grafana's plugin is made of, clickhouse-go, against the embedded server."""

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ningmai.settings import Settings
from tests.clickhouse.test_embedded_loop import within
from tests.clickhouse.test_embedded_server import curl

pytestmark = pytest.mark.engine

SOURCE = Path(__file__).parent / "go"
PASSWORDS = {"ningmai": "ningmai", "grafana": "grafana", "analyst": "analyst"}
Ask = Callable[..., dict[str, Any]]


@pytest.fixture(scope="session")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Go client, built. Skips where there is no Go, or its modules can't be had."""
    go = shutil.which("go")
    if go is None:
        pytest.skip("there is no go on PATH")
    fetched = subprocess.run([go, "mod", "download"], cwd=SOURCE, capture_output=True, text=True)
    if fetched.returncode:
        pytest.skip(f"go cannot have its modules: {fetched.stderr.strip()[-200:]}")
    built = tmp_path_factory.mktemp("go") / "client"
    subprocess.run([go, "build", "-o", str(built), "."], cwd=SOURCE, check=True)
    return built


@pytest.fixture
def ask(program: Path, served: Settings) -> Ask:
    """Ask one question as a user; the answer, or the error."""

    def asking(
        sql: str, user: str = "grafana", compression: str = "gzip", **more: Any
    ) -> dict[str, Any]:
        command = [str(program), "-address", served.clickhouse_url.removeprefix("http://")]
        command += ["-user", user, "-password", more.pop("password", PASSWORDS[user])]
        command += ["-database", "served", "-compression", compression]
        question = json.dumps({"SQL": sql} | more)
        run = subprocess.run(command, input=question, capture_output=True, text=True, check=True)
        answer: dict[str, Any] = json.loads(run.stdout)
        return answer

    return asking


@pytest.mark.parametrize("user", PASSWORDS)
def test_every_user_gets_through_the_handshake(ask: Ask, user: str) -> None:
    answer = ask("SELECT a, b FROM seen ORDER BY a", user)
    assert answer["Error"] == ""
    assert answer["Columns"] == ["a", "b"]
    assert answer["Types"] == ["Int64", "String"]
    assert answer["Rows"] == [[1, "x"], [2, "y"]]


@pytest.mark.parametrize(
    ("sql", "kind", "value"),
    [
        ("toUInt8(255)", "UInt8", 255),
        ("toInt64(-9)", "Int64", -9),
        ("toUInt256('99999999999999999999999')", "UInt256", 99999999999999999999999),
        ("toFloat64(0.5)", "Float64", 0.5),
        ("true", "Bool", True),
        ("toDecimal64('1.25', 2)", "Decimal(18, 2)", "1.25"),
        ("toDecimal256('-1.5', 3)", "Decimal(76, 3)", "-1.5"),
        ("toDate('2020-09-01')", "Date", "2020-09-01T00:00:00Z"),
        ("toDate32('1925-01-02')", "Date32", "1925-01-02T00:00:00Z"),
        ("toDateTime('2020-09-01 08:00:00', 'UTC')", "DateTime('UTC')", "2020-09-01T08:00:00Z"),
        (
            "toDateTime('2020-09-01 08:00:00', 'Asia/Shanghai')",
            "DateTime('Asia/Shanghai')",
            "2020-09-01T08:00:00+08:00",
        ),
        (
            "toDateTime64('2020-09-01 08:00:00.25', 3, 'Asia/Shanghai')",
            "DateTime64(3, 'Asia/Shanghai')",
            "2020-09-01T08:00:00.25+08:00",
        ),
        ("'南京'", "String", "南京"),
        ("toFixedString('abc', 3)", "FixedString(3)", "abc"),
        (
            "toUUID('00112233-4455-6677-8899-aabbccddeeff')",
            "UUID",
            "00112233-4455-6677-8899-aabbccddeeff",
        ),
        ("toIPv4('10.0.0.1')", "IPv4", "10.0.0.1"),
        ("toIPv6('2001:db8::1')", "IPv6", "2001:db8::1"),
        ("CAST('是', 'Enum8(\\'是\\' = 1, \\'b\\' = -2)')", "Enum8('b' = -2, '是' = 1)", "是"),
        ("CAST(NULL, 'Nullable(Int32)')", "Nullable(Int32)", None),
        ("toNullable('a')", "Nullable(String)", "a"),
        ("NULL", "Nullable(Nothing)", None),
        ("[[1], []]::Array(Array(UInt16))", "Array(Array(UInt16))", [[1], []]),
        ("['a', NULL]", "Array(Nullable(String))", ["a", None]),
        ("(1, 'a')", "Tuple(UInt8, String)", [1, "a"]),
        (
            "CAST((1, 'a'), 'Tuple(n UInt16, s String)')",
            "Tuple(n UInt16, s String)",
            {"n": 1, "s": "a"},
        ),
        ("map('k', 1)", "Map(String, UInt8)", {"k": 1}),
        ("toLowCardinality('a')", "LowCardinality(String)", "a"),
        ("toLowCardinality(toNullable('a'))", "LowCardinality(Nullable(String))", "a"),
        ("[toLowCardinality('a')]", "Array(LowCardinality(String))", ["a"]),
        (
            "map(toLowCardinality('k'), [toLowCardinality('v')])",
            "Map(LowCardinality(String), Array(LowCardinality(String)))",
            {"k": ["v"]},
        ),
    ],
)
def test_every_type_arrives_as_it_is(ask: Ask, sql: str, kind: str, value: Any) -> None:
    answer = ask(f"SELECT 'before', {sql} AS value, 'behind' FROM numbers(2)")
    assert answer["Error"] == ""
    assert answer["Types"] == ["String", kind, "String"]
    assert answer["Rows"] == [["before", value, "behind"]] * 2


@pytest.mark.parametrize("compression", ["none", "gzip", "lz4", "zstd"])
def test_a_big_result_comes_whole_however_it_is_packed(ask: Ask, compression: str) -> None:
    sql = """SELECT number, repeat('x', number % 20) AS text,
        toLowCardinality(toString(number % 7)) AS few, if(number % 3 = 0, NULL, number) AS some
        FROM numbers(300000)"""
    answer = ask(sql, compression=compression)
    assert answer["Error"] == ""
    expected = [[n, "x" * (n % 20), str(n % 7), n if n % 3 else None] for n in range(300_000)]
    assert sorted(answer["Rows"]) == expected


def test_no_rows_are_no_error(ask: Ask) -> None:
    answer = ask("SELECT a, b FROM seen WHERE a > 100")
    assert (answer["Error"], answer["Rows"]) == ("", None)


@pytest.mark.parametrize("compression", ["none", "gzip", "lz4"])
def test_an_exception_has_its_code_also_half_way(ask: Ask, compression: str) -> None:
    half_way = "SELECT throwIf(number = 200000, 'too far') FROM numbers(300000)"
    error = ask(half_way, compression=compression)["Error"]
    assert "Code: 395. DB::Exception: " in error
    assert "too far" in error
    for sql, code in (("SELECT * FROM nothing", 60), ("SELECT * FROM raw", 497)):
        assert f"Code: {code}. DB::Exception: " in ask(sql, compression=compression)["Error"]
    wrong = ask("SELECT 1", compression=compression, password="wrong")
    assert "Code: 516. DB::Exception: " in wrong["Error"]


def test_a_type_that_cannot_be_sent_is_named(ask: Ask) -> None:
    error = ask("SELECT sumState(a) FROM seen")["Error"]
    assert "Code: 48. DB::Exception: Columns of type AggregateFunction" in error


def test_parameters_stand_in_the_statement(ask: Ask) -> None:
    sql = "SELECT b FROM seen WHERE a = {which:Int64} AND b != {other:String}"
    answer = ask(sql, Parameters={"which": "2", "other": "it's"})
    assert (answer["Error"], answer["Rows"]) == ("", [["y"]])


@pytest.mark.parametrize("user", PASSWORDS)
def test_a_query_ends_when_its_reader_gives_up(ask: Ask, served: Settings, user: str) -> None:
    mark = f"given up by {user}"
    sql = f"SELECT sum(sipHash64(number, '{mark}')) FROM numbers(1000000000000)"
    assert "canceled" in ask(sql, user, Milliseconds=1500)["Error"]
    running = f"SELECT count() FROM system.processes WHERE query LIKE '%{mark}%'"
    # One is this question itself.
    assert within(10, lambda: curl(served, "-d", running) == "1\n")


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT version()",
        "SHOW DATABASES",
        'SHOW TABLES FROM "served"',
        'DESC TABLE "served"."seen"',
        "SELECT name, type, table FROM system.columns WHERE database = 'served' AND table = 'seen'",
        "SELECT name, type, table FROM system.columns WHERE database IN ('served')",
        "SELECT name FROM system.databases",
        "SELECT name, is_aggregate, case_insensitive, alias_to, origin, description, syntax,"
        " arguments, returned_value, examples, categories FROM system.functions LIMIT 10000",
        "SELECT DISTINCT b FROM served.seen WHERE b IS NOT NULL LIMIT 1000",
    ],
)
def test_the_plugins_own_questions_are_answered(ask: Ask, sql: str) -> None:
    answer = ask(sql)
    assert answer["Error"] == ""
    assert answer["Rows"]
