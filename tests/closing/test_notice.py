"""The notice says every difference, and the events behind it."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from ningmai.bulletin.model import Document, Paragraph, Table
from ningmai.bulletin.writers import FORMATS, write
from ningmai.closing.arrived import ANY_ROW, Cause
from ningmai.closing.differing import Difference
from ningmai.closing.frozen import Closing
from ningmai.closing.notice import KINDS, SORTS, Notice, compose
from producers.bulletin import Month
from schemas.kinds import kinds
from tests.documents.months import AS_OF, said, tables

MONTH = Month(2024, 1)
CLOSING = Closing(
    MONTH, 2, datetime(2024, 2, 1, tzinfo=UTC), "信息中心", "0", AS_OF, 9, 0, "c" * 64, ()
)
DIFFERENCE = Difference("02", "H001", "甲医院", "电话预约", "10", "12")
TOTAL = Difference("02", "", "合计", "电话预约", "100", "102", total=True)
LATE = (
    Cause("bookings", "late", "", "", "", 3, ("b1", "b2", "b3")),
    Cause("bookings", "late", "02", "H001", "phone", 2, ("b1", "b2")),
    Cause("bookings", "late", "02", "H001", "online", 1, ("b3",)),
    Cause("bookings", "repeat", "", "", "", 7, ("b9",)),
    Cause("bookings", "repeat", "02", "H001", "phone", 7, ("b9",)),
)


def notice(differences: tuple[Difference, ...], causes: tuple[Cause, ...] = LATE) -> Document:
    return compose(Notice(MONTH, CLOSING, differences, causes, AS_OF))


def lines(document: Document) -> list[list[str]]:
    return [[cell.text for cell in row] for table in tables(document) for row in table.rows]


def test_each_difference_stands_with_the_events_of_its_row() -> None:
    found = lines(notice((DIFFERENCE, TOTAL)))
    because = "预约挂号封账后到达2件（b1、b2）"
    assert ["甲医院", "电话预约", "10", "12", "+2", because] in found
    assert ["合计", "电话预约", "100", "102", "+2", "以上各行之和"] in found


def test_what_all_events_of_a_row_change_stands_with_all_of_them() -> None:
    subtotal = Difference("02", "H001", "甲医院", "小计", "20", "23")
    found = lines(notice((subtotal,)))
    assert ["甲医院", "小计", "20", "23", "+3", "预约挂号封账后到达3件（b1、b2、b3）"] in found


@pytest.mark.parametrize(
    ("table", "ident", "column", "what"),
    [
        ("02", "H001", "诊间预约", "clinic"),
        ("04", "D320104", "健康档案累计上传总量/高血压", "stated"),
        ("05", "H001", "数据上传天数", "flow"),
        ("06", "H001", "挂号金额（元）", "registration"),
        ("06", "H001", "缴费（次）", "payment"),
        ("06", "H001", "投放台数", "stated"),
        ("07", "远程影像诊断平台", "图像量（份）", "report"),
        ("07", "远程影像诊断平台", "未对接", "stated"),
    ],
)
def test_a_cell_stands_with_the_events_that_change_it_alone(
    table: str, ident: str, column: str, what: str
) -> None:
    row = {"远程影像诊断平台": "imaging"}.get(ident, ident)
    same = Cause("uploads", "late", table, row, what, 1, ("right",))
    other = Cause("uploads", "late", table, row, "another", 1, ("wrong",))
    found = lines(notice((Difference(table, ident, ident, column, "1", "2"),), (other, same)))
    assert found[0][-1] == "数据上传封账后到达1件（right）"


def test_events_without_effect_are_listed_and_cause_nothing() -> None:
    found = lines(notice((DIFFERENCE,)))
    assert ["预约挂号", "重复报送（不计）", "7", "b9等"] in found
    assert not any("不计" in line[5] for line in found if len(line) > 5)


def test_its_first_page_counts_and_names_the_closing() -> None:
    document = notice((DIFFERENCE, TOTAL))
    assert document.title == "2024年1月统计数据更正说明"
    assert "由信息中心封账（第2次）" in document.under[0]
    assert "c" * 64 in document.under[1]
    assert any("有1处不同，另有合计1处随之改变" in text for text in said(document))


def test_a_renamed_institution_is_explained_by_its_entry() -> None:
    renamed = Difference("02", "H001", "甲医院", "单位", "甲医院", "乙医院")
    entry = Cause("institutions", "late", ANY_ROW, "H001", "name", 1, ("i1",))
    (line,) = [one for one in lines(notice((renamed,), (*LATE, entry))) if len(one) == 6]
    assert line[-1] == "机构名录封账后到达1件（i1）"


@pytest.mark.parametrize(
    ("table", "ident", "key"),
    [
        ("01a", "医疗服务投诉", "complaint"),
        ("01a", "省12345工单", "order_province"),
        ("01b", "苏州", "suzhou"),
        ("03", "就医160", "jiuyi160"),
        ("07", "远程临检诊断平台", "lab"),
        ("08", "截止1月底总预约挂号量", "bookings.total"),
    ],
)
def test_rows_are_known_by_the_codes_that_events_have(table: str, ident: str, key: str) -> None:
    found = lines(
        notice(
            (Difference(table, ident, ident, "x", "1", "2"),),
            (Cause("calls", "late", table, key, "", 1, ("e",)),),
        )
    )
    assert found[0][-1] == "热线电话封账后到达1件（e）"


def test_a_month_that_does_not_differ_says_so() -> None:
    document = notice((), ())
    text = "".join(said(document))
    assert "没有需要更正的内容" in text
    assert "没有收到属于本月的事件" in text
    assert not any(isinstance(b, Table) for s in document.sections for b in s.blocks)
    assert all(isinstance(b, Paragraph) for s in document.sections for b in s.blocks)


def test_every_kind_has_a_name_in_it() -> None:
    assert KINDS.keys() == kinds().keys()
    assert {cause.sort for cause in LATE} < SORTS.keys()


@pytest.mark.parametrize("ending", FORMATS)
def test_every_writer_writes_it(ending: str, tmp_path: Path) -> None:
    file = tmp_path / f"notice{ending}"
    write(notice((DIFFERENCE, TOTAL)), file)
    assert file.stat().st_size > 500
