"""Two bulletins of one month, cell by cell: what was published and what the figures are now. Pure.

Rows are paired by the institution that they are, so that a renamed one is not gone and come again.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ningmai.bulletin.figures import CALLS, calls, number, total
from ningmai.bulletin.model import Number
from ningmai.closing.frozen import Codes
from producers.bulletin import Bulletin, Row
from producers.bulletin.layout import LAYOUTS, Layout

SUMMED = ("01a", "01b", "02", "03", "06")
"""Tables that print a total."""
PLATFORMS = "07"
Key = tuple[str, int]
"""A row: what identifies it, and which of the rows that are so identified."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One cell that is not as published. None: the cell is not there."""

    table: str
    ident: str
    """Code of the institution that the row is, else its label."""
    row: str
    """The row's name, as published where it was."""
    column: str
    published: str | None
    current: str | None
    total: bool = False
    """True: a total, which differs because its rows do."""
    order: bool = False
    """True: only the row's number in the table's order."""

    @property
    def difference(self) -> str:
        """Current less published, signed; empty where one of them is no figure."""
        was, now = number(self.published), number(self.current)
        return "" if was is None or now is None else f"{now - was:+}"


@dataclass(slots=True)
class _Line:
    label: str
    cells: dict[str, str]


def differences(
    was: Bulletin, now: Bulletin, codes_then: Codes, codes_now: Codes
) -> list[Difference]:
    """Every cell that differs: tables in their order, rows as published, the new ones after them.

    A row of another name is told as a difference of the column that names rows; a table's totals
    come after its rows.
    """
    found: list[Difference] = []
    for form in LAYOUTS:
        lines_then = _lines(form, was.rows(form.code), codes_then)
        lines_now = _lines(form, now.rows(form.code), codes_now)
        for key in dict.fromkeys((*lines_then, *lines_now)):
            found += _row(form, key[0], lines_then.get(key), lines_now.get(key))
        found += _totals(form, was, now)
    return found


def _lines(form: Layout, rows: tuple[Row, ...], codes: Codes) -> Mapping[Key, _Line]:
    lines: dict[Key, _Line] = {}
    seen: Counter[str] = Counter()
    for row in rows:
        ident = codes.get((form.code, row.label)) or row.label
        if form.code != PLATFORMS:  # there a platform has a row for each of its figures
            seen[ident] += 1
        line = lines.setdefault((ident, seen[ident]), _Line(row.label, {}))
        line.cells.update(row.cells)
    return lines


def _row(form: Layout, ident: str, then: _Line | None, now: _Line | None) -> Iterator[Difference]:
    cells_then, cells_now = (line.cells if line else {} for line in (then, now))
    label = (then or now or _Line("", {})).label
    if then and now and then.label != now.label:
        yield Difference(form.code, ident, label, form.label, then.label, now.label)
    for column in dict.fromkeys((*cells_then, *cells_now)):
        before, after = cells_then.get(column), cells_now.get(column)
        if before != after:
            yield Difference(
                form.code, ident, label, column, before, after, order=column == form.order
            )


def _totals(form: Layout, was: Bulletin, now: Bulletin) -> Iterator[Difference]:
    sums_then, sums_now = _sums(form, was), _sums(form, now)
    for column in dict.fromkeys((*sums_then, *sums_now)):
        before, after = _text(sums_then.get(column)), _text(sums_now.get(column))
        if before != after:
            yield Difference(form.code, "", form.total or "", column, before, after, total=True)


def _text(figure: Number | None) -> str | None:
    return None if figure is None else str(figure)


def _sums(form: Layout, bulletin: Bulletin) -> dict[str, Number]:
    if form.code not in SUMMED:
        return {}
    if form.code == "01a":
        summed = {CALLS: total(calls(bulletin)[0], CALLS)}
    else:
        rows = bulletin.rows(form.code)
        columns = [column for column in form.figures if column != form.order]
        summed = {column: total(rows, column) for column in columns}
    return {column: found for column, found in summed.items() if found is not None}
