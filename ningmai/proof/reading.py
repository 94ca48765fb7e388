"""Reads a printed bulletin's folder as it is, mistakes included: proving says what they are.

The reader of ``producers.bulletin`` refuses what can't be replayed. Here a wrong cell, a missing
column or a name twice is what is looked for, so only what makes a folder no bulletin is refused.
"""

import csv
import io
from datetime import datetime
from pathlib import Path

from producers.bulletin import Bulletin, Malformed, Month, Row, Table
from producers.bulletin.layout import Layout
from producers.bulletin.month import SHANGHAI
from producers.bulletin.titles import locate, month_of, tables_in
from producers.register import normal


def read_printed(source: Path | str, *, now: datetime | None = None) -> Bulletin:
    """Tables of a folder, or of a month that comes with Ningmai, cells as printed.

    Row numbers stand among the cells of a row. No checksum is taken. Raises Malformed if there is
    no bulletin: no such folder, a file that is none of its tables or no CSV, no month.
    """
    folder = locate(source)
    files = tables_in(folder)
    current = Month.at(now or datetime.now(SHANGHAI))
    month = month_of(folder, (path for _, path in files), current)
    tables = {form.code: _table(form, folder, path) for form, path in files}
    return Bulletin(month, "", tables)


def _table(form: Layout, folder: Path, path: Path) -> Table:
    name = str(path.relative_to(folder))
    lines = _lines(name, path)
    header = _header(form, lines[0][1] if lines else [])
    rows: list[Row] = []
    totals: list[Row] = []
    # Without its column of labels nobody can tell whose a row is: there are none, then.
    for line, cells in lines[1:] if form.label in header else ():
        fitted = dict(zip(header, _fitted(cells, len(header)), strict=True))
        row = _row(form, fitted, line, len(rows) + 1)
        (totals if row.place == 0 else rows).append(row)
    return Table(form.code, path.stem, name, header, tuple(rows), tuple(totals))


def _fitted(cells: list[str], columns: int) -> list[str]:
    """As many cells as there are columns; what is too much stands in the last one, to be found."""
    if len(cells) > columns:
        return [*cells[: columns - 1], ",".join(cells[columns - 1 :])]
    return [*cells, *[""] * (columns - len(cells))]


def _header(form: Layout, printed: list[str]) -> tuple[str, ...]:
    """Printed columns, those that the layout knows by its spelling."""
    known = {normal(column): column for column in form.header}
    return tuple(known.get(normal(column), column) for column in printed)


def _lines(name: str, path: Path) -> list[tuple[int, list[str]]]:
    """Lines that aren't blank, with their numbers; cells without spaces around them."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
        reader = csv.reader(io.StringIO(text, newline=""))
        return [
            (reader.line_num, [cell.strip() for cell in cells]) for cells in reader if any(cells)
        ]
    except UnicodeDecodeError as error:
        raise Malformed(name, 0, "not UTF-8") from error
    except csv.Error as error:
        raise Malformed(name, 0, f"not CSV: {error}") from error


def _row(form: Layout, cells: dict[str, str], line: int, place: int) -> Row:
    """A row, or a total, which has place 0."""
    label = cells.get(form.label, "")
    is_total = form.total is not None and normal(label) == normal(form.total)
    group = cells.get(form.group, "") if form.group is not None else ""
    if form.code == "07":
        figures = {cells.get("指标", ""): cells.get("数值", "")}
    else:
        aside = {form.label, form.group, "单位" if form.code in ("01a", "08") else None}
        aside |= {form.order} if is_total else set()
        figures = {column: text for column, text in cells.items() if column not in aside}
    return Row(label, group, figures, line, 0 if is_total else place)
