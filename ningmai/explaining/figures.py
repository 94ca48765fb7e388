"""Every figure of a month's tables, and the names that a reader may call it by."""

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from decimal import Decimal

from ningmai.proof.sheets import FORMS, value
from producers.bulletin import Bulletin, Row
from producers.bulletin.layout import Layout, cumulative
from schemas.catalogue import catalogue

TOTAL = "合计"
DISTINCT = ("天数", "已上传表", "申明")
"""Columns whose figures are no sum of events: nothing is the total of them."""
Codes = Mapping[tuple[str, str], str]
"""Institutions' codes by table and printed label."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One cell of one month. ``rows`` are the codes of the rows that it sums: one, or a total's."""

    table: str
    row: str
    column: str
    text: str
    rows: tuple[str, ...]
    code: str
    """Code of the column: a channel, an indicator, …; empty where it has none."""
    total: bool = False
    moved: bool = False
    """Whether an institution in it stands for another, or another for it, in that month."""

    @property
    def name(self) -> str:
        """What it is called where its table is known."""
        return self.row if _single(FORMS[self.table]) else f"{self.row} / {self.column}"

    @property
    def address(self) -> str:
        """What it is called anywhere: table, row and column."""
        return f"{self.table} / {self.row} / {self.column}"


def figures(
    bulletin: Bulletin, codes: Codes, moved: AbstractSet[str] = frozenset()
) -> list[Figure]:
    """The cells of a month's live tables in the order of print, each table's totals last.

    ``moved``: codes of the institutions that mergers concern until the end of that month.
    """
    found = [
        figure
        for code, form in FORMS.items()
        if code in bulletin.tables
        for figure in (*_cells(bulletin, form, codes), *_totals(bulletin, form, codes))
    ]
    return [replace(each, moved=_concerns(moved, each)) for each in found] if moved else found


def _concerns(moved: AbstractSet[str], figure: Figure) -> bool:
    """Whether the figure is of one of them; those of platforms rank or name any of them."""
    return figure.table == "07" or not moved.isdisjoint(figure.rows)


def _cells(bulletin: Bulletin, form: Layout, codes: Codes) -> Iterator[Figure]:
    for row in bulletin.rows(form.code):
        for column, text in row.cells.items():
            if column != form.order:
                of_row = _row_code(bulletin, form, row, codes)
                code = _column_code(form, of_row, column)
                yield Figure(form.code, row.label, column, text, (of_row,), code)


def _totals(bulletin: Bulletin, form: Layout, codes: Codes) -> Iterator[Figure]:
    """One for each column of plain figures, of the rows that are in its sum."""
    if form.total is None:
        return
    orders = catalogue().lists["lines"].values() if form.code == "01a" else ()
    rows = [row for row in bulletin.rows(form.code) if row.label not in orders]
    for column in form.figures:
        found = [(row, value(row.cells[column])) for row in rows if column in row.cells]
        if column.startswith(DISTINCT) or "天数" in column or not found:
            continue
        total = sum((each for _, each in found if each is not None), start=Decimal(0))
        of_rows = tuple(_row_code(bulletin, form, row, codes) for row, _ in found)
        code = _column_code(form, "", column)
        yield Figure(form.code, form.total, column, str(total), of_rows, code, total=True)


def _row_code(bulletin: Bulletin, form: Layout, row: Row, codes: Codes) -> str:
    known = catalogue()
    if form.code == "01a":
        line = known.known("lines", row.label)
        return line or known.code("categories", row.label)
    lists = {"01b": "cities", "03": "routes", "07": "platforms"}
    if form.code in lists:
        return known.code(lists[form.code], row.label)
    if form.code == "08":
        return cumulative(row.label, bulletin.month.number)
    return codes.get((form.code, row.label)) or codes.get(("", row.label)) or row.label


def _column_code(form: Layout, of_row: str, column: str) -> str:
    known = catalogue()
    if form.code == "02":
        return known.known("channels", column) or ""
    if form.code == "06":
        services = known.lists["services"].items()
        return next((code for code, label in services if column.startswith(label)), "")
    if form.code == "07":
        return known.code(f"indicators.{of_row}", column)
    return ""


def _single(form: Layout) -> bool:
    """Whether a row is one figure."""
    return form.code in ("01a", "01b", "03", "08")
