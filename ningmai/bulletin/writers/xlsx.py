"""Excel: a sheet a section, figures as numbers, charts that Excel draws itself."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from xlsxwriter.utility import xl_range_abs
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from ningmai.bulletin.model import Cell, Chart, Document, Paragraph, Section, Table, grid
from ningmai.bulletin.svg import COLOURS

DATA = "图表数据"
"""The sheet that charts read."""
LETTERS = 88
"""Width of a sheet in letters, over all columns of its table."""
CHART_ROWS = 16
CHART_LINE = 15.0
PAGE = 880.0
"""Points of a sheet that come on a page, at the scale at which its columns fit."""
LINE = 15.5
"""Points of a line."""
MANY = 3
"""A cell over so many rows has room enough by itself."""
BASE = {"font_name": "宋体", "font_size": 10.5, "valign": "vcenter"}
BORDER = {**BASE, "border": 1, "border_color": "#B9C0C7"}
HEAD = {**BORDER, "bold": True, "bg_color": "#E4ECF4", "align": "center", "text_wrap": True}
TITLE = {**BASE, "bold": True, "font_size": 14, "align": "center"}
SAID: dict[str, dict[str, Any]] = {
    "body": {**BASE, "text_wrap": True, "indent": 1, "align": "left"},
    "note": {**BASE, "text_wrap": True, "align": "center", "font_size": 9},
    "warning": {**BASE, "text_wrap": True, "bold": True, "font_color": "#B4232A"},
}


def write(document: Document) -> bytes:
    """The document as an Excel workbook."""
    packed = io.BytesIO()
    book = Workbook(packed, {"in_memory": True, "strings_to_formulas": False})
    book.set_properties({"title": document.title})
    sheets = [(section, book.add_worksheet(section.short)) for section in document.sections]
    writer = _Writer(book, book.add_worksheet(DATA) if _charts(document) else None)
    for section, sheet in sheets:
        writer.section(sheet, section, document)
    if writer.data is not None:
        _paper(writer.data)
    book.close()
    return packed.getvalue()


def _charts(document: Document) -> bool:
    return any(isinstance(one, Chart) for section in document.sections for one in section.blocks)


@dataclass
class _Writer:
    """Writes block below block; what charts draw goes to a sheet of its own."""

    book: Workbook
    data: Worksheet | None
    drawn: int = 0
    """Columns of the data sheet that are taken."""

    def section(self, sheet: Worksheet, section: Section, document: Document) -> None:
        tables = [one for one in section.blocks if isinstance(one, Table)]
        widths = _widths(tables[0]) if tables else [LETTERS / 8] * 8
        for at, width in enumerate(widths):
            sheet.set_column(at, at, width)
        last = len(widths) - 1
        self.across(sheet, 0, last, section.title, TITLE)
        sheet.set_row(0, 26)
        row = 1
        breaks: list[int] = []
        for line in (document.title, *document.under) if section is document.sections[0] else ():
            self.across(sheet, row, last, line, SAID["note"])
            row += 1
        for block in section.blocks:
            if isinstance(block, Paragraph):
                self.across(sheet, row, last, block.text, SAID[block.manner])
                row += 1
            elif isinstance(block, Table):
                row = self.table(sheet, row, last, block)
            else:
                if row * LINE % PAGE > PAGE - CHART_ROWS * CHART_LINE:
                    breaks.append(row)
                self.chart(sheet, row + 1, block)
                row += CHART_ROWS + 2
        sheet.set_h_pagebreaks(breaks)
        _paper(sheet)

    def across(
        self, sheet: Worksheet, row: int, last: int, text: str, form: dict[str, Any]
    ) -> None:
        """A line over all columns, as high as its text needs."""
        dressed = self.book.add_format(form)
        if last:
            sheet.merge_range(row, 0, row, last, text, dressed)
        else:
            sheet.write_string(row, 0, text, dressed)
        sheet.set_row(row, _height(text, LETTERS))

    def table(self, sheet: Worksheet, row: int, last: int, table: Table) -> int:
        """The table from that row on. Returns the row below it."""
        if table.title:
            self.across(sheet, row, last, table.title, {**BASE, "bold": True, "align": "center"})
            row += 1
        lines = (*table.header, *table.rows, *table.totals)
        widths = _widths(table)
        for at, line in enumerate(grid(lines)):
            sheet.set_row(row + at, _high(line, widths))
            is_head = at < len(table.header)
            is_total = at >= len(table.header) + len(table.rows)
            for column, cell in line:
                form = dict(HEAD if is_head else BORDER)
                if not is_head:
                    spans = cell.across > 1 or cell.down > 1
                    form |= {"align": "center" if spans else table.columns[column].align}
                    form |= {"text_wrap": cell.number is None, "bold": is_total}
                _put(self.book, sheet, row + at, column, cell, form)
        sheet.freeze_panes(row + len(table.header), 0)
        sheet.repeat_rows(row, row + len(table.header) - 1)
        return row + len(lines)

    def chart(self, sheet: Worksheet, row: int, chart: Chart) -> None:
        """An Excel chart that reads from the data sheet; the largest bar on top."""
        if self.data is None:
            return
        first = self.drawn
        self.drawn += len(chart.series) + 2
        self.data.set_column(first, first, 30)
        self.data.write_row(0, first, [f"{chart.title}（{chart.unit}）", *chart.series])
        for at, (label, values) in enumerate(chart.bars, start=1):
            self.data.write_row(at, first, [label, *values])
        made = self.book.add_chart(
            {"type": "bar", "subtype": "stacked"} if chart.series[1:] else {"type": "bar"}
        )
        last = len(chart.bars)
        for at, name in enumerate(chart.series):
            made.add_series(
                {
                    "name": name,
                    "categories": f"='{DATA}'!{xl_range_abs(1, first, last, first)}",
                    "values": f"='{DATA}'!{xl_range_abs(1, first + 1 + at, last, first + 1 + at)}",
                    "fill": {"color": COLOURS[at % len(COLOURS)]},
                    "data_labels": {"value": not chart.series[1:]},
                    "gap": 50,
                }
            )
        made.set_title({"name": f"{chart.title}（{chart.unit}）", "name_font": {"size": 11}})
        made.set_y_axis({"reverse": True, "major_tick_mark": "none"})
        made.set_x_axis({"visible": False, "major_gridlines": {"visible": False}})
        made.set_legend({"position": "bottom"} if chart.series[1:] else {"none": True})
        made.set_size({"width": 660, "height": CHART_ROWS * CHART_LINE / 0.75})
        sheet.insert_chart(row, 0, made, {"description": chart.title})


def _widths(table: Table) -> list[float]:
    """Widths of its columns, in letters."""
    parts = [column.width for column in table.columns]
    return [max(LETTERS * part / sum(parts), 6) for part in parts]


def _high(line: Sequence[tuple[int, Cell]], widths: Sequence[float]) -> float:
    """Height of a row, so that the longest of its texts is seen whole."""
    return max(
        (
            _height(cell.text, sum(widths[at : at + cell.across]), cell.down)
            for at, cell in line
            if cell.down < MANY and cell.number is None
        ),
        default=LINE,
    )


def _height(text: str, width: float, rows: int = 1) -> float:
    """Points that a text needs in each of its rows; a Chinese letter is two wide."""
    wide = sum(1.95 if ord(letter) > 0x2E7F else 1.05 for letter in text)
    return max(LINE, LINE * -(-wide // width) / rows)


def _put(
    book: Workbook, sheet: Worksheet, row: int, column: int, cell: Cell, form: dict[str, Any]
) -> None:
    if cell.number is not None:
        form["num_format"] = cell.pattern
    dressed = book.add_format(form)
    value: Any = cell.text if cell.number is None else cell.number
    if cell.across > 1 or cell.down > 1:
        end = (row + cell.down - 1, column + cell.across - 1)
        sheet.merge_range(row, column, *end, value, dressed)
    elif cell.number is None:
        sheet.write_string(row, column, cell.text, dressed)
    else:
        sheet.write_number(row, column, cell.number, dressed)


def _paper(sheet: Worksheet) -> None:
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.6)
    sheet.set_footer("&C第 &P 页　共 &N 页")
    sheet.hide_gridlines(2)
