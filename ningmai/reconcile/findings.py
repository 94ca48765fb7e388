"""What is wrong with a printed bulletin in itself: totals, subtotals, coverage."""

from collections.abc import Iterator, Sequence

from ningmai.reconcile.report import Line
from producers.bulletin import SUBTOTAL, Bulletin, Row, Table, values
from producers.bulletin.names import indicator
from producers.register import register
from schemas.catalogue import catalogue

COVERED = "telemedicine.districts_covered"
UNCONNECTED = "unconnected"


def findings(bulletin: Bulletin) -> list[Line]:
    """Every finding, in the order of the tables."""
    found = []
    for table in bulletin.tables.values():
        found += [*_subtotals(table), *_totals(table)]
        if table.code == "07":
            found += _coverage(bulletin, table)
    return found


def _subtotals(table: Table) -> Iterator[Line]:
    for row in table.rows:
        if SUBTOTAL in row.cells:
            parts = [
                values.number(text) for column, text in row.cells.items() if column != SUBTOTAL
            ]
            yield from _compared(table, row, SUBTOTAL, str(sum(parts)), "sum of the row's channels")


def _totals(table: Table) -> Iterator[Line]:
    rows = [row for row in table.rows if not _is_order(table, row)]
    for total in table.totals:
        for column in total.cells:
            texts = [row.cells[column] for row in rows]
            computed = _sum(texts)
            if computed is not None:
                reason = f"sum of the {len(rows)} printed rows"
                yield from _compared(table, total, column, computed, reason)


def _is_order(table: Table, row: Row) -> bool:
    """Work orders of 12345 stand below the calls and are in no total."""
    return table.code == "01a" and catalogue().known("lines", row.label) is not None


def _sum(texts: Sequence[str]) -> str | None:
    """The sum of a column, in its form; None where it holds no plain numbers."""
    try:
        return str(sum(map(values.number, texts)))
    except ValueError:
        pass
    try:
        fen = sum(map(values.amount, texts))
    except ValueError:
        return None
    return f"{fen // 100}.{fen % 100:02d}"


def _compared(table: Table, row: Row, column: str, computed: str, reason: str) -> Iterator[Line]:
    printed = row.cells[column]
    if printed != computed:
        yield Line(table.code, row.label, column, printed, computed, reason)


def _coverage(bulletin: Bulletin, table: Table) -> Iterator[Line]:
    """Covered and unconnected districts of each platform are all districts there are."""
    rows: dict[str, dict[str, tuple[Row, str]]] = {}
    for row in table.rows:
        platform, what, printed = indicator(row)
        rows.setdefault(platform, {})[what] = (row, printed)
    districts = len(bulletin.rows("04")) or len(register().districts)
    for printed_by in rows.values():
        if COVERED in printed_by and UNCONNECTED in printed_by:
            row, text = printed_by[COVERED]
            named = len(values.districts(printed_by[UNCONNECTED][1]))
            reason = f"{text} covered and {named} unconnected of {districts} districts"
            column = next(iter(row.cells))
            yield from _compared(table, row, column, str(districts - named), reason)
