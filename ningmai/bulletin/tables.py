"""The printed tables: columns and rows as the bulletin has them, totals summed from the rows."""

from itertools import groupby

from ningmai.bulletin.cells import figure_cell, number_cell, text_cell
from ningmai.bulletin.figures import total
from ningmai.bulletin.model import Cell, Column, Table
from producers.bulletin import Bulletin, Row
from producers.bulletin.layout import LAYOUTS, Layout

FORMS: dict[str, Layout] = {form.code: form for form in LAYOUTS}
LABEL = Column(3.4, "left")
NUMBER = Column(0.8, "center")
ROUTE_PAIRS = 2
"""Table 03 is printed as so many groups of columns, side by side."""


def bookings(bulletin: Bulletin, title: str) -> Table:
    """Table 02."""
    form = FORMS["02"]
    columns = (
        NUMBER,
        LABEL,
        Column(1.9, "right"),
        *(Column(1.4, "right") for _ in form.header[3:]),
    )
    rows = bulletin.rows("02")
    sums = tuple(number_cell(total(rows, column)) for column in form.header[2:])
    return Table(
        title,
        columns,
        (tuple(map(text_cell, form.header)),),
        tuple(_row(form, row) for row in rows),
        ((text_cell("合计", across=2), *sums),),
    )


def routes(bulletin: Bulletin, title: str) -> Table:
    """Table 03, its second half beside the first."""
    form = FORMS["03"]
    rows = bulletin.rows("03")
    high = -(-len(rows) // ROUTE_PAIRS)
    cells = [_row(form, row) for row in rows]
    cells += [tuple(text_cell("") for _ in form.header)] * (high * ROUTE_PAIRS - len(rows))
    lines = tuple(
        tuple(cell for beside in cells[line::high] for cell in beside) for line in range(high)
    )
    header = tuple(map(text_cell, form.header * ROUTE_PAIRS))
    sums = number_cell(total(rows, form.header[-1]), "合计：", across=len(header))
    columns = (NUMBER, LABEL, Column(1.5, "right")) * ROUTE_PAIRS
    return Table(title, columns, (header,), lines, ((sums,),))


def uploads(bulletin: Bulletin, code: str, title: str) -> Table:
    """Table 04 or 05; both print no total."""
    form = FORMS[code]
    widths = (1.6, *(1.25 for _ in form.header[1:]))
    columns = (
        Column(widths[0] if code == "04" else 3.0, "left"),
        *(Column(width, "right") for width in widths[1:]),
    )
    rows = tuple(_row(form, row) for row in bulletin.rows(code))
    return Table(title, columns, _two_levels(form.header), rows)


def kiosks(bulletin: Bulletin, title: str) -> Table:
    """Table 06: the group of its rows stands once, beside all of them."""
    form = FORMS["06"]
    columns = (
        Column(0.7, "center"),
        LABEL,
        Column(1.1, "right"),
        *(Column(1.6, "right") for _ in form.header[3:]),
    )
    rows = bulletin.rows("06")
    lines: list[tuple[Cell, ...]] = []
    for group, of_group in groupby(rows, key=lambda row: row.group):
        members = [_row(form, row) for row in of_group]
        lines.append((text_cell(group, down=len(members)), *members[0]))
        lines += members[1:]
    sums = tuple(number_cell(total(rows, column)) for column in form.header[2:])
    return Table(
        title,
        columns,
        (tuple(map(text_cell, form.header)),),
        tuple(lines),
        ((text_cell("合计", across=2), *sums),),
    )


def _row(form: Layout, row: Row) -> tuple[Cell, ...]:
    """A row in the order of the header, without its group."""
    return tuple(_cell(form, row, column) for column in form.header if column != form.group)


def _cell(form: Layout, row: Row, column: str) -> Cell:
    if column == form.label:
        return text_cell(row.label)
    if column == form.order:
        return figure_cell(row.cells.get(column, str(row.place)))
    return figure_cell(row.cells.get(column))


def _two_levels(header: tuple[str, ...]) -> tuple[tuple[Cell, ...], ...]:
    """Columns of one group (before the last slash) under one head, where two or more share it."""
    parts = [tuple(column.rsplit("/", 1)) for column in header]
    groups = [(key, list(same)) for key, same in groupby(parts, key=lambda part: part[0])]
    if all(len(same) == 1 for _, same in groups):
        return (tuple(map(text_cell, header)),)
    upper = tuple(
        text_cell(key, across=len(same)) if same[1:] else text_cell("/".join(same[0]), down=2)
        for key, same in groups
    )
    lower = tuple(text_cell(part[1]) for _, same in groups if same[1:] for part in same)
    return (upper, lower)
