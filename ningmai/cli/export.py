"""``ningmai export``."""

import re
from collections.abc import Sequence
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ningmai.cli.options import DataDir, reached
from ningmai.errors import Problem

if TYPE_CHECKING:
    from ningmai.exporting import Range


class Form(StrEnum):
    """Forms of a file."""

    parquet = "parquet"
    csv = "csv"


What = Annotated[
    str | None, typer.Argument(metavar="[WHAT]", help="A view: bookings, bulletin_02, …")
]
OfMonth = Annotated[str | None, typer.Option("--month", help="Only that month, like 2020-09.")]
From = Annotated[str | None, typer.Option("--from", help="Only from that day on: 2020-09-01.")]
To = Annotated[str | None, typer.Option("--to", help="Only up to that day, it included.")]
Set = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="NAME=VALUE",
        help="A parameter of the view that no option says; may be repeated. Of an array: A,B.",
    ),
]
Sql = Annotated[str | None, typer.Option("--sql", help="A query instead of a view.")]
Format = Annotated[Form | None, typer.Option("--format", help="By default what --out ends in.")]
Out = Annotated[Path, typer.Option("--out", help="The file to write.")]
Excel = Annotated[
    bool, typer.Option("--excel", help="CSV with the mark (BOM) that Excel knows Chinese text by.")
]
Force = Annotated[bool, typer.Option("--force", help="Write over a file that is there.")]

UNUSABLE = 2
"""Exit status of what was asked wrongly."""
_MONTH = re.compile(r"(20\d{2})-(0[1-9]|1[0-2])", re.ASCII)
EARLIEST = date(2000, 1, 1)


def export(
    out: Out,
    what: What = None,
    month: OfMonth = None,
    first: From = None,
    last: To = None,
    given: Set = None,
    sql: Sql = None,
    form: Format = None,
    excel: Excel = False,
    force: Force = False,
    data_dir: DataDir = None,
) -> None:
    """Write a view's rows, or a query's, to a Parquet or CSV file, as the analyst sees them.

    Rows come in slices, so that a view of any length fits; the file appears when it is whole.
    Events have simulated ones among them: the column origin says which. Days are of Asia/Shanghai.

        ningmai export bookings --month 2020-09 --out bookings.parquet

        ningmai export bulletin_02 --month 2020-09 --out 02.csv --excel

        ningmai export quality_growth --month 2020-09 --set base=2020-08-01 --out growth.csv

        ningmai export --sql "SELECT * FROM stocks" --out stocks.csv
    """
    from clickhouse.client import connect
    from ningmai.doing import OnScreen
    from ningmai.exporting import export, slices_of_sql, slices_of_view
    from ningmai.stack.stack import ensure_clickhouse

    if (what is None) == (sql is None):
        raise Problem("Name a view, or give a query with --sql.", status=UNUSABLE)
    wanted = _form(out, form)
    if excel and wanted is not Form.csv:
        raise Problem("--excel goes with CSV.", "Parquet knows its text as it is.", UNUSABLE)
    days = _days(month, first, last)
    parameters = _parameters(given or ())
    if sql is not None and (days or parameters):
        raise Problem("--sql asks for its own days.", "Put them into the query.", UNUSABLE)
    if out.exists() and not force:
        raise Problem(f"{out} is there already.", "Choose another, or --force.", UNUSABLE)
    settings, doing = reached(data_dir), OnScreen()
    with ensure_clickhouse(settings):
        client = connect(settings, "analyst")
        if what:
            slices = slices_of_view(client, what, days, parameters)
        else:
            slices = slices_of_sql(client, sql or "")
        size = export(client, slices, out, wanted.value, bom=excel, doing=doing)
    rows = sum(each.rows for each in slices)
    doing.say(f"{out}: {rows:,} rows, {size:,} bytes.")


def _form(out: Path, form: Form | None) -> Form:
    if form:
        return form
    try:
        return Form(out.suffix.lower().removeprefix("."))
    except ValueError:
        raise Problem(
            f"{out.name} ends in neither .parquet nor .csv.", "Say --format.", UNUSABLE
        ) from None


def _parameters(given: Sequence[str]) -> dict[str, str]:
    found = dict(each.partition("=")[::2] for each in given)
    if any("=" not in each or not each.partition("=")[2] for each in given):
        raise Problem("--set is said like base=2020-08-01.", status=UNUSABLE)
    return found


def _days(month: str | None, first: str | None, last: str | None) -> "Range | None":
    from ningmai.exporting import Range
    from producers.bulletin import Month

    if month is not None:
        found = _MONTH.fullmatch(month)
        if first or last or not found:
            raise Problem("Give --month like 2020-09, or --from and --to.", status=UNUSABLE)
        whole = Month(int(found[1]), int(found[2]))
        return Range(whole.first, whole.last)
    if first is None and last is None:
        return None
    days = Range(_day(first) if first else EARLIEST, _day(last) if last else date.today())
    if days.first > days.last:
        raise Problem(f"{days.first} is after {days.last}.", "Turn them round.", UNUSABLE)
    return days


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Problem(f"{text!r} is no day.", "Say it like 2020-09-01.", UNUSABLE) from None
