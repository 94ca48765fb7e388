"""The correction notice of a closed month, as a document: every difference, and what caused it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from ningmai.bulletin import sentences
from ningmai.bulletin.cells import figure_cell, number_cell, text_cell
from ningmai.bulletin.model import Block, Cell, Column, Document, Paragraph, Section, Table
from ningmai.closing.arrived import ANY_ROW, Cause
from ningmai.closing.differing import Difference
from ningmai.closing.frozen import Closing
from ningmai.proof.sheets import FORMS
from producers.bulletin import Month
from producers.bulletin.layout import cumulative
from producers.bulletin.month import SHANGHAI
from schemas.catalogue import catalogue

MOST = 5
"""Ids of events named in one place; how many there are is always said."""
SORTS: Mapping[str, str] = {
    "late": "封账后到达",
    "retraction": "冲正",
    "amendment": "更正",
    "redelivered": "死信重新投递",
    "taken_back": "查出重复后撤回",
    "second": "重复冲正（不计）",
    "repeat": "重复报送（不计）",
}
"""What came of an event, by its code, as printed; the last two change no figure."""
NO_EFFECT = ("second", "repeat")
KINDS: Mapping[str, str] = {
    "calls": "热线电话",
    "bookings": "预约挂号",
    "telemedicine": "远程医疗",
    "uploads": "数据上传",
    "kiosk_transactions": "自助终端交易",
    "statements": "存量申报",
    "institutions": "机构名录",
    "alerts": "告警",
}
TITLES: Mapping[str, str] = {
    "01a": "hotline_title",
    "01b": "hotline_title",
    "02": "booking_title",
    "03": "routes_title",
    "04": "districts_title",
    "05": "hospitals_title",
    "06": "kiosks_title",
    "07": "telemedicine_title",
    "08": "",
}
"""Template of the title under which a table is printed; 08 is spread over two."""
SINCE = "累计数据"
NAME = "name"
ITEMS: Mapping[str, str] = {
    **{item: item for item in ("report", "specimen", "consultation")},
    **dict.fromkeys(("images", "first", "second", "third"), "report"),
}
"""What events of an item change in table 07, by the indicator; all else there is stated."""


@dataclass(frozen=True, slots=True)
class Notice:
    """All that a notice says."""

    month: Month
    closing: Closing
    differences: Sequence[Difference]
    causes: Sequence[Cause]
    as_of: datetime | None


def compose(notice: Notice) -> Document:
    """The notice. Pure; of a month without differences it says so."""
    month = notice.month
    return Document(
        f"{month.year}年{month.number}月统计数据更正说明",
        tuple(_under(notice)),
        (_summary(notice), *_tables(notice), _events(notice)),
    )


def _under(notice: Notice) -> Iterator[str]:
    closing = notice.closing
    on = closing.closed_at.astimezone(SHANGHAI)
    yield f"已公布：{on:%Y年%-m月%-d日 %H:%M:%S}由{closing.office}封账（第{closing.number}次）"
    yield f"已公布数据校验码（SHA-256）：{closing.checksum}"
    if notice.as_of:
        yield f"现数据截至：{notice.as_of:%Y年%-m月%-d日 %H:%M:%S}（北京时间）"
    yield "不含模拟数据；“—”：没有该数据。"


def _summary(notice: Notice) -> Section:
    rows = [one for one in notice.differences if not one.total and not one.order]
    totals = [one for one in notice.differences if one.total]
    orders = sum(one.order for one in notice.differences)
    if not notice.differences:
        said = "现数据与已公布的数据一致，没有需要更正的内容。"
    else:
        said = f"现数据与已公布的数据有{len(rows)}处不同，另有合计{len(totals)}处随之改变"
        said += f"、{orders}行的序号变动。" if orders else "。"
    blocks: list[Block] = [Paragraph(said)]
    if everything := [one for one in notice.causes if not one.table]:
        blocks.append(_counted(everything))
        blocks.append(Paragraph("“不计”的事件不影响任何数据，列出备查。", "note"))
    else:
        blocks.append(Paragraph("封账后没有收到属于本月的事件。"))
    return Section("更正概况", "概况", tuple(blocks))


def _counted(everything: Sequence[Cause]) -> Table:
    rows = tuple(
        (text_cell(KINDS[one.kind]), text_cell(SORTS[one.sort]), number_cell(one.events))
        for one in _in_order(everything)
    )
    header = tuple(map(text_cell, ("事件类别", "性质", "件数")))
    columns = (Column(2.0, "left"), Column(2.0, "left"), Column(1.0, "right"))
    return Table("封账后收到的本月事件", columns, (header,), rows)


def _tables(notice: Notice) -> Iterator[Section]:
    """A section for each table with differences, in the order of their codes."""
    known = sentences.of_month(notice.month)
    for code in TITLES:
        found = [one for one in notice.differences if one.table == code and not one.order]
        if found:
            name = TITLES[code]
            title = SINCE if code == "08" else sentences.filled(name, known) or name
            yield Section(f"表{code}　{title}", f"表{code}", (_differences(notice, found),))


def _differences(notice: Notice, found: Sequence[Difference]) -> Table:
    header = ("行", "项目", "已公布", "现为", "相差", "原因（事件）")
    rows = tuple(
        (
            text_cell(one.row),
            text_cell(one.column),
            figure_cell(one.published),
            figure_cell(one.current),
            _signed(one.difference),
            text_cell("以上各行之和" if one.total else _because(notice, one)),
        )
        for one in found
    )
    figure = Column(1.3, "right")
    columns = (
        Column(2.2, "left"),
        Column(1.9, "left"),
        figure,
        figure,
        figure,
        Column(4.0, "left"),
    )
    return Table("", columns, (tuple(map(text_cell, header)),), rows)


def _signed(text: str) -> Cell:
    cell = figure_cell(text.removeprefix("+")) if text else text_cell("")
    return Cell(text, cell.number, f"+{cell.pattern};-{cell.pattern}") if text else cell


def _because(notice: Notice, one: Difference) -> str:
    """The events behind one cell: its own, else its row's, its institution's, its table's."""
    effective = [cause for cause in notice.causes if cause.sort not in NO_EFFECT]
    ident, what = _ident(notice.month, one), _what(one)
    of_row = [cause for cause in effective if (cause.table, cause.ident) == (one.table, ident)]
    named = [cause for cause in effective if (cause.table, cause.ident) == (ANY_ROW, ident)]
    for found in (
        named if what == NAME else [],
        [cause for cause in of_row if what in ("", cause.what)],
        of_row,
        named,
        [cause for cause in effective if cause.table in (one.table, ANY_ROW)],
    ):
        if found:
            return "；".join(_told(cause) for cause in _merged(found))
    return "未能归到具体事件，见“事件清单”"


