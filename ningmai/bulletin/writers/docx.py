"""Word: real tables with repeated headers, charts as pictures drawn with our own letters."""

import io
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import pairwise

from docx import Document as new_document
from docx.document import Document as Word
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Emu, Mm, Pt, RGBColor
from docx.table import Table as WordTable
from docx.table import _Cell as WordCell
from docx.text.paragraph import Paragraph as WordParagraph

from ningmai.bulletin.model import Cell, Chart, Document, Paragraph, Table, grid
from ningmai.bulletin.svg import svg
from ningmai.bulletin.typeset import pages

ROOM = Mm(178)
"""Width of a line: A4 without its margins."""
LATIN, HAN, HEADS = "Times New Roman", "宋体", "黑体"
"""What official documents are set in; Word and WPS have them, others know what to put instead."""
ALIGNED = {
    "left": WD_ALIGN_PARAGRAPH.LEFT,
    "right": WD_ALIGN_PARAGRAPH.RIGHT,
    "center": WD_ALIGN_PARAGRAPH.CENTER,
}
PICTURE = """#set page(width: 180mm, height: auto, margin: 0pt, fill: white)
#image(bytes(sys.inputs.svg), format: "svg", width: 100%)"""
RED = RGBColor(0xB4, 0x23, 0x2A)


def write(document: Document) -> bytes:
    """The document as a Word file."""
    word = new_document()
    _dressed(word, document.title)
    _paragraph(word, document.title, 20, ALIGNED["center"], style="Title")
    for line in document.under:
        _paragraph(word, line, 9, ALIGNED["center"])
    for section in document.sections:
        heading = _paragraph(word, section.title, 14, ALIGNED["center"], style="Heading 1")
        heading.paragraph_format.page_break_before = section.new_page
        for block, after in pairwise((*section.blocks, None)):
            if isinstance(block, Paragraph):
                _said(word, block, with_next=isinstance(after, Table))
            elif isinstance(block, Table):
                _table(word, block)
            elif isinstance(block, Chart):
                _chart(word, block)
    packed = io.BytesIO()
    word.save(packed)
    return packed.getvalue()


def _dressed(word: Word, title: str) -> None:
    """Paper, fonts, page numbers, and what the file says of itself."""
    page = word.sections[0]
    page.orientation = WD_ORIENT.PORTRAIT
    page.page_width, page.page_height = Mm(210), Mm(297)
    page.left_margin = page.right_margin = Mm(16)
    page.top_margin = page.bottom_margin = Mm(18)
    for name, han in (("Normal", HAN), ("Title", HEADS), ("Heading 1", HEADS)):
        style = word.styles[name]
        style.font.name = LATIN
        style.font.color.rgb = RGBColor(0x1B, 0x1B, 0x1B)
        style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), han)
        for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            style.element.rPr.rFonts.attrib.pop(qn(f"w:{theme}"), None)
    word.core_properties.title = title
    word.core_properties.author = ""
    word.core_properties.comments = ""
    word.core_properties.created = datetime.now(UTC)
    footer = page.footer.paragraphs[0]
    footer.alignment = ALIGNED["center"]
    for text, field in (("第 ", "PAGE"), (" 页　共 ", "NUMPAGES"), (" 页", "")):
        footer.add_run(text).font.size = Pt(8.5)
        if field:
            _field(footer, field)


def _field(paragraph: WordParagraph, name: str) -> None:
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), name)
    field.append(OxmlElement("w:r"))
    paragraph._p.append(field)


def _paragraph(
    word: Word, text: str, size: float, aligned: WD_ALIGN_PARAGRAPH, style: str = "Normal"
) -> WordParagraph:
    paragraph = word.add_paragraph(style=style)
    paragraph.alignment = aligned
    paragraph.paragraph_format.space_after = Pt(4)
    paragraph.add_run(text).font.size = Pt(size)
    return paragraph


def _said(word: Word, block: Paragraph, *, with_next: bool) -> None:
    if block.manner == "note":
        note = _paragraph(word, block.text, 9, ALIGNED["center"])
        note.paragraph_format.keep_with_next = with_next
        return
    paragraph = _paragraph(word, block.text, 11, WD_ALIGN_PARAGRAPH.JUSTIFY)
    paragraph.paragraph_format.line_spacing = 1.4
    if block.manner == "body":
        paragraph.paragraph_format.first_line_indent = Pt(22)
    else:
        paragraph.runs[0].font.bold = True
        paragraph.runs[0].font.color.rgb = RED


def _chart(word: Word, chart: Chart) -> None:
    (drawn,) = pages(PICTURE.encode(), svg=svg(chart))
    paragraph = word.add_paragraph()
    paragraph.paragraph_format.space_before = Pt(8)
    picture = paragraph.add_run().add_picture(io.BytesIO(drawn), width=ROOM)
    picture._inline.docPr.set("descr", f"{chart.title}（{chart.unit}）")


def _table(word: Word, table: Table) -> None:
    if table.title:
        title = _paragraph(word, table.title, 10.5, ALIGNED["center"])
        title.runs[0].font.bold = True
        title.paragraph_format.keep_with_next = True
    lines = (*table.header, *table.rows, *table.totals)
    made = word.add_table(len(lines), len(table.columns), style="Table Grid")
    made.alignment = WD_TABLE_ALIGNMENT.CENTER
    made.autofit = False
    _widths(made, table)
    first_total = len(table.header) + len(table.rows)
    size = 8.0 if len(table.columns) > 8 else 8.5
    cells = [list(row.cells) for row in made.rows]
    for at, line in enumerate(grid(lines)):
        is_head = at < len(table.header)
        for column, cell in line:
            room = cells[at][column]
            if cell.across > 1 or cell.down > 1:
                room = room.merge(cells[at + cell.down - 1][column + cell.across - 1])
            spans = is_head or cell.across > 1 or cell.down > 1
            aligned = ALIGNED["center" if spans else table.columns[column].align]
            _fill(room, cell, aligned, size, bold=is_head or at >= first_total)
            if is_head:
                _shade(room, "E4ECF4")
        _kept(made, at, is_head)
    word.add_paragraph().paragraph_format.space_after = Pt(0)


def _widths(made: WordTable, table: Table) -> None:
    parts: Sequence[float] = [column.width for column in table.columns]
    for column, part in zip(made.columns, parts, strict=True):
        column.width = Emu(int(ROOM * part / sum(parts)))
    for row in made.rows:
        for room, column in zip(row.cells, made.columns, strict=True):
            room.width = column.width


def _fill(
    room: WordCell, cell: Cell, aligned: WD_ALIGN_PARAGRAPH, size: float, *, bold: bool
) -> None:
    for more in room.paragraphs[1:]:
        more._p.getparent().remove(more._p)
    paragraph = room.paragraphs[0]
    paragraph.alignment = aligned
    paragraph.paragraph_format.space_after = Pt(0)
    run = paragraph.add_run(cell.text)
    run.font.size = Pt(size)
    run.font.bold = bold


def _shade(room: WordCell, colour: str) -> None:
    shade = OxmlElement("w:shd")
    for name, value in (("val", "clear"), ("color", "auto"), ("fill", colour)):
        shade.set(qn(f"w:{name}"), value)
    room._tc.get_or_add_tcPr().append(shade)


def _kept(made: WordTable, at: int, is_head: bool) -> None:
    """No page break inside a row; heads again on each page."""
    properties = made.rows[at]._tr.get_or_add_trPr()
    properties.append(OxmlElement("w:cantSplit"))
    if is_head:
        properties.append(OxmlElement("w:tblHeader"))
