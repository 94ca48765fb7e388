import json
from collections.abc import Mapping
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grafana.screen.board import Option, Variable
from grafana.screen.formats import unknown
from grafana.screen.timerange import TimeRange
from grafana.screen.variables import (
    Chosen,
    Circular,
    Unquoted,
    builtins,
    chosen,
    interpolate,
    options,
    ordered,
)

ONE = Chosen(("O'Brien",), ("奥布莱恩",))
TWO = Chosen(("a", "b"), ("甲", "乙"), how="many")
VALUES = {"one": ONE, "two": TWO}
SHANGHAI = ZoneInfo("Asia/Shanghai")
SEPTEMBER = TimeRange(
    datetime(2020, 9, 1, tzinfo=SHANGHAI), datetime(2020, 9, 30, 23, 59, 59, tzinfo=SHANGHAI)
)


def variable(name: str = "v", query: str = "", **stated: object) -> Variable:
    defaults: dict[str, object] = {
        "label": "",
        "kind": "query",
        "options": (),
        "current": (),
        "multi": False,
        "include_all": False,
        "all_value": "",
        "hidden": False,
    }
    return Variable(name=name, query=query, **{**defaults, **stated})  # type: ignore[arg-type] # of them each is right


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("$two", "'a','b'"),
        ("${two}", "'a','b'"),
        ("[[two]]", "'a','b'"),
        ("${two:csv}", "a,b"),
        ("[[two:csv]]", "a,b"),
        ("${two:raw}", "{a,b}"),
        ("${two:glob}", "{a,b}"),
        ("${two:pipe}", "a|b"),
        ("${two:regex}", "(a|b)"),
        ("${two:json}", '["a","b"]'),
        ("${two:text}", "甲 + 乙"),
        ("${two:distributed}", "a,two=b"),
        ("${two:queryparam}", "var-two=a&var-two=b"),
        ("${two:percentencode}", "%7Ba%2Cb%7D"),
        ("${two:singlequote}", "'a','b'"),
        ("${two:sqlstring}", "'a','b'"),
        ("${two:doublequote}", '"a","b"'),
        ("$one", "O'Brien"),
        ("${one:singlequote}", r"'O\'Brien'"),
        ("${one:sqlstring}", "'O''Brien'"),
        ("${one:doublequote}", '"O\'Brien"'),
        ("${one:percentencode}", "O%27Brien"),
        ("${one:json}", '"O\'Brien"'),
        ("$one元", "O'Brien元"),
        ("$ones ${none} [[1]] $1 {x}", "$ones ${none} [[1]] $1 {x}"),
    ],
)
def test_references_in_sql(text: str, written: str) -> None:
    assert interpolate(text, VALUES) == written


def test_people_read_texts() -> None:
    assert interpolate("$one：${two}　${two:csv}", VALUES, sql=False) == "奥布莱恩：甲 + 乙　a,b"


def test_a_format_that_is_not_known_stays_and_is_told() -> None:
    assert interpolate("${two:lucene}", VALUES) == "${two:lucene}"
    assert unknown("${two:lucene} [[one:nonsense]] ${one:csv} $two ${__from:date:YYYY}") == (
        "lucene",
        "nonsense",
    )


def test_one_value_of_a_variable_of_many_is_quoted_and_of_one_is_not() -> None:
    assert interpolate("$v", {"v": Chosen(("a",), ("甲",), how="many")}) == "'a'"
    assert interpolate("$v", {"v": Chosen(("a",), ("甲",))}) == "a"


def literal(written: str) -> tuple[str, str]:
    """What ClickHouse reads of a string at the start: its value, and what follows it."""
    quote, value, at = written[0], "", 1
    while True:
        if written[at] == "\\":
            value += written[at + 1]
            at += 2
        elif written[at] == quote and written[at + 1 : at + 2] == quote:
            value += quote
            at += 2
        elif written[at] == quote:
            return value, written[at + 1 :]
        else:
            value += written[at]
            at += 1


NASTY = st.text(st.sampled_from("ab'\"\\`;-()$,{}\n中") | st.characters(codec="utf-8"))


@given(st.lists(NASTY, min_size=1, max_size=3), st.sampled_from(["singlequote", "sqlstring"]))
def test_no_value_breaks_out_of_its_quotes(values: list[str], how: str) -> None:
    chosen = Chosen(tuple(values), tuple(values), how="many")
    rest = "," + interpolate(f"${{v:{how}}}", {"v": chosen})
    for value in values:
        assert rest[:2] == ",'"
        read, rest = literal(rest[1:])
        assert read == value
    assert rest == ""


@given(NASTY)
def test_no_name_breaks_out_of_its_quotes(value: str) -> None:
    written = interpolate("${v:doublequote}", {"v": Chosen((value,), (value,))})
    assert literal(written) == (value, "")


@given(NASTY, NASTY)
def test_a_value_is_never_read_as_a_reference(one: str, other: str) -> None:
    values = {"a": Chosen((one + "$b",), ("",)), "b": Chosen((other,), ("",))}
    assert interpolate("$a", values) == one + "$b"


@given(st.lists(NASTY, min_size=2))
def test_json_reads_back(values: list[str]) -> None:
    chosen = Chosen(tuple(values), tuple(values), how="many")
    assert json.loads(interpolate("${v:json}", {"v": chosen})) == values


