"""The document of a month: printed sections in printed order, the past before, proof behind."""

from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta

from ningmai.bulletin import charts, sentences, tables
from ningmai.bulletin.cells import growth_cell, number_cell, text_cell
from ningmai.bulletin.facts import Closed, Facts
from ningmai.bulletin.figures import KEY, change
from ningmai.bulletin.model import Block, Column, Document, Paragraph, Section, Table
from ningmai.proof import WRONG, Finding
from ningmai.proof.rules import NAMES
from producers.bulletin import Bulletin

NOTHING = "本月没有数据。"
"""What a section says of which there is no figure."""


def compose(facts: Facts) -> Document:
    """The whole bulletin. Pure; a month without figures is a document that says so."""
    month = facts.bulletin.month
    return Document(
        f"{month.year}年{month.number}月{sentences.templates()['title']}",
        tuple(_under(facts)),
        (_overview(facts), *_printed(facts.bulletin), _proof(facts)),
    )


def _under(facts: Facts) -> Iterator[str]:
    month = facts.bulletin.month
    if facts.as_of is None:
        yield "数据截至：未知"
    else:
        yield f"数据截至：{facts.as_of:%Y年%-m月%-d日 %H:%M:%S}（北京时间）"
        if facts.as_of.date() < month.first:
            yield "本月尚未开始。"
        elif facts.as_of.date() < month.last + timedelta(days=1):
            yield "本月尚未结束，所列为截至上述时间的数据。"
    if facts.closed:
        yield _beside(facts.closed)
    yield "不含模拟数据；合计由各行加总得出。"


def _beside(closed: Closed) -> str:
    said = (
        f"本月已于{closed.on:%Y年%-m月%-d日}封账公布（第{closed.closing}次），本件所列为当前数据，"
    )
    if not closed.differences:
        return f"{said}与已公布的一致。"
    return f"{said}与已公布的有{closed.differences}处不同，见更正说明。"


def _overview(facts: Facts) -> Section:
    blocks: list[Block] = [_verdict(facts)]
    if facts.bulletin.tables:
        blocks.append(_compared(facts))
        blocks.append(Paragraph("环比与上月相比，同比与去年同月相比；—：没有可比数据。", "note"))
    else:
        month = facts.bulletin.month
        blocks.append(Paragraph(f"{month.year}年{month.number}月没有任何数据。", "warning"))
    return Section("本月概览", "概览", tuple(blocks))


def _verdict(facts: Facts) -> Paragraph:
    if not facts.bulletin.tables:
        return Paragraph("没有数据，无从校核。", "warning")
    if not facts.findings:
        return Paragraph("本月数据经校核，没有校核意见。")
    return Paragraph(f"本月数据有{_counted(facts)}，见末页“校核意见”。", "warning")


def _counted(facts: Facts) -> str:
    wrong = sum(one.severity == WRONG for one in facts.findings)
    count = len(facts.findings)
    return f"{count}条未了结的校核意见（错误{wrong}条、存疑{count - wrong}条）"


def _compared(facts: Facts) -> Table:
    """Each key figure of the month beside last month's and last year's."""
    header = ("指标", "单位", "本月", "上月", "环比", "去年同月", "同比")
    rows = []
    for name, (unit, of) in KEY.items():
        now, last, year = (
            of(one) if one else None for one in (facts.bulletin, facts.last_month, facts.last_year)
        )
        rows.append(
            (
                text_cell(name),
                text_cell(unit),
                number_cell(now),
                number_cell(last),
                growth_cell(change(now, last)),
                number_cell(year),
                growth_cell(change(now, year)),
            )
        )
    figure = Column(1.6, "right")
    columns = (Column(3.0, "left"), Column(0.8, "center"), figure, figure, figure, figure, figure)
    return Table("主要指标", columns, (tuple(map(text_cell, header)),), tuple(rows))


