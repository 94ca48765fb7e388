import pytest

from clickhouse.embedded.access import allowed, check
from clickhouse.embedded.faults import Fault
from clickhouse.embedded.sql import single, split

TABLES = {"raw_calls": False, "calls": True, "bulletin_02": True}


def select(*lines: str) -> str:
    return "\n".join(["SelectWithUnionQuery (children 1)", *lines])


@pytest.mark.parametrize(
    "line",
    [
        "  TableIdentifier raw_calls",
        "  TableIdentifier ningmai.raw_calls (alias r)",
        "  TableIdentifier other.calls",
        "  TableIdentifier system.query_log",
        "  Identifier ningmai.raw_calls",
        "  Function joinGet (children 1)",
    ],
)
def test_a_reader_may_not_name_anything_but_views(line: str) -> None:
    with pytest.raises(Fault):
        check(select(line), "ningmai", "ningmai", TABLES)


@pytest.mark.parametrize("name", ["file", "url", "merge", "cluster", "s3", "raw_calls"])
def test_a_reader_may_not_use_table_functions_that_reach_out(name: str) -> None:
    with pytest.raises(Fault):
        check(select(" TableExpression (children 1)", f"  Function {name}"), "x", "ningmai", TABLES)


@pytest.mark.parametrize(
    "line",
    ["  TableIdentifier calls", "  TableIdentifier system.one", "  TableIdentifier some_cte"],
)
def test_a_reader_may_read_views_and_what_a_query_names_itself(line: str) -> None:
    check(select(line), "ningmai", "ningmai", TABLES)


def test_a_readers_limits_only_go_down() -> None:
    assert allowed({"max_execution_time": "900"})["max_execution_time"] == "30"
    assert allowed({"max_execution_time": "0"})["max_execution_time"] == "30"
    assert allowed({"max_execution_time": "5"})["max_execution_time"] == "5"
    with pytest.raises(Fault):
        allowed({"max_threads": "64"})


def test_a_semicolon_in_a_string_is_no_second_statement() -> None:
    assert single("SELECT 'a;b' -- ;\n;") == "SELECT 'a;b' -- ;"
    with pytest.raises(Fault):
        single("SELECT 1; DROP TABLE x")


def test_an_inserts_data_begin_behind_its_format() -> None:
    whole = b"INSERT INTO t (a) FORMAT CSV\n1\n2\n"
    assert split(None, whole).data == b"1\n2\n"
    assert split("INSERT INTO t FORMAT CSV", b"1\n").data == b"1\n"
    assert split("INSERT INTO t VALUES", b"(1)").text == "INSERT INTO t VALUES\n(1)"