def _merged(causes: Iterable[Cause]) -> list[Cause]:
    """Of each kind and sort one, with all its events."""
    found: dict[tuple[str, str], Cause] = {}
    for one in _in_order(causes):
        so_far = found.get((one.kind, one.sort), replace(one, events=0, ids=()))
        found[one.kind, one.sort] = replace(
            so_far, events=so_far.events + one.events, ids=(*so_far.ids, *one.ids)[:MOST]
        )
    return list(found.values())


def _what(one: Difference) -> str:
    """Which of a row's cells events touch to change this one; empty: whatever they touch."""
    if one.column == FORMS[one.table].label:
        return NAME
    if one.table == "02":
        return catalogue().known("channels", one.column) or ""
    if one.table in ("04", "05"):
        return "stated" if one.column.startswith(("申明", "健康档案")) else "flow"
    if one.table == "06":
        services = catalogue().lists["services"].items()
        return next((code for code, name in services if one.column.startswith(name)), "stated")
    if one.table == "07":
        indicators = f"indicators.{catalogue().code('platforms', one.ident)}"
        figure = (
            catalogue().known(indicators, one.column) if indicators in catalogue().lists else None
        )
        return ITEMS.get(figure or "", "stated")
    return ""


def _ident(month: Month, one: Difference) -> str:
    """What events call the row: the code behind its label."""
    if one.table == "01a":
        return catalogue().known("categories", one.ident) or catalogue().code("lines", one.ident)
    lists = {"01b": "cities", "03": "routes", "07": "platforms"}
    if one.table in lists:
        return catalogue().code(lists[one.table], one.ident)
    if one.table == "08":
        return _cumulative(one.ident, month)
    return one.ident


def _cumulative(label: str, month: Month) -> str:
    try:
        return cumulative(label, month.number)
    except ValueError:
        return label


def _told(cause: Cause) -> str:
    more = "等" if cause.events > len(cause.ids) else ""
    ids = "、".join(cause.ids)
    return f"{KINDS[cause.kind]}{SORTS[cause.sort]}{cause.events}件（{ids}{more}）"


def _events(notice: Notice) -> Section:
    everything = [one for one in notice.causes if not one.table]
    if not everything:
        return Section("事件清单", "事件清单", (Paragraph("无。"),), new_page=True)
    rows = tuple(
        (
            text_cell(KINDS[one.kind]),
            text_cell(SORTS[one.sort]),
            number_cell(one.events),
            text_cell("、".join(one.ids) + ("等" if one.events > len(one.ids) else "")),
        )
        for one in _in_order(everything)
    )
    header = tuple(map(text_cell, ("事件类别", "性质", "件数", "事件编号（event_id）")))
    columns = (Column(1.4, "left"), Column(1.6, "left"), Column(0.8, "right"), Column(7.0, "left"))
    table = Table("", columns, (header,), rows)
    return Section("事件清单", "事件清单", (table,), new_page=True)


def _in_order(causes: Iterable[Cause]) -> list[Cause]:
    kinds, sorts = list(KINDS), list(SORTS)
    return sorted(causes, key=lambda one: (kinds.index(one.kind), sorts.index(one.sort), one.ident))
