"""What a document says of any month: its cells, its totals, its past, and what is not known."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from ningmai.bulletin import Facts, compose
from ningmai.bulletin.model import Chart, Document
from ningmai.bulletin.sentences import telemedicine
from ningmai.bulletin.svg import svg
from ningmai.proof import SUSPECT, WRONG, Finding, Place
from producers.bulletin import Bulletin, Month
from producers.bulletin.month import SHANGHAI
from tests.documents.months import AS_OF, empty, good, rows, said, september, tables

TABLES = ("02", "03", "04", "05", "06")


def charts(document: Document) -> list[Chart]:
    return [
        one for section in document.sections for one in section.blocks if isinstance(one, Chart)
    ]


def with_cells(bulletin: Bulletin, code: str, **changed: str | None) -> Bulletin:
    """The same, cells of table 07 replaced by their column; None: taken away."""
    table = bulletin.tables[code]
    made = []
    for row in table.rows:
        cells = {
            column: changed.get(column, text)
            for column, text in row.cells.items()
            if changed.get(column, text) is not None
        }
        made.append(replace(row, cells=cells))
    return replace(bulletin, tables={**bulletin.tables, code: replace(table, rows=tuple(made))})


@pytest.mark.parametrize("seed", range(30))
def test_every_figure_of_any_month_stands_in_its_document(seed: int, tmp_path: Path) -> None:
    facts = good(seed, tmp_path)
    document = compose(facts)
    _, *printed = tables(document)
    for code, table in zip(TABLES, printed, strict=False):
        found = [[cell.text for cell in row] for row in table.rows]
        for row in facts.bulletin.rows(code):
            figures = list(row.cells.values())
            assert any(row.label in line and set(figures) <= set(line) for line in found)
    text = "".join(said(document))
    for code in ("01a", "01b", "07", "08"):
        for row in facts.bulletin.rows(code):
            for figure in row.cells.values():
                assert all(part in text for part in figure.split("、") if part != "无")


@pytest.mark.parametrize("seed", range(30))
def test_totals_are_the_sums_of_the_rows_in_any_month(seed: int, tmp_path: Path) -> None:
    """A good month prints its sums: they must come out again."""
    facts = good(seed, tmp_path)
    _, *printed = tables(compose(facts))
    for code, table in zip(TABLES, printed, strict=False):
        for total in facts.bulletin.tables[code].totals:
            (line,) = table.totals
            ours = [cell.text for cell in line]
            theirs = [text for column, text in total.cells.items() if column != "序号"]
            assert ours == (["合计：" + theirs[0]] if code == "03" else ["合计", *theirs])


def test_a_month_without_anything_says_so_in_every_section() -> None:
    document = compose(empty(Month(2019, 1)))
    assert "2019年1月没有任何数据。" in said(document)
    assert said(document).count("本月没有数据。") == 7
    assert not tables(document)
    assert not charts(document)


@pytest.mark.parametrize("code", ["01a", "01b", *TABLES, "07", "08"])
def test_a_table_that_is_absent_is_missed_and_the_others_stay(code: str) -> None:
    facts = september()
    left = {one: table for one, table in facts.bulletin.tables.items() if one != code}
    document = compose(replace(facts, bulletin=replace(facts.bulletin, tables=left)))
    assert ("本月没有数据。" in said(document)) == (code not in ("01a", "01b", "08"))
    assert len(tables(document)) == len(tables(compose(facts))) - (code in TABLES)


def test_the_past_is_compared_where_there_is_one(tmp_path: Path) -> None:
    now = good(1, tmp_path / "now", Month(2021, 3))
    last = good(2, tmp_path / "last", Month(2021, 2)).bulletin
    year = good(3, tmp_path / "year", Month(2020, 3)).bulletin
    compared = tables(compose(replace(now, last_month=last, last_year=year)))[0]
    booked, before, ago = (
        int(one.tables["02"].totals[0].cells["小计"]) for one in (now.bulletin, last, year)
    )
    (line,) = (row for row in compared.rows if row[0].text == "预约挂号")
    assert [cell.text for cell in line[2:]] == [
        str(booked),
        str(before),
        f"{(booked - before) / before * 100:+.1f}%",
        str(ago),
        f"{(booked - ago) / ago * 100:+.1f}%",
    ]


def test_without_a_past_there_is_a_dash_and_no_zero() -> None:
    for row in tables(compose(september()))[0].rows:
        assert [cell.text for cell in row[3:]] == ["—"] * 4


def test_a_figure_that_is_not_known_is_a_dash_and_no_zero() -> None:
    facts = september()
    table = facts.bulletin.tables["06"]
    less = tuple(
        replace(row, cells={k: v for k, v in row.cells.items() if k != "投放台数"})
        for row in table.rows
    )
    tables_now = {**facts.bulletin.tables, "06": replace(table, rows=less)}
    document = compose(replace(facts, bulletin=replace(facts.bulletin, tables=tables_now)))
    kiosks = tables(document)[5]
    assert kiosks.totals[0][1].text == "—"
    assert kiosks.rows[1][1].text == "—"


@pytest.mark.parametrize(
    ("text", "said_so"),
    [
        ("", "，无未对接的区。"),
        ("秦淮区", "，未对接的秦淮区。"),
        ("秦淮区、栖霞区", "，未对接的有秦淮区、栖霞区。"),
        ("栖霞区、新区、鼓楼区", "，未对接的有鼓楼区、栖霞区、新区。"),
        (None, "，覆盖市内10个区。"),
    ],
)
def test_districts_that_are_not_connected_are_named_as_they_are_many(
    text: str | None, said_so: str
) -> None:
    bulletin = with_cells(september().bulletin, "07", 未对接=text)
    assert said_so in telemedicine(bulletin)[3]


def test_clauses_of_unknown_figures_are_left_out_with_their_marks() -> None:
    gone = {"累计接入医疗机构（家）": None, "数据上传量第二": None, "数据上传量第三": None}
    bulletin = with_cells(september().bulletin, "07", **gone)
    lab = telemedicine(bulletin)[2]
    assert lab.startswith("南京市远程临检诊断平台其中二级以上医疗机构19家，")
    assert lab.endswith("本月数据上传量排名第一的是南京市妇幼保健院153412份。")


def test_cities_of_another_number_are_not_named() -> None:
    bulletin = with_cells(september().bulletin, "07", **{"联通城市（个）": "5"})
    assert "，联通5个城市。" in telemedicine(bulletin)[1]


def test_findings_stand_on_a_page_of_their_own_and_are_told_on_the_first() -> None:
    place = Place("02", "合计", "小计")
    found = tuple(
        Finding(place, "total", severity, "1", "2", "+1", f"说明{severity}")
        for severity in (WRONG, SUSPECT, SUSPECT)
    )
    document = compose(replace(september(), findings=found))
    *_, last = document.sections
    assert last.new_page
    assert [row[-1].text for row in tables(document)[-1].rows] == [one.message for one in found]
    first = said(document)[1]
    assert first == "本月数据有3条未了结的校核意见（错误1条、存疑2条），见末页“校核意见”。"


def test_without_findings_the_document_says_so() -> None:
    document = compose(replace(september(), findings=()))
    assert said(document)[1] == said(document)[-1] == "本月数据经校核，没有校核意见。"


@pytest.mark.parametrize(
    ("month", "line"),
    [
        (Month(2024, 1), False),
        (Month(2024, 2), "本月尚未结束，所列为截至上述时间的数据。"),
        (Month(2024, 3), "本月尚未开始。"),
    ],
)
def test_a_month_that_is_not_over_says_so(month: Month, line: str | bool) -> None:
    under = compose(empty(month)).under
    assert under[0] == "数据截至：2024年2月29日 08:00:01（北京时间）"
    assert (under[1] == line) if line else len(under) == 2


def test_a_month_is_over_at_midnight_of_shanghai() -> None:
    over = datetime(2024, 3, 1, 0, 0, 0, tzinfo=SHANGHAI)
    assert len(compose(Facts(empty(Month(2024, 2)).bulletin, as_of=over)).under) == 2
    assert over > AS_OF


def test_charts_show_the_largest_and_no_more_than_ten_but_all_districts() -> None:
    found = {one.title: one for one in charts(compose(september()))}
    assert [len(one.bars) for one in found.values()] == [7, 10, 8, 4, 9, 12, 10, 10]
    assert found["预约量前10家医院（按渠道）"].bars[0] == (
        "南京鼓楼医院",
        (53910, 14178, 32479, 69322),
    )


def test_a_drawn_chart_stays_within_its_edges_whatever_its_names() -> None:
    long = "南京市" + "很长" * 30 + "医院"
    drawn = svg(Chart("图", "次", ("甲", "乙"), ((long, (10**12, 1)), ("短", (0, 0)))))
    assert long in drawn
    xs = [float(one.split('"')[1]) for one in drawn.split(" x=")[1:]]
    assert all(0 <= x <= 720 for x in xs)


def test_every_row_covers_the_columns_of_its_table() -> None:
    for table in tables(compose(september())):
        for row in table.totals:
            assert sum(cell.across for cell in row) == len(table.columns)
    assert list(rows(compose(empty(Month(2019, 1))))) == []
