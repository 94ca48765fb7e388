from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grafana.screen.macros import BadMacro, UnknownMacro, expand
from grafana.screen.timerange import TimeRange
from grafana.screen.variables import Chosen

RANGE = TimeRange(
    datetime(2020, 9, 1, tzinfo=ZoneInfo("Asia/Shanghai")),
    datetime(2020, 9, 2, 12, 0, 0, 500_000, tzinfo=UTC),
)
FROM, TO = 1598889600, 1599048000


def expanded(sql: str, **values: Chosen) -> str:
    return expand(sql, RANGE, 60, values)


@pytest.mark.parametrize(
    ("sql", "written"),
    [
        ("$__fromTime", f"toDateTime({FROM})"),
        ("($__toTime)", f"(toDateTime({TO}))"),
        ("$__fromTime_ms", f"fromUnixTimestamp64Milli({FROM}000)"),
        ("$__toTime_ms", f"fromUnixTimestamp64Milli({TO}500)"),
        ("$__timeFilter(t)", f"t >= toDateTime({FROM}) AND t <= toDateTime({TO})"),
        (
            "$__timeFilter_ms(t)",
            f"t >= fromUnixTimestamp64Milli({FROM}000) AND t <= fromUnixTimestamp64Milli({TO}500)",
        ),
        ("$__dateFilter(d)", "d >= toDate('2020-08-31') AND d <= toDate('2020-09-02')"),
        (
            "$__dt(d, t)",
            "(d >= toDate('2020-08-31') AND d <= toDate('2020-09-02'))"
            f" AND (t >= toDateTime({FROM}) AND t <= toDateTime({TO}))",
        ),
        ("$__timeInterval(t)", "toStartOfInterval(toDateTime(t), INTERVAL 60 second)"),
        (
            "$__timeInterval_ms(t)",
            "toStartOfInterval(toDateTime64(t, 3), INTERVAL 60000 millisecond)",
        ),
        ("INTERVAL $__interval_s second", "INTERVAL 60 second"),
        ("$__interval $__interval_ms", "1m 60000"),
        ("SETTINGS $__adHocFilters('a', 'b')", "SETTINGS additional_table_filters={}"),
        ("SELECT 'a$' || \"$\"", "SELECT 'a$' || \"$\""),
    ],
)
def test_macros_are_the_plugins(sql: str, written: str) -> None:
    assert expanded(sql) == written


def test_both_names_of_the_date_and_time_filter_are_the_same() -> None:
    assert expanded("$__dateTimeFilter(d, t)") == expanded("$__dt(d, t)")


@pytest.mark.parametrize(
    "column", ["f(a, 'x,)')", "a[1, 2]", r"'it\'s, (' || b", '"a,)b"', "`a)`", "f(g(h))"]
)
def test_an_argument_keeps_its_parentheses_and_quotes(column: str) -> None:
    assert expanded(f"$__timeInterval({column}) x") == (
        f"toStartOfInterval(toDateTime({column}), INTERVAL 60 second) x"
    )


EVERY = Chosen(("a", "b"), ("全部",), all=True, how="many")
SOME = Chosen(("a",), ("甲",), how="many")


@pytest.mark.parametrize("reference", ["$v", "${v}", "${v:singlequote}"])
def test_a_condition_on_all_is_always_true(reference: str) -> None:
    sql = f"WHERE $__conditionalAll(c IN ({reference}), {reference})"
    assert expanded(sql, v=EVERY) == "WHERE 1=1"
    assert expanded(sql, v=SOME) == "WHERE c IN ('a')"
    assert expanded(sql, v=Chosen(("",), ("",))) == "WHERE 1=1"
    assert expanded(sql, v=Chosen((), ())) == "WHERE 1=1"


def test_conditions_and_macros_stand_in_one_another() -> None:
    sql = "$__conditionalAll($__timeFilter(t) OR $__conditionalAll(b = $w, $w), $v)"
    one = Chosen(("1",), ("1",))
    filtered = f"t >= toDateTime({FROM}) AND t <= toDateTime({TO})"
    assert expanded(sql, v=SOME, w=one) == f"{filtered} OR b = 1"
    assert expanded(sql, v=SOME, w=EVERY) == f"{filtered} OR 1=1"
    assert expanded(sql, v=EVERY, w=one) == "1=1"


def test_a_macros_argument_may_be_a_variable() -> None:
    column = Chosen(("hour",), ("小时",))
    assert expanded("$__timeInterval($column)", column=column) == expanded("$__timeInterval(hour)")


@pytest.mark.parametrize(
    "name", ["timeGroup", "columns", "timefilter", "interval_sec", "unixEpoch"]
)
def test_a_macro_that_the_plugin_has_not_is_named(name: str) -> None:
    with pytest.raises(UnknownMacro, match="宏") as raised:
        expanded(f"SELECT $__{name}(a)")
    assert raised.value.name == name


@pytest.mark.parametrize(
    "sql",
    ["$__timeFilter", "$__timeFilter()", "$__timeFilter(a", "$__timeFilter(a, b)", "$__dt(a)"],
)
def test_a_macro_with_wrong_arguments_is_refused(sql: str) -> None:
    with pytest.raises(BadMacro):
        expanded(sql)


@given(st.sampled_from(["$__dateFilter(x)", "$__toTime", "$__nonsense", "$__timeFilter(", "$v"]))
def test_what_a_viewer_chooses_is_never_read_as_a_macro(typed: str) -> None:
    value = Chosen((typed,), (typed,), how="free")
    assert expanded("${v:singlequote}", v=value) == f"'{typed}'"
