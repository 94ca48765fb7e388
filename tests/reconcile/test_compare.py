"""Comparing, against views that a double answers for."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from ningmai.reconcile import reconcile
from producers.bulletin import Bulletin, read
from schemas.catalogue import catalogue


class Answer:
    def __init__(self, header: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
        self.column_names = header
        self.result_rows = rows


class Views:
    """Views that say what is printed, until a test changes a cell."""

    def __init__(self, bulletin: Bulletin) -> None:
        self.rows: dict[str, list[dict[str, Any]]] = {}
        for code, table in bulletin.tables.items():
            for row in table.rows:
                if code == "07":
                    ((what, text),) = row.cells.items()
                    cells = {"平台": row.label, "指标": what, "数值": text}
                else:
                    label = next(name for name in table.header if name not in row.cells and name)
                    label = "单位" if code == "02" else "名称" if code == "03" else label
                    cells = {label: row.label, **row.cells}
                self.rows.setdefault(code, []).append(cells)

    def query(self, sql: str, parameters: dict[str, Any]) -> Answer:
        assert parameters == {"month": date(2020, 9, 1)}
        rows = self.rows.get(sql.partition("bulletin_")[2].partition("(")[0], [])
        return Answer(tuple(rows[0]) if rows else (), [tuple(row.values()) for row in rows])

    def set(self, code: str, label: str, column: str, value: Any) -> None:
        (row,) = [row for row in self.rows[code] if label in row.values() and column in row]
        row[column] = value

    def indicator(self, platform: str, what: str, value: str) -> None:
        for row in self.rows["07"]:
            if row["平台"] == platform and row["指标"] == what:
                row["数值"] = value


@pytest.fixture(scope="module")
def september() -> Bulletin:
    return read("2020-09")


@pytest.fixture
def views(september: Bulletin) -> Views:
    return Views(september)


def compared(views: Views, bulletin: Bulletin) -> Any:
    return reconcile(views, bulletin)  # type: ignore[arg-type] # the double asks only for query


def test_views_that_say_what_is_printed_are_equal_in_every_cell(
    views: Views, september: Bulletin
) -> None:
    report = compared(views, september)
    assert (report.cells, report.equal, report.differences) == (723, 723, [])
    assert len(report.findings) == 8


def test_a_cell_that_differs_is_named_with_both_texts(views: Views, september: Bulletin) -> None:
    views.set("03", "健康南京客户端", "预约数量", 70299)
    report = compared(views, september)
    (line,) = report.differences
    assert report.equal == 722
    assert report.as_json()["differences"] == [
        {
            "table": "03",
            "row": "健康南京客户端",
            "column": "预约数量",
            "printed": "70300",
            "computed": "70299",
            "reason": line.reason,
        }
    ]
    assert line.reason


def test_a_printed_row_that_is_not_computed_is_a_difference(
    views: Views, september: Bulletin
) -> None:
    views.rows["05"] = [row for row in views.rows["05"] if "江苏省中医院" not in row.values()]
    lines = compared(views, september).differences
    assert (lines[0].row, lines[0].printed, lines[0].computed) == ("江苏省中医院", "26/83", "")
    assert {line.reason for line in lines} == {"not computed: no such row"}
    assert len(lines) == 6


def test_a_printed_count_without_any_event_is_compared_with_zero(
    views: Views, september: Bulletin
) -> None:
    views.rows["03"].pop()
    (line,) = compared(views, september).differences
    assert (line.row, line.printed, line.computed) == ("电信百号", "3", "0")


def test_a_computed_row_that_is_not_printed_is_a_difference(
    views: Views, september: Bulletin
) -> None:
    views.rows["03"].append({"名称": "微医", "预约数量": 5})
    report = compared(views, september)
    (line,) = report.differences
    assert (report.cells, report.equal) == (723, 723)
    assert (line.row, line.printed, line.computed) == ("微医", "", "5")


def test_a_row_of_nothing_need_not_be_printed(views: Views, september: Bulletin) -> None:
    views.rows["03"].append({"名称": "微医", "预约数量": 0})
    assert compared(views, september).differences == []


def test_a_table_that_is_not_printed_is_not_compared(views: Views, september: Bulletin) -> None:
    tables = {code: table for code, table in september.tables.items() if code != "03"}
    report = compared(views, replace(september, tables=tables))
    assert (report.cells, report.differences) == (723 - 8, [])


def test_unconnected_districts_are_compared_as_a_set(views: Views, september: Bulletin) -> None:
    views.indicator("远程医学会诊平台", "未对接", "秦淮区、鼓楼区、玄武区")
    assert compared(views, september).differences == []
    views.indicator("远程医学会诊平台", "未对接", "秦淮区、鼓楼区")
    assert len(compared(views, september).differences) == 1


def test_the_top_three_are_compared_by_who_and_how_many(views: Views, september: Bulletin) -> None:
    views.indicator("远程心电监测诊断平台", "数据上传量第一", "江苏省人民医院31402份")
    (line,) = compared(views, september).differences
    assert line.column == "数据上传量第一"


def test_not_answered_and_zero_declared_are_two_things(views: Views, september: Bulletin) -> None:
    views.set("05", "江苏省人民医院", "申明上传表/规定上传", "0/83")
    (line,) = compared(views, september).differences
    assert (line.printed, line.computed) == ("未反馈/83", "0/83")


def test_amounts_are_equal_to_the_fen_or_not_at_all(views: Views, september: Bulletin) -> None:
    views.set("06", "南京明基医院", "挂号金额（元）", "81137.81")
    assert len(compared(views, september).differences) == 1


def test_cumulative_figures_are_equal_with_their_precision(
    views: Views, september: Bulletin
) -> None:
    label = catalogue().lists["cumulative"]["uploads.rows_total"].format(month=9)
    views.set("08", label, "数值", "71.00")
    assert len(compared(views, september).differences) == 1


def test_a_cell_that_no_events_can_give_has_the_planners_reason(
    views: Views, september: Bulletin
) -> None:
    table = september.tables["06"]
    rows = [
        replace(row, cells={**row.cells, "挂号金额（元）": "5.00"})
        if row.label == "江苏省第二中医院"
        else row
        for row in table.rows
    ]
    changed = replace(table, rows=tuple(rows), totals=())
    bulletin = replace(september, tables={**september.tables, "06": changed})
    (line,) = compared(views, bulletin).differences
    assert line.reason == "an amount without a transaction"