def test_what_a_viewer_types_gets_into_sql_in_quotes_only() -> None:
    typed = chosen(variable(kind="textbox"), (), ["x' OR 1=1"])
    assert interpolate("${v:singlequote}", {"v": typed}) == r"'x\' OR 1=1'"
    assert interpolate("搜索：$v", {"v": typed}, sql=False) == "搜索：x' OR 1=1"
    for text in ("$v", "${v:csv}", "${v:raw}", "${v:percentencode}"):
        with pytest.raises(Unquoted, match="singlequote"):
            interpolate(text, {"v": typed})


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("$__from-$__to", "1598889600000-1601481599000"),
        ("${__from:date}", "2020-08-31T16:00:00.000Z"),
        ("${__from:date:iso}", "2020-08-31T16:00:00.000Z"),
        ("${__from:date:YYYY-MM}", "2020-09"),
        ("${__to:date:YY年M月D日 HH:mm:ss.SSS}", "20年9月30日 23:59:59.000"),
        ("${__to:date:[YYYY] YYYY}", "YYYY 2020"),
        ("${__from:date:seconds}", "1598889600"),
        ("${__from:date:ms}", "1598889600000"),
        ("$__interval $__interval_ms", "5m 300000"),
        ("${__timezone}", "Asia/Shanghai"),
        ("$__dashboard", "总览"),
        ("${__url_time_range}", "from=1598889600000&to=1601481599000"),
        ("${two:date:YYYY}", "${two:date:YYYY}"),
    ],
)
def test_built_in_variables(text: str, written: str) -> None:
    values = {**VALUES, **builtins(SEPTEMBER, 300, "总览")}
    assert interpolate(text, values, sql=False) == written


def test_all_variables_are_the_dashboards_own() -> None:
    every = Chosen(("a", "b"), ("全部",), all=True, how="many")
    values: Mapping[str, Chosen] = {"one": ONE, "two": every, **builtins(SEPTEMBER, 60)}
    assert (
        interpolate("${__all_variables}", values, sql=False) == "var-one=O%27Brien&var-two=%24__all"
    )


def test_of_two_columns_the_first_is_the_value_as_the_plugin_reads_them() -> None:
    found = options(
        variable(), [("2020-09-01", "2020年09月"), ("2020-09-01", "again"), (None, "无")]
    )
    assert found == (Option("2020年09月", "2020-09-01"), Option("无", ""))


def test_one_column_is_text_and_value() -> None:
    assert options(variable(), [(1,), ("b",)]) == (Option("1", "1"), Option("b", "b"))


AB = (Option("甲", "a"), Option("乙", "b"))


@pytest.mark.parametrize(
    ("stated", "wanted", "found"),
    [
        ({}, ["b"], Chosen(("b",), ("乙",))),
        ({}, ["gone"], Chosen(("a",), ("甲",))),
        ({"current": ("b",)}, ["gone"], Chosen(("b",), ("乙",))),
        ({"current": ("b",)}, None, Chosen(("b",), ("乙",))),
        ({"current": ("gone",)}, None, Chosen(("a",), ("甲",))),
        ({}, ["b", "a"], Chosen(("a",), ("甲",))),
        ({}, ["$__all"], Chosen(("a",), ("甲",))),
        ({"multi": True}, ["b", "gone"], Chosen(("b",), ("乙",), how="many")),
        ({"multi": True}, ["b", "a"], Chosen(("a", "b"), ("甲", "乙"), how="many")),
        ({"include_all": True}, ["a"], Chosen(("a",), ("甲",))),
        ({"include_all": True}, None, Chosen(("a", "b"), ("全部",), all=True, how="many")),
        ({"include_all": True}, ["$__all"], Chosen(("a", "b"), ("全部",), all=True, how="many")),
        (
            {"include_all": True, "all_value": "SELECT 1"},
            ["$__all"],
            Chosen(("SELECT 1",), ("全部",), all=True, how="verbatim"),
        ),
    ],
)
def test_what_is_chosen(
    stated: Mapping[str, object], wanted: list[str] | None, found: Chosen
) -> None:
    assert chosen(variable(**stated), AB, wanted) == found  # type: ignore[arg-type] # of them each is right


def test_without_options_nothing_is_chosen() -> None:
    assert chosen(variable(), (), ["a"]) == Chosen((), ())
    assert interpolate("IN (${v:singlequote})", {"v": Chosen((), (), how="many")}) == "IN ()"


def test_all_stands_for_every_option_or_for_what_the_author_wrote() -> None:
    every = Chosen(("a", "b"), ("全部",), all=True, how="many")
    assert interpolate("IN ($v) ${v:text}", {"v": every}) == "IN ('a','b') 全部"
    own = Chosen(("SELECT 'x'",), ("全部",), all=True, how="verbatim")
    assert interpolate("IN (${v:singlequote})", {"v": own}) == "IN (SELECT 'x')"


def test_variables_come_behind_those_they_use_otherwise_in_their_order() -> None:
    asked = [
        variable("c", "SELECT $b, ${a:csv}"),
        variable("d"),
        variable("b", "[[a]]"),
        variable("a", "$__from $unheard"),
    ]
    assert [v.name for v in ordered(asked)] == ["d", "a", "b", "c"]


def test_variables_that_need_one_another_are_refused() -> None:
    with pytest.raises(Circular, match="a、b"):
        ordered([variable("a", "$b"), variable("b", "$a"), variable("c")])
    with pytest.raises(Circular):
        ordered([variable("a", "$a")])


def test_a_range_without_a_named_zone_is_in_utc() -> None:
    plain = TimeRange(datetime(2020, 9, 1, tzinfo=UTC), datetime(2020, 9, 2, tzinfo=UTC))
    assert builtins(plain, 7200)["__timezone"].values == ("UTC",)
    assert builtins(plain, 7200)["__interval"].values == ("2h",)
