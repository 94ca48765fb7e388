"""What stands in a written file, by the format's own reader."""

import io
from html.parser import HTMLParser

import openpyxl
from docx import Document as read_docx
from pypdf import PdfReader


def squeezed(text: str) -> str:
    return "".join(text.split())


class Html(HTMLParser):
    """Cells in order, and all text outside styles."""

    def __init__(self, made: bytes) -> None:
        super().__init__()
        self.cells: list[str] = []
        self.text = ""
        self.inside = ""
        self.feed(made.decode())

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.inside = tag
        if tag in ("td", "th"):
            self.cells.append("")

    def handle_endtag(self, tag: str) -> None:
        self.inside = ""

    def handle_data(self, data: str) -> None:
        if self.inside in ("td", "th"):
            self.cells[-1] += data
        if self.inside != "style":
            self.text += data


def docx_cells(made: bytes) -> list[str]:
    """Each cell once, whatever it covers, in order."""
    found, seen = [], set()
    for table in read_docx(io.BytesIO(made)).tables:
        for row in table.rows:
            for cell in row.cells:
                if cell._tc not in seen:
                    seen.add(cell._tc)
                    found.append(cell.text)
    return found


def docx_text(made: bytes) -> str:
    return "\n".join(one.text for one in read_docx(io.BytesIO(made)).paragraphs)


def xlsx_values(made: bytes) -> list[object]:
    book = openpyxl.load_workbook(io.BytesIO(made))
    return [
        cell.value
        for sheet in book.worksheets
        for row in sheet.iter_rows()
        for cell in row
        if cell.value is not None
    ]


def pdf_text(made: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(made)).pages)


def md_cells(made: bytes) -> list[str]:
    """Cells of all tables, in order; lines under heads left out."""
    found = []
    for line in made.decode().splitlines():
        if line.startswith("| ") and not line.startswith(("| :-", "| --")):
            plain = line.replace("\\|", "\0")
            cells = plain.strip("|").split("|")
            found += [cell.strip().replace("\0", "|").replace("\\", "") for cell in cells]
    return found
