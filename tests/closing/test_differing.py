"""Two bulletins of a month, cell by cell."""

from dataclasses import replace
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from ningmai.closing.differing import Difference, differences
from producers.bulletin import Bulletin, Row, read
from tests.documents.months import good

SEPTEMBER = read("2020-09")


def with_row(bulletin: Bulletin, code: str, at: int, row: Row | None) -> Bulletin:
    table = bulletin.tables[code]
    rows = [*table.rows[:at], *([row] if row else []), *table.rows[at + 1 :]]
    return replace(bulletin, tables={**bulletin.tables, code: replace(table, rows=tuple(rows))})


def changed(code: str, at: int, column: str, value: str) -> Bulletin:
    row = SEPTEMBER.rows(code)[at]
    return with_row(SEPTEMBER, code, at, replace(row, cells={**row.cells, column: value}))


def told(now: Bulletin) -> list[Difference]:
    return differences(SEPTEMBER, now, {}, {})


def test_a_month_does_not_differ_from_itself(tmp_path: Path) -> None:
    bulletin = good(1, tmp_path).bulletin
    assert differences(bulletin, bulletin, {}, {}) == []
    assert told(SEPTEMBER) == []


def test_a_figure_that_changed_is_told_with_its_total() -> None:
    row = SEPTEMBER.rows("02")[0]
    was = int(row.cells["电话预约"])
    first, second = told(changed("02", 0, "电话预约", str(was + 7)))
    assert (first.row, first.column, first.difference) == (row.label, "电话预约", "+7")
    assert (second.row, second.column, second.difference, second.total) == (
        "合计",
        "电话预约",
        "+7",
        True,
    )


def test_amounts_differ_to_the_fen() -> None:
    was = SEPTEMBER.rows("06")[0].cells["缴费金额（元）"]
    (first, _) = told(changed("06", 0, "缴费金额（元）", f"{float(was) - 0.05:.2f}"))
    assert first.difference == "-0.05"


def test_a_row_that_came_or_went_is_told_cell_by_cell() -> None:
    row = SEPTEMBER.rows("05")[3]
    gone = told(with_row(SEPTEMBER, "05", 3, None))
    assert {one.column: one.published for one in gone} == row.cells
    assert all(one.current is None and one.difference == "" for one in gone)
    came = differences(with_row(SEPTEMBER, "05", 3, None), SEPTEMBER, {}, {})
    assert {one.column: one.current for one in came} == row.cells


def test_a_renamed_institution_is_one_difference_of_its_name() -> None:
    row = SEPTEMBER.rows("05")[0]
    now = with_row(SEPTEMBER, "05", 0, replace(row, label="新名医院"))
    codes_then, codes_now = {("05", row.label): "H001"}, {("05", "新名医院"): "H001"}
    (only,) = differences(SEPTEMBER, now, codes_then, codes_now)
    assert (only.column, only.published, only.current) == ("接入单位", row.label, "新名医院")


def test_a_row_that_only_moved_differs_in_its_number_alone() -> None:
    table = SEPTEMBER.tables["02"]
    rows = (table.rows[1], table.rows[0], *table.rows[2:])
    numbered = tuple(
        replace(row, cells={**row.cells, "序号": str(n)}) for n, row in enumerate(rows, 1)
    )
    found = told(
        replace(SEPTEMBER, tables={**SEPTEMBER.tables, "02": replace(table, rows=numbered)})
    )
    assert [one.column for one in found if one.order] == ["序号"] * len(found)


def test_a_figure_that_is_text_has_no_difference() -> None:
    (only,) = told(changed("05", 0, "申明上传表/规定上传", "未反馈/83"))
    assert (only.current, only.difference) == ("未反馈/83", "")


@given(st.data())
def test_what_is_told_turns_one_month_into_the_other(data: st.DataObject) -> None:
    """Every change, and nothing else: applied to what was published they give what is now."""
    now, meant = SEPTEMBER, {}
    for _ in range(data.draw(st.integers(1, 4))):
        code = data.draw(st.sampled_from(["02", "05", "06", "07"]))
        at = data.draw(st.integers(0, len(now.rows(code)) - 1))
        row = now.rows(code)[at]
        column = data.draw(st.sampled_from(sorted(row.cells)))
        value = str(data.draw(st.integers(0, 10**6)))
        now = with_row(now, code, at, replace(row, cells={**row.cells, column: value}))
        meant[code, at, column] = value
    found = {
        (one.table, one.row, one.column): (one.published, one.current)
        for one in told(now)
        if not one.total
    }
    expected = {}
    for (code, at, column), value in meant.items():
        row = SEPTEMBER.rows(code)[at]
        if row.cells[column] != value:
            expected[code, row.label, column] = (row.cells[column], value)
    assert found == expected
