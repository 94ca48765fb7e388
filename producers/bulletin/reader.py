"""Reads a folder of tables strictly: what isn't exactly a bulletin is refused, with its place."""

import csv
import hashlib
import io
import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from producers.bulletin import layout as forms
from producers.bulletin import names, values
from producers.bulletin.errors import Malformed
from producers.bulletin.layout import Layout
from producers.bulletin.model import Bulletin, Row, Table
from producers.bulletin.month import SHANGHAI, Month
from producers.bulletin.titles import locate, month_of, tables_in
from producers.register import Register, normal, register
from schemas.catalogue import catalogue


def read(
    source: Path | str, *, known: Register | None = None, now: datetime | None = None
) -> Bulletin:
    """Read a folder, or a month that comes with Ningmai (``2020-09``).

    Raises Malformed with file, line and reason at the first thing that is not as printed.
    """
    folder = locate(source)
    files = tables_in(folder)
    current = Month.at(now or datetime.now(SHANGHAI))
    month = month_of(folder, (path for _, path in files), current)
    tables = {form.code: _table(form, folder, path, month) for form, path in files}
    for table in tables.values():
        _refuse_repeats(table, known or register())
    return Bulletin(month, _checksum(month, tables), tables)


def _checksum(month: Month, tables: Mapping[str, Table]) -> str:
    """Of what was read, so of neither paths, line ends, marks nor the order of files."""
    content = {
        code: [[row.group, row.label, dict(row.cells)] for row in (*table.rows, *table.totals)]
        for code, table in tables.items()
    }
    text = json.dumps([str(month), content], ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _table(form: Layout, folder: Path, path: Path, month: Month) -> Table:
    name = str(path.relative_to(folder))
    lines = _lines(name, path)
    if not lines:
        raise Malformed(name, 1, "the file is empty: its header is missing")
    first, header = lines[0]
    if tuple(header) != form.header:
        wanted = ",".join(form.header)
        raise Malformed(name, first, f"header is {','.join(header)}, must be {wanted}")
    rows: list[Row] = []
    totals: list[Row] = []
    for line, cells in lines[1:]:
        try:
            is_total, row = _row(form, month, line, cells, len(rows) + 1)
        except ValueError as error:
            raise Malformed(name, line, str(error)) from error
        (totals if is_total else rows).append(row)
    return Table(form.code, path.stem, name, form.header, tuple(rows), tuple(totals))


def _lines(name: str, path: Path) -> list[tuple[int, list[str]]]:
    """Lines that aren't blank, with their numbers; cells without spaces around them."""
    raw = path.read_bytes()
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise Malformed(name, line, "not UTF-8") from error
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    lines = []
    try:
        for cells in reader:
            if cells not in ([], [""]):
                lines.append((reader.line_num, [cell.strip() for cell in cells]))
    except csv.Error as error:
        raise Malformed(name, max(reader.line_num, 1), f"not CSV: {error}") from error
    return lines


def _row(form: Layout, month: Month, line: int, cells: list[str], place: int) -> tuple[bool, Row]:
    """Check one line; say whether it is a total. ValueError says what is wrong with it."""
    if len(cells) != len(form.header):
        raise ValueError(f"{len(cells)} cells, the header has {len(form.header)}")
    line_of = dict(zip(form.header, cells, strict=True))
    label = line_of[form.label]
    if not label:
        raise ValueError(f"column {form.label!r} is empty")
    is_total = form.total is not None and normal(label) == normal(form.total)
    _check_order(form, line_of, is_total)
    figures = _figures(form, month, line_of, is_total)
    group = line_of[form.group] if form.group is not None else ""
    return is_total, Row(label, group, figures, line, 0 if is_total else place)


def _check_order(form: Layout, line_of: Mapping[str, str], is_total: bool) -> None:
    """Rows are numbered and grouped, totals are neither."""
    for column in (form.order, form.group):
        if column is None:
            continue
        if is_total and line_of[column]:
            raise ValueError(f"column {column!r} must be empty in the total")
        if not is_total and not line_of[column]:
            raise ValueError(f"column {column!r} is empty")
    if form.order and not is_total:
        _parsed(form.order, values.number, line_of[form.order])


def _figures(
    form: Layout, month: Month, line_of: Mapping[str, str], is_total: bool
) -> dict[str, str]:
    """Figures of a line as printed, each of which its parser takes."""
    if form.code == "07":
        label, printed = line_of["指标"], line_of["数值"]
        _parsed(label, forms.telemedicine(line_of["平台"], label), printed)
        return {label: printed}
    if form.code == "08":
        figure = forms.cumulative(line_of["指标"], month.number)
        _unit(line_of["单位"], forms.UNITS[figure])
        parser: forms.Parser = forms.CUMULATIVE[figure]
        _parsed("数值", parser, line_of["数值"])
        return {"数值": line_of["数值"]}
    if form.code == "01a":
        order = catalogue().known("lines", line_of["类别"]) is not None and not is_total
        _unit(line_of["单位"], forms.UNITS["order" if order else "call"])
    for column, parser in form.figures.items():
        _parsed(column, parser, line_of[column])
    return {column: line_of[column] for column in form.figures}


def _parsed(column: str, parser: forms.Parser, printed: str) -> None:
    try:
        parser(printed)
    except ValueError as error:
        raise ValueError(f"column {column!r}: {error}") from error


def _unit(printed: str, wanted: str) -> None:
    if printed != wanted:
        raise ValueError(f"column '单位': {printed!r}, must be {wanted!r}")


def _refuse_repeats(table: Table, known: Register) -> None:
    """No two rows of a table are the same one, by whatever name."""
    seen: dict[object, Row] = {}
    for row in (*table.rows, *table.totals):
        for key in _keys(table.code, row, known):
            other = seen.setdefault(key, row)
            if other is not row:
                raise Malformed(
                    table.file,
                    row.line,
                    f"{row.label} stands for the same as {other.label} in line {other.line}",
                )


def _keys(table: str, row: Row, known: Register) -> list[object]:
    """What a row stands for; of a top three, also whom it names."""
    if table in names.BY_ROW and row.place:
        return [names.of_row(known, table, row).code]
    if table != "07":
        return [normal(row.label)]
    platform, what, printed = names.indicator(row)
    keys: list[object] = [(platform, what)]
    if what in names.TOP:
        name = values.named(printed).name
        keys.append((platform, "top", known.resolve(name, "other").code))
    return keys
