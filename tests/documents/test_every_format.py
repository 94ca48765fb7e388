"""Each format read back by its own reader: every cell, every sentence, figures as numbers."""

import io
from collections import Counter
from pathlib import Path

import pytest
from docx import Document as read_docx
from docx.oxml.ns import qn
from openpyxl import load_workbook
from pypdf import PdfReader

from ningmai.bulletin import Facts, compose
from ningmai.bulletin.fonts import FILES, MISSING, known, printable, webfont
from ningmai.bulletin.model import Cell, Chart, Column, Document, Section, Table
from ningmai.bulletin.sentences import templates
from ningmai.bulletin.writers import FORMATS, docx, html, md, pdf, write, xlsx
from producers.bulletin import Month
from producers.register import register
from schemas.catalogue import catalogue
from tests.documents.months import empty, good, rows, said, september
from tests.documents.reading_back import (
    Html,
    docx_cells,
    docx_text,
    md_cells,
    pdf_text,
    squeezed,
    xlsx_values,
)

MONTHS = ("september", "good", "empty")


@pytest.fixture(scope="module", params=MONTHS)
def document(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Document:
    made = {
        "september": september,
        "good": lambda: good(3, tmp_path_factory.mktemp("good"), Month(2024, 2)),
        "empty": lambda: empty(Month(2019, 1)),
    }
    return compose(made[request.param]())


def cells(document: Document) -> list[str]:
    return [cell.text for row in rows(document) for cell in row]


def test_html_has_every_cell_in_order_and_every_sentence(document: Document) -> None:
    page = Html(html.write(document))
    assert page.cells == cells(document)
    assert all(text in page.text for text in (document.title, *document.under, *said(document)))


def test_html_needs_no_other_file_and_runs_nothing(document: Document) -> None:
    page = html.write(document).decode()
    assert page.count("data:font/woff;base64,") == 2
    for mark in ("<script", "<link", "<img", "http://", "https://"):
        assert mark not in page.replace("http://www.w3.org/2000/svg", "")


def test_word_has_every_cell_in_order_and_every_sentence(document: Document) -> None:
    made = docx.write(document)
    assert docx_cells(made) == cells(document)
    text = docx_text(made)
    assert all(one in text for one in (document.title, *document.under, *said(document)))


def test_word_repeats_heads_and_breaks_no_row(document: Document) -> None:
    for table in read_docx(io.BytesIO(docx.write(document))).tables:
        marks = [row._tr.trPr for row in table.rows]
        assert all(mark.find(qn("w:cantSplit")) is not None for mark in marks)
        assert marks[0].find(qn("w:tblHeader")) is not None
        assert marks[-1].find(qn("w:tblHeader")) is None


def test_excel_has_every_figure_as_a_number_and_every_text(document: Document) -> None:
    found = Counter(map(_plain, xlsx_values(xlsx.write(document))))
    wanted = Counter(
        _plain(cell.text if cell.number is None else cell.number)
        for row in rows(document)
        for cell in row
        if cell.text
    )
    assert not wanted - found
    assert all(text in found for text in said(document))


def _plain(value: object) -> object:
    return value if isinstance(value, str) else round(float(str(value)), 2)


def test_excel_has_a_sheet_a_section(document: Document) -> None:
    names = load_workbook(io.BytesIO(xlsx.write(document))).sheetnames
    assert names[: len(document.sections)] == [one.short for one in document.sections]


def test_pdf_has_every_row_and_every_sentence(document: Document) -> None:
    text = squeezed(pdf_text(pdf.write(document)))
    for row in rows(document):
        for cell in row:
            assert squeezed(cell.text) in text
    for one in (document.title, *document.under, *said(document)):
        assert squeezed(one) in text


def test_pdf_carries_its_letters_and_says_what_it_is(document: Document) -> None:
    reader = PdfReader(io.BytesIO(pdf.write(document)))
    assert reader.metadata is not None
    assert reader.metadata.title == document.title
    for page in reader.pages:
        for font in page["/Resources"].get("/Font", {}).values():
            (inner,) = font.get_object()["/DescendantFonts"]
            assert "/FontFile3" in inner.get_object()["/FontDescriptor"].get_object()


def test_markdown_has_every_cell_in_order_and_every_sentence(document: Document) -> None:
    made = md.write(document)
    found = iter(md_cells(made))
    for row in (row for row in rows(document) if len(row) > 3 and row[0].down == 1):
        for cell in row:
            assert cell.text in found, cell
    text = made.decode()
    assert all(one.replace("_", "\\_") in text for one in said(document))


def test_text_that_looks_like_marks_stands_as_it_is() -> None:
    trap = '<b>&"|*_`#[x](y) = 1 + {{ 2 }} \\ #pagebreak() =SUM(A1)'
    table = Table("", (Column(1, "left"),), ((Cell("头"),),), ((Cell(trap),),))
    chart = Chart("图", "次", ("数",), ((trap, (3,)),))
    traps = Document("题", (), (Section("节", "节", (table, chart)),))
    assert trap in Html(html.write(traps)).cells
    assert trap in docx_cells(docx.write(traps))
    assert trap in xlsx_values(xlsx.write(traps))
    assert squeezed(trap) in squeezed(pdf_text(pdf.write(traps)))
    assert trap.replace("\\", "") in md_cells(md.write(traps))


def test_fonts_have_every_letter_that_ningmai_itself_says() -> None:
    letters = "".join(
        [
            str(templates()),
            *(label for one in catalogue().lists.values() for label in one.values()),
            *(name for one in register().institutions for name in (one.name, *one.aliases)),
        ]
    )
    assert {one for one in letters if ord(one) not in known()} == set()


def test_a_letter_that_no_font_has_is_marked_and_never_a_box() -> None:
    assert printable("南京市㐀医院") == f"南京市{MISSING}医院"
    assert all(webfont("南京", weight) for weight in FILES)


def test_a_file_is_written_whole_by_its_ending(tmp_path: Path) -> None:
    document = compose(empty(Month(2019, 1)))
    for ending in FORMATS:
        write(document, tmp_path / f"a{ending.upper()}")
    assert sorted(one.suffix.lower() for one in tmp_path.iterdir()) == sorted(FORMATS)
    with pytest.raises(KeyError):
        write(document, tmp_path / "a.txt")


def test_facts_of_nothing_have_an_unknown_time() -> None:
    month = Month(2019, 1)
    assert compose(Facts(empty(month).bulletin)).under[0] == "数据截至：未知"
