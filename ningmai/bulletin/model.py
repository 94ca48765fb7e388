"""The document that every writer gets: sections of paragraphs, tables and charts, nothing else."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

Number = int | Decimal
Align = Literal["left", "right", "center"]
Manner = Literal["body", "note", "warning"]


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: what is read there and, where it is a figure, the figure."""

    text: str
    number: Number | None = None
    """The figure; None: the cell is text."""
    pattern: str = "0"
    """The form of the figure in a spreadsheet, units and signs included."""
    across: int = 1
    """Columns that it covers."""
    down: int = 1
    """Rows that it covers, its own included."""


@dataclass(frozen=True, slots=True)
class Column:
    """How wide a column is beside the others of its table, and where its cells stand."""

    width: float
    align: Align


@dataclass(frozen=True, slots=True)
class Table:
    """Header rows, rows and totals. What a cell covers is not among the cells of the others."""

    title: str
    columns: tuple[Column, ...]
    header: tuple[tuple[Cell, ...], ...]
    rows: tuple[tuple[Cell, ...], ...]
    totals: tuple[tuple[Cell, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph. ``note``: small print beside a table; ``warning``: not to be overlooked."""

    text: str
    manner: Manner = "body"


@dataclass(frozen=True, slots=True)
class Chart:
    """Horizontal bars, one a label; several series are stacked."""

    title: str
    unit: str
    series: tuple[str, ...]
    bars: tuple[tuple[str, tuple[Number, ...]], ...]


Block = Paragraph | Table | Chart


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and what stands under it."""

    title: str
    short: str
    """A name of at most 31 characters without []:*?/\\, for a spreadsheet's tab."""
    blocks: tuple[Block, ...]
    new_page: bool = False


@dataclass(frozen=True, slots=True)
class Document:
    """The whole bulletin."""

    title: str
    under: tuple[str, ...]
    """Lines below the title: as of when, what is in the figures."""
    sections: tuple[Section, ...]


def grid(rows: Sequence[Sequence[Cell]]) -> list[list[tuple[int, Cell]]]:
    """The same rows, each cell with its column, past those that cells of rows above cover."""
    covered: set[tuple[int, int]] = set()
    placed = []
    for at, row in enumerate(rows):
        column, line = 0, []
        for cell in row:
            while (at, column) in covered:
                column += 1
            line.append((column, cell))
            covered |= {
                (at + down, column + across)
                for down in range(cell.down)
                for across in range(cell.across)
            }
            column += cell.across
        placed.append(line)
    return placed
