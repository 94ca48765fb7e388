from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grafana.screen.frames import CALCS, Column, Frame, kind_of, lanes, reduce, wide

T0 = datetime(2020, 9, 1, tzinfo=UTC)
T1, T2 = T0 + timedelta(hours=1), T0 + timedelta(hours=2)


def frame(**columns: tuple[str, list[Any]]) -> Frame:
    return Frame(tuple(Column(name, type, values) for name, (type, values) in columns.items()))


def shape(found: Frame) -> dict[str, list[Any]]:
    return {column.name: list(column.values) for column in found.columns}


@pytest.mark.parametrize(
    ("type", "kind"),
    [
        ("UInt64", "number"),
        ("Nullable(Float64)", "number"),
        ("Decimal(18, 2)", "number"),
        ("DateTime64(3, 'Asia/Shanghai')", "time"),
        ("Nullable(Date32)", "time"),
        ("LowCardinality(Nullable(String))", "string"),
        ("Enum8('a' = 1)", "string"),
        ("FixedString(4)", "string"),
        ("Bool", "other"),
        ("Array(UInt8)", "other"),
        ("number", "number"),
        ("string", "string"),
        ("time", "time"),
        ("other", "other"),
        ("", "other"),
    ],
)
def test_what_a_type_holds(type: str, kind: str) -> None:
    assert kind_of(type) == kind


def test_an_answer_that_is_wide_already_is_put_in_order() -> None:
    found = wide(
        [frame(time=("DateTime", [T1, T0]), a=("UInt64", [2, 1]), b=("UInt64", [4, None]))]
    )
    assert shape(found) == {"time": [T0, T1], "a": [1, 2], "b": [None, 4]}


def test_a_long_answer_becomes_a_series_for_each_label() -> None:
    found = wide(
        [
            frame(
                time=("DateTime", [T0, T0, T1]),
                line=("String", ["热线", "工单", "热线"]),
                Value=("UInt64", [1, 2, 3]),
            )
        ]
    )
    assert shape(found) == {"time": [T0, T1], "热线": [1, 3], "工单": [2, None]}


def test_a_value_with_a_name_of_its_own_stands_before_its_label() -> None:
    long = frame(time=("DateTime", [T0]), line=("String", ["热线"]), n=("UInt64", [1]))
    assert list(shape(wide([long]))) == ["time", "n 热线"]


def test_several_labels_and_values_are_a_series_each() -> None:
    found = wide(
        [
            frame(
                time=("DateTime", [T0, T0]),
                city=("String", ["甲", "乙"]),
                line=("LowCardinality(Nullable(String))", ["x", None]),
                Value=("UInt64", [1, 2]),
                yuan=("Decimal(18, 2)", [Decimal("1.50"), None]),
            )
        ]
    )
    assert shape(found) == {
        "time": [T0],
        "甲 x": [1],
        "yuan 甲 x": [Decimal("1.50")],
        "乙": [2],
        "yuan 乙": [None],
    }


def test_several_queries_are_merged_on_time() -> None:
    found = wide(
        [
            frame(time=("DateTime", [T0, T1]), a=("UInt64", [1, 2])),
            frame(at=("DateTime", [T2, T1]), b=("UInt64", [4, 3])),
        ]
    )
    assert shape(found) == {"time": [T0, T1, T2], "a": [1, 2, None], "b": [None, 3, 4]}


def test_rows_without_a_time_are_nowhere_and_words_are_not_drawn_as_lines() -> None:
    found = wide([frame(time=("DateTime", [None, T0]), a=("UInt64", [1, 2]))])
    assert shape(found) == {"time": [T0], "a": [2]}
    assert shape(wide([frame(time=("DateTime", [T0]), word=("String", ["x"]))])) == {"time": [T0]}
    assert shape(wide([frame(a=("UInt64", [1]))])) == {"time": [], "a": []}
    assert shape(wide([])) == {"time": []}


def test_days_are_times() -> None:
    found = wide([frame(time=("Date", [date(2020, 9, 1)]), a=("UInt64", [1]))])
    assert shape(found) == {"time": [T0], "a": [1]}


def test_lanes_keep_words() -> None:
    found = lanes([frame(time=("DateTime", [T1, T0]), kiosk=("String", ["坏", "好"]))])
    assert shape(found) == {"time": [T0, T1], "kiosk": ["好", "坏"]}
    long = frame(time=("DateTime", [T0]), kiosk=("String", ["一号"]), Value=("UInt8", [1]))
    assert shape(lanes([long])) == {"time": [T0], "一号": [1]}


@given(st.lists(st.tuples(st.integers(0, 5), st.sampled_from("abc"), st.integers()), max_size=20))
def test_a_long_answer_loses_no_newest_value(rows: list[tuple[int, str, int]]) -> None:
    times = [T0 + timedelta(hours=hour) for hour, _, _ in rows]
    found = wide(
        [
            frame(
                time=("DateTime", times),
                label=("String", [label for _, label, _ in rows]),
                Value=("Int64", [value for _, _, value in rows]),
            )
        ]
    )
    last = {(T0 + timedelta(hours=hour), label): value for hour, label, value in rows}
    columns = shape(found)
    drawn = columns.pop("time")
    cells = {
        (at, label): value
        for label, values in columns.items()
        for at, value in zip(drawn, values, strict=True)
        if value is not None
    }
    assert cells == last
    assert drawn == sorted(set(times))


def test_rows_and_columns_of_an_answer() -> None:
    found = frame(a=("UInt8", [1, 2]))
    assert (found.rows, Frame(()).rows) == (2, 0)
    assert found.column("a") is found.columns[0]
    assert found.column("b") is None


VALUES = Column("n", "UInt64", [None, 3, 1, 2**63, None])


@pytest.mark.parametrize(
    ("calc", "found"),
    [
        ("lastNotNull", 2**63),
        ("last", None),
        ("first", None),
        ("firstNotNull", 3),
        ("sum", 2**63 + 4),
        ("min", 1),
        ("max", 2**63),
        ("range", 2**63 - 1),
        ("count", 5),
    ],
)
def test_one_value_of_a_column(calc: str, found: object) -> None:
    assert reduce(VALUES, calc) == found


def test_a_mean_is_of_what_there_is() -> None:
    assert reduce(Column("n", "UInt8", [1, None, 2]), "mean") == 1.5
    assert reduce(Column("n", "Decimal(9,2)", [Decimal(1), Decimal(2)]), "mean") == Decimal("1.5")


@pytest.mark.parametrize("calc", sorted(CALCS.keys() - {"count"}))
def test_of_nothing_there_is_nothing_and_not_zero(calc: str) -> None:
    assert reduce(Column("n", "UInt8", []), calc) is None
    assert reduce(Column("n", "UInt8", [None]), calc) is None


def test_another_calculation_is_refused() -> None:
    with pytest.raises(ValueError, match="median"):
        reduce(VALUES, "median")
