"""A month's figures as ClickHouse has them now, in the form of a bulletin's tables."""

from collections.abc import Iterator
from decimal import Decimal

from clickhouse_connect.driver.client import Client

from clickhouse.client import errors_sorted
from producers.bulletin import Bulletin, Month, Row, Table
from producers.bulletin.layout import LAYOUTS, Layout

GROUP = "组"
"""What views call the column of groups, whose printed header is empty."""


def read_live(client: Client, month: Month) -> Bulletin:
    """Tables that have rows in that month; a figure that is not known has no cell.

    Views have no totals. No checksum is taken. Raises clickhouse.errors.
    """
    tables = {form.code: _table(client, form, month) for form in LAYOUTS}
    return Bulletin(month, "", {code: table for code, table in tables.items() if table.rows})


def _table(client: Client, form: Layout, month: Month) -> Table:
    rows = tuple(
        _row(form, cells, place)
        for place, cells in enumerate(_answer(client, form.code, month), start=1)
    )
    view = f"bulletin_{form.code}"
    return Table(form.code, view, view, form.header, rows, ())


def _answer(client: Client, code: str, month: Month) -> Iterator[dict[str, str]]:
    with errors_sorted():
        answer = client.query(
            f"SELECT * FROM bulletin_{code}(month = {{month:Date}})",
            parameters={"month": month.first},
        )
    for row in answer.result_rows:
        named = zip(answer.column_names, row, strict=True)
        yield {column: _text(value) for column, value in named if value is not None}


def _text(value: object) -> str:
    return f"{value:.2f}" if isinstance(value, Decimal) else str(value)


def _row(form: Layout, cells: dict[str, str], place: int) -> Row:
    if form.code == "07":
        return Row(cells["平台"], "", {cells["指标"]: cells["数值"]}, 0, place)
    wanted = {*form.figures, *([form.order] if form.order else [])}
    figures = {column: text for column, text in cells.items() if column in wanted}
    group = cells.get(GROUP, "") if form.group is not None else ""
    return Row(cells[form.label], group, figures, 0, place)


def before(client: Client, month: Month, months: int) -> list[Bulletin]:
    """So many months before that one, the latest first; those without figures are left out."""
    found = []
    for _ in range(months):
        month = Month(month.year - (month.number == 1), (month.number - 2) % 12 + 1)
        found.append(read_live(client, month))
    return [one for one in found if one.tables]
