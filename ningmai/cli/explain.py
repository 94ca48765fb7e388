"""``ningmai explain``."""

import re
from typing import TYPE_CHECKING, Annotated

import typer

from ningmai.cli.options import DataDir, Json, reached
from ningmai.cli.output import out, print_json
from ningmai.errors import Problem

if TYPE_CHECKING:
    from producers.bulletin import Month

Named = Annotated[
    str | None,
    typer.Argument(metavar="FIGURE", help='Its name: "电话预约", "02 / 合计 / 电话预约", a code.'),
]
Of = Annotated[str | None, typer.Argument(metavar="MONTH", help="A month, like 2020-09.")]
Listed = Annotated[bool, typer.Option("--list", help="List what can be asked of the month.")]

UNUSABLE = 2
"""Exit status of what was asked wrongly."""
DIFFERS = 1
"""Exit status where a query did not give the figure: live figures moved in between, or a bug."""
_MONTH = re.compile(r"(20\d{2})-(0[1-9]|1[0-2])", re.ASCII)


def explain(
    figure: Named = None,
    month: Of = None,
    listed: Listed = False,
    as_json: Json = False,
    data_dir: DataDir = None,
) -> None:
    """Tell where a figure of a month comes from: its SQL, sources, freshness and events.

    A figure is named as it is printed: its row, its row and column, or table, row and column,
    apart by " / "; codes will do. Both queries that are shown are run, and must give the figure.
    ClickHouse is started where nothing is running.

        ningmai explain "电话预约" 2020-09

        ningmai explain "02 / 南京鼓楼医院 / 诊间预约" 2020-09

        ningmai explain --list 2020-09
    """
    from clickhouse.client import connect
    from ningmai.explaining import choose, figures
    from ningmai.explaining import explain as explained
    from ningmai.explaining.screen import show, show_list
    from ningmai.stack.stack import ensure_clickhouse

    asked = _month((month or figure) if listed else month)
    if figure is None:
        raise Problem("No figure was named.", "Or list them: --list MONTH.", UNUSABLE)
    settings = reached(data_dir)
    with ensure_clickhouse(settings):
        client = connect(settings, "analyst")
        bulletin, known = figures(client, asked)
        if not known:
            raise Problem(f"There are no figures of {asked}.", "Replay it.", UNUSABLE)
        if listed:
            show_list(known, out())
            return
        chosen, others = choose(figure, known)
        found = explained(client, bulletin, chosen)
    if as_json:
        print_json(found.as_json())
    else:
        show(found, others, out())
    if not found.agrees:
        raise typer.Exit(DIFFERS)


def _month(text: str | None) -> "Month":
    from producers.bulletin import Month

    found = _MONTH.fullmatch(text or "")
    if not found:
        raise Problem(f"{text!r} is no month.", "Say it like 2020-09.", UNUSABLE)
    return Month(int(found[1]), int(found[2]))