def _printed(bulletin: Bulletin) -> Iterator[Section]:
    yield _section(bulletin, "hotline_title", "卫生热线", _hotline, ("01a", "01b"))
    yield _section(bulletin, "booking_title", "预约挂号", _bookings, ("02",))
    yield _section(bulletin, "routes_title", "分途径预约", _routes, ("03",))
    yield _section(bulletin, "telemedicine_title", "远程医疗", _telemedicine, ("07",))
    yield _section(bulletin, "districts_title", "数据采集（区）", _districts, ("04",))
    yield _section(bulletin, "hospitals_title", "数据采集（医院）", _hospitals, ("05",))
    yield _section(bulletin, "kiosks_title", "自助终端", _kiosks, ("06",))


def _section(
    bulletin: Bulletin,
    name: str,
    short: str,
    blocks: Callable[[Bulletin], Iterator[Block | None]],
    codes: tuple[str, ...],
) -> Section:
    """A printed section; where none of its tables has a row it says so."""
    title = sentences.filled(name, sentences.of_month(bulletin.month)) or name
    made = [block for block in blocks(bulletin) if block is not None]
    if not any(bulletin.rows(code) for code in codes):
        made = [Paragraph(NOTHING), *made]
    return Section(title, short, tuple(made))


def _hotline(bulletin: Bulletin) -> Iterator[Block | None]:
    for text in (sentences.hotline(bulletin), sentences.province(bulletin)):
        yield Paragraph(text) if text else None
    yield charts.cities(bulletin)


def _bookings(bulletin: Bulletin) -> Iterator[Block | None]:
    if bulletin.rows("02"):
        yield tables.bookings(bulletin, "")
    yield _line("bookings_since", bulletin)
    yield charts.bookings(bulletin)


def _routes(bulletin: Bulletin) -> Iterator[Block | None]:
    yield Paragraph(sentences.templates()["routes_scope"], "note")
    if bulletin.rows("03"):
        yield tables.routes(bulletin, "")
    yield charts.routes(bulletin)


def _telemedicine(bulletin: Bulletin) -> Iterator[Block | None]:
    for text in sentences.telemedicine(bulletin):
        yield Paragraph(text)
    yield charts.coverage(bulletin)
    yield charts.reports(bulletin)


def _districts(bulletin: Bulletin) -> Iterator[Block | None]:
    if bulletin.rows("04"):
        yield tables.uploads(bulletin, "04", "")
    yield charts.uploads(bulletin, "04")


def _hospitals(bulletin: Bulletin) -> Iterator[Block | None]:
    if bulletin.rows("05"):
        yield tables.uploads(bulletin, "05", "")
    yield _line("uploads_since", bulletin)
    yield charts.uploads(bulletin, "05")


def _kiosks(bulletin: Bulletin) -> Iterator[Block | None]:
    if bulletin.rows("06"):
        yield tables.kiosks(bulletin, "")
    yield charts.kiosks(bulletin)


def _line(name: str, bulletin: Bulletin) -> Paragraph | None:
    text = sentences.since(name, bulletin)
    return Paragraph(text, "note") if text else None


def _proof(facts: Facts) -> Section:
    """Open findings, on a page of their own."""
    if not facts.findings:
        return Section("校核意见", "校核意见", (_verdict(facts),), new_page=True)
    text = f"以下为{_counted(facts)}。错误：须更正后再付印；存疑：须向报送单位核实。"
    return Section(
        "校核意见", "校核意见", (Paragraph(text), _findings(facts.findings)), new_page=True
    )


def _findings(found: Sequence[Finding]) -> Table:
    header = ("序号", "性质", "规则", "表", "说明")
    rows = tuple(
        (
            number_cell(nth),
            text_cell(one.severity),
            text_cell(NAMES[one.rule]),
            text_cell(one.place.table),
            text_cell(one.message),
        )
        for nth, one in enumerate(found, start=1)
    )
    centre = Column(0.7, "center")
    columns = (centre, centre, Column(1.4, "left"), centre, Column(8.0, "left"))
    return Table("", columns, (tuple(map(text_cell, header)),), rows)
