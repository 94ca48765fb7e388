"""Facts for tests: months as they are printed, good ones of any size, and what a document holds."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from ningmai.bulletin import Facts
from ningmai.bulletin.model import Cell, Document, Paragraph, Table
from ningmai.proof import findings
from producers.bulletin import Bulletin, Month, read
from producers.bulletin.month import SHANGHAI
from tests.proof.good_months import good_month

AS_OF = datetime(2024, 2, 29, 8, 0, 1, tzinfo=SHANGHAI)


def september() -> Facts:
    printed = read("2020-09")
    return Facts(printed, None, None, findings(printed), AS_OF)


def good(seed: int, folder: Path, of: Month | None = None) -> Facts:
    bulletin = read(good_month(seed, of).write(folder))
    return Facts(bulletin, None, None, (), AS_OF)


def empty(month: Month) -> Facts:
    return Facts(Bulletin(month, "", {}), as_of=AS_OF)


def tables(document: Document) -> list[Table]:
    return [
        block
        for section in document.sections
        for block in section.blocks
        if isinstance(block, Table)
    ]


def rows(document: Document) -> Iterator[tuple[Cell, ...]]:
    for table in tables(document):
        yield from (*table.header, *table.rows, *table.totals)


def said(document: Document) -> list[str]:
    """Titles of sections and paragraphs, in order."""
    return [
        text
        for section in document.sections
        for text in (
            section.title,
            *(one.text for one in section.blocks if isinstance(one, Paragraph)),
        )
    ]
