"""``ningmai proof``."""

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from clickhouse.errors import ClickHouseError
from ningmai.cli.failures import as_problem
from ningmai.cli.options import DataDir, Json, reached
from ningmai.cli.output import out, print_json
from ningmai.errors import Problem
from ningmai.stack.errors import StackError

if TYPE_CHECKING:
    from ningmai.proof import Proof
    from producers.bulletin import Bulletin

What = Annotated[
    str,
    typer.Argument(
        metavar="FOLDER|MONTH",
        help="A folder of a bulletin's tables as CSV, or a month whose live figures are proved.",
    ),
]
Printed = Annotated[
    bool,
    typer.Option("--printed", help="Of a month that comes with Ningmai, prove the printed tables."),
]
Before = Annotated[
    list[str] | None,
    typer.Option(
        "--before",
        metavar="FOLDER|MONTH",
        help="With a folder: an earlier month's tables, for what is cumulative; may be repeated.",
    ),
]

FOUND = 1
"""Exit status where there are findings."""
UNREADABLE = 2
"""Exit status where there is nothing to prove."""
PAST = 3
"""Months before a live one that it is held against: beyond a season, habits change."""
_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])", re.ASCII)


def proof(
    what: What,
    printed: Printed = False,
    before: Before = None,
    as_json: Json = False,
    data_dir: DataDir = None,
) -> None:
    """Prove a month's tables by themselves before they are printed.

    Totals and subtotals again from their rows, tables against each other, then what is suspicious:
    repeated figures, outlying averages, zeros, missing rows. A folder needs no engines: who must be
    in its tables is asked of the register that comes with Ningmai, not of the live one. The live
    figures of a month are asked of ClickHouse, which is started where nothing is running. The exit
    status is 0 without findings, 1 with findings, 2 where there is nothing to prove.

        ningmai proof shared/bulletin-2020-10

        ningmai proof 2020-09 --printed

        ningmai proof 2020-09 --json
    """
    from ningmai.proof import prove
    from ningmai.proof.screen import show

    month = _MONTH.fullmatch(what)
    if month and not printed and not Path(what).is_dir():
        if before:
            raise Problem(
                "--before goes with a folder.", "A live month knows its past.", UNREADABLE
            )
        try:
            found = _live(int(month[1]), int(month[2]), data_dir)
        except (ClickHouseError, StackError) as error:
            problem = as_problem(error)
            raise Problem(problem.message, problem.hint, UNREADABLE) from error
    else:
        found = prove("printed", _read(what), [_read(one) for one in before or ()])
    if as_json:
        print_json(found.as_json())
    else:
        show(found, out())
    raise typer.Exit(FOUND if found.findings else 0)


def _read(source: str) -> "Bulletin":
    """A folder's tables. Raises Problem with the status of something that can't be proved."""
    from ningmai.proof.reading import read_printed
    from producers.bulletin import Malformed

    try:
        return read_printed(source)
    except Malformed as error:
        raise Problem(str(error), "Nothing was proved.", UNREADABLE) from error


def _live(year: int, number: int, data_dir: Path | None) -> "Proof":
    from clickhouse.client import connect
    from ningmai.institutions.reading import read_book
    from ningmai.proof import prove
    from ningmai.proof.live import before, read_live
    from ningmai.stack.stack import ensure_clickhouse
    from producers.bulletin import Month

    settings = reached(data_dir)
    month = Month(year, number)
    with ensure_clickhouse(settings):
        client = connect(settings, "analyst")
        bulletin = read_live(client, month)
        past = before(client, month, PAST)
        known = read_book(client).register(month.last)
    if not bulletin.tables:
        raise Problem(
            f"There are no live figures of {month}.",
            f"Replay it, or prove its printed tables: `ningmai proof {month} --printed`.",
            UNREADABLE,
        )
    return prove("live", bulletin, past, known)
