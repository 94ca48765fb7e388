"""Tables 04 and 05: what districts and hospitals uploaded, table by table and day by day."""

from datetime import timedelta
from typing import NamedTuple

from producers.bulletin.chance import draws, midnight, times_of_day
from producers.bulletin.draft import Draft
from producers.bulletin.model import Row
from producers.bulletin.month import EPOCH
from producers.bulletin.names import of_row
from producers.bulletin.shares import shares
from producers.bulletin.values import declared, number
from producers.events import Upload
from producers.rhythm import WEEKDAYS
from schemas.catalogue import catalogue

PERSONS = ("visits", "discharges")
"""Tables that count persons."""

GRID = 20_000
"""Most uploads of one organisation, unless it takes more to have each table and each day once."""


class Printed(NamedTuple):
    """The figures of one row that uploads add up to, in the order of their columns."""

    tables: int
    rows: int
    days: int
    visits: int
    discharges: int


def add_uploads(draft: Draft) -> None:
    """State what was declared and required; add the uploads of the printed tables and days."""
    in_both = _codes_of(draft, "04") & _codes_of(draft, "05")
    for table in ("04", "05"):
        for row in draft.bulletin.rows(table):
            organisation = of_row(draft.register, table, row).code
            columns = list(row.cells)[:6]
            if organisation in in_both:
                for column in columns:
                    draft.why(table, row, column, "this organisation is in tables 04 and 05")
            said = declared(row.cells[columns[0]])
            draft.state("uploads.declared", organisation, said.declared, "table")
            draft.state("uploads.required", organisation, said.required, "table")
            printed = Printed(*(number(row.cells[column]) for column in columns[1:]))
            _organisation(draft, table, row, organisation, printed)


def _codes_of(draft: Draft, table: str) -> set[str]:
    return {of_row(draft.register, table, row).code for row in draft.bulletin.rows(table)}


def _organisation(draft: Draft, table: str, row: Row, organisation: str, said: Printed) -> None:
    """Upload what is printed, or what differs from it in the fewest cells, saying why."""
    month = draft.bulletin.month
    printed = dict(zip(list(row.cells)[1:], said, strict=False))
    if not any(said):
        return
    persons = {name: getattr(said, name) for name in PERSONS if getattr(said, name)}
    tables = max(said.tables, len(persons), 1)
    days = min(max(said.days, 1), month.days)
    if sum(map(bool, said)) < (tables != said.tables) + (days != said.days):
        for column, value in printed.items():
            if value:
                draft.why(table, row, column, "there is no upload without a table and a day")
        return
    tables_column, _, days_column, *_ = printed
    if tables != said.tables:
        draft.why(table, row, tables_column, f"its other figures take {tables} at least")
    if days > said.days:
        draft.why(table, row, days_column, "its other figures take a day at least")
    if days < said.days:
        draft.why(table, row, days_column, f"{month} has {days} days")
    _publish(draft, organisation, tables, days, said.rows, persons)


def _publish(
    draft: Draft, organisation: str, tables: int, days: int, rows: int, persons: dict[str, int]
) -> None:
    """Each table and each day at least once; rows and persons shared out over the uploads.

    An upload comes in the morning after its business date.
    """
    seed = draft.seed("uploads", organisation)
    grid = _grid(_codes(tables, list(persons)), _dates(draft, seed, days))
    weights = _weights(grid, seed + 1)
    counted = {
        code: iter(
            shares(total, [w for (table, _), w in zip(grid, weights, strict=True) if table == code])
        )
        for code, total in persons.items()
    }
    mornings = times_of_day("uploads", seed + 2, len(grid)).tolist()
    for (code, date), part, morning in zip(grid, shares(rows, weights), mornings, strict=True):
        draft.flow(
            Upload,
            1,
            midnight(date + 1) + morning,
            organisation=organisation,
            table_code=code,
            business_date=EPOCH + timedelta(date),
            rows=part,
            persons=next(counted[code]) if code in counted else None,
        )


def _grid(codes: list[str], dates: list[int]) -> list[tuple[str, int]]:
    """Tables and business dates of the uploads: each with each, unless that were too many."""
    if len(codes) * len(dates) <= GRID:
        return [(code, date) for date in dates for code in codes]
    longer = max(len(codes), len(dates))
    return [(codes[at % len(codes)], dates[at % len(dates)]) for at in range(longer)]


def _weights(grid: list[tuple[str, int]], seed: int) -> list[int]:
    """How much each upload carries: more on workdays, most in the tables that count persons."""
    chance = draws(seed, len(grid), 60).tolist()
    weekdays = WEEKDAYS["uploads"]
    thursday = 3  # 1970-01-01
    return [
        (90 + extra) * weekdays[(date + thursday) % 7] * (4 if code in PERSONS else 1)
        for (code, date), extra in zip(grid, chance, strict=True)
    ]


def _dates(draft: Draft, seed: int, count: int) -> list[int]:
    """So many days of the month, as days since 1970-01-01, those left out by chance."""
    month = draft.bulletin.month
    lots = draws(seed, month.days, 1 << 40).tolist()
    chosen = sorted(range(month.days), key=lambda day: (lots[day], day))[:count]
    return sorted(month.first_day + day for day in chosen)


def _codes(count: int, persons: list[str]) -> list[str]:
    """Codes of so many tables: those that count persons, then those that the print doesn't name."""
    named = len(catalogue().lists["upload_tables"])
    others = range(named + 1, named + 1 + count - len(persons))
    return [*persons, *(f"t{number:03d}" for number in others)]
