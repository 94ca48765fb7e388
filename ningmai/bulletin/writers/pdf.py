"""PDF, set by Typst: a wheel with nothing to install beside it, and its fonts are in the file.

WeasyPrint wants Pango of the system; reportlab's own Chinese fonts are names that the reader's
machine has to have. Typst breaks Chinese lines by the rules, repeats headers on following pages,
draws SVG as vectors and tags the file for those who have it read to them.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ningmai.bulletin.model import Block, Cell, Chart, Document, Paragraph, grid
from ningmai.bulletin.svg import svg
from ningmai.bulletin.typeset import pdf

TEMPLATE = Path(__file__).with_name("bulletin.typ")


def write(document: Document) -> bytes:
    """The document as PDF/UA-1."""
    data = json.dumps(_plain(document), ensure_ascii=False)
    return pdf(TEMPLATE.read_bytes(), document=data)


def _plain(document: Document) -> dict[str, Any]:
    return {
        "title": document.title,
        "under": document.under,
        "sections": [
            {
                "title": section.title,
                "new_page": section.new_page,
                "blocks": [_block(one) for one in section.blocks],
            }
            for section in document.sections
        ],
    }


def _block(block: Block) -> dict[str, Any]:
    if isinstance(block, Paragraph):
        return {"kind": "paragraph", **asdict(block)}
    if isinstance(block, Chart):
        return {"kind": "chart", "svg": svg(block), "title": block.title}
    return {
        "kind": "table",
        "title": block.title,
        "columns": [asdict(column) for column in block.columns],
        "header": _cells(block.header),
        "rows": _cells(block.rows),
        "totals": _cells(block.totals),
    }


def _cells(rows: Sequence[Sequence[Cell]]) -> list[list[dict[str, Any]]]:
    return [
        [
            {"text": one.text, "across": one.across, "down": one.down, "column": at}
            for at, one in line
        ]
        for line in grid(rows)
    ]
