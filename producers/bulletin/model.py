"""A bulletin as read: tables, rows and cells, still as printed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from producers.bulletin.month import Month

SUBTOTAL = "小计"


@dataclass(frozen=True, slots=True)
class Row:
    """One printed row: its label, its group where the table has groups, its cells by column."""

    label: str
    group: str
    cells: Mapping[str, str]
    line: int
    """Line of the file, the header being 1."""
    place: int
    """Place among the table's rows, from 1; totals have 0."""


@dataclass(frozen=True, slots=True)
class Table:
    """One table; ``totals`` are the rows that print a sum of the others."""

    code: str
    title: str
    file: str
    header: tuple[str, ...]
    rows: tuple[Row, ...]
    totals: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Cell:
    """One printed figure of a row. In table 07 the column is the indicator."""

    table: str
    row: str
    column: str
    printed: str


@dataclass(frozen=True, slots=True)
class Bulletin:
    """A month's tables by their code, 01a to 08; a table that isn't printed is absent."""

    month: Month
    checksum: str
    """SHA-256 over the parsed content alone, in hex."""
    tables: Mapping[str, Table]

    def rows(self, code: str) -> tuple[Row, ...]:
        """Rows of a table, none where it is absent."""
        table = self.tables.get(code)
        return table.rows if table else ()

    def cells(self) -> Iterator[Cell]:
        """Every figure that must be reached: rows without totals, subtotals apart."""
        for code, table in self.tables.items():
            for row in table.rows:
                for column, printed in row.cells.items():
                    if column != SUBTOTAL:
                        yield Cell(code, row.label, column, printed)
