"""A bulletin's tables as the rules look at them: figures by row and column."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from ningmai.proof.finding import Place
from producers.bulletin import Bulletin, Month, Row, Table
from producers.bulletin.layout import LAYOUTS, Layout
from producers.bulletin.names import BY_ROW, of_row
from producers.register import Institution, Register
from schemas.catalogue import catalogue

FORMS: Mapping[str, Layout] = {form.code: form for form in LAYOUTS}
_FIGURE = re.compile(r"-?\d{1,18}(\.\d{1,8})?", re.ASCII)


def value(text: str | None) -> Decimal | None:
    """The figure that a cell holds; None: it is not known, or is none."""
    if text is None or not _FIGURE.fullmatch(text):
        return None
    return Decimal(text)


@dataclass(frozen=True)
class Sheet:
    """One table."""

    table: Table
    form: Layout
    known: Register

    @property
    def code(self) -> str:
        """The table's code."""
        return self.table.code

    @property
    def rows(self) -> tuple[Row, ...]:
        """Its rows, without totals."""
        return self.table.rows

    @property
    def totals(self) -> tuple[Row, ...]:
        """Its totals."""
        return self.table.totals

    @cached_property
    def figures(self) -> tuple[str, ...]:
        """Columns of plain figures, in printed order, those that the layout doesn't know too."""
        form = self.form
        aside = {form.label, form.order, form.group, "单位", *_told(form)}
        return tuple(column for column in self.table.header if column not in aside)

    def has(self, *columns: str) -> bool:
        """Whether all these columns are printed."""
        return set(columns) <= set(self.table.header)

    def number(self, row: Row, column: str) -> Decimal | None:
        """Figure of a cell; None where it is not known."""
        return value(row.cells.get(column))

    def place(self, row: Row, column: str) -> Place:
        """Where a cell stands."""
        return Place(self.code, row.label, column)

    def institution(self, row: Row) -> Institution:
        """Who a row is, in a table whose rows are institutions."""
        return of_row(self.known, self.code, row)


def _told(form: Layout) -> set[str]:
    """Columns that hold text with figures in it: declared/required, and all of table 07."""
    told = {column for column in form.figures if column.startswith("申明")}
    return told | ({"数值"} if form.code == "07" else set())


@dataclass(frozen=True)
class Sheets:
    """A month's tables, by code; a table that isn't there is absent."""

    month: Month
    by_code: Mapping[str, Sheet]
    known: Register

    def get(self, code: str) -> Sheet | None:
        """A table, or None."""
        return self.by_code.get(code)

    def of_institutions(self) -> Iterator[Sheet]:
        """The tables whose rows are institutions, in the order of their codes."""
        for code in sorted(BY_ROW):
            if code in self.by_code:
                yield self.by_code[code]

    def cell(self, code: str, label: str, column: str) -> str | None:
        """Text of one cell of a row or a total; None where it isn't printed."""
        sheet = self.by_code.get(code)
        for row in (*sheet.rows, *sheet.totals) if sheet else ():
            if row.label == label and column in row.cells:
                return row.cells[column]
        return None

    @cached_property
    def platforms(self) -> Mapping[str, Mapping[str, tuple[Place, str]]]:
        """Table 07: by platform's code and indicator's code, the place and the text."""
        found: dict[str, dict[str, tuple[Place, str]]] = {}
        sheet = self.by_code.get("07")
        for row in sheet.rows if sheet else ():
            platform = catalogue().known("platforms", row.label)
            for label, text in row.cells.items():
                what = platform and catalogue().known(f"indicators.{platform}", label)
                if platform and what:
                    place = Place("07", row.label, label)
                    found.setdefault(platform, {})[what] = (place, text)
        return found


def sheets(bulletin: Bulletin, known: Register) -> Sheets:
    """The tables of a bulletin, as read or as live."""
    tables = {
        code: Sheet(table, FORMS[code], known) for code, table in sorted(bulletin.tables.items())
    }
    return Sheets(bulletin.month, tables, known)
