"""``ningmai alerts``."""

from typing import Annotated, Any

import typer

from ningmai.cli.options import DataDir, Json, reached
from ningmai.cli.output import out, print_json
from ningmai.errors import Problem

Open = Annotated[bool, typer.Option("--open", help="Only those that are not over.")]
Since = Annotated[
    str | None,
    typer.Option(metavar="DAY", help="Only those raised on that day (2020-09-21) or later."),
]
Simulated = Annotated[bool, typer.Option("--simulated", help="Those of simulated traffic too.")]
Limit = Annotated[int, typer.Option(min=1, help="At most so many, the newest.")]


def alerts(
    only_open: Open = False,
    since: Since = None,
    simulated: Simulated = False,
    limit: Limit = 100,
    as_json: Json = False,
    data_dir: DataDir = None,
) -> None:
    """List what the worker found beyond its habit: raised when, cleared when, and why.

    A source quiet beyond its habit, an institution behind with its uploads, a hotline category
    beyond its usual hour, payments failing; docs/alerts.md says when each is raised. Times are
    Nanjing's; a replayed month has its alerts in that month.

        ningmai alerts --open

        ningmai alerts --since 2020-09-01 --json
    """
    from clickhouse.client import connect
    from ningmai.stack.stack import ensure_clickhouse

    day = _day(since)
    settings = reached(data_dir)
    with ensure_clickhouse(settings):
        client = connect(settings, "analyst")
        found = client.query(_sql(only_open, day, simulated, limit))
    rows = [dict(zip(found.column_names, row, strict=True)) for row in found.result_rows]
    if as_json:
        print_json({"alerts": rows})
    else:
        _show(rows)


def _day(since: str | None) -> str | None:
    from datetime import date

    if since is None:
        return None
    try:
        return date.fromisoformat(since).isoformat()
    except ValueError as error:
        raise Problem(f"{since} is no day.", "Write it as 2020-09-21.") from error


def _sql(only_open: bool, day: str | None, simulated: bool, limit: int) -> str:
    wanted = ["1"]
    if only_open:
        wanted.append("a.cleared_at IS NULL")
    if day:
        wanted.append(f"a.raised_at >= toDateTime('{day} 00:00:00', 'Asia/Shanghai')")
    if not simulated:
        wanted.append("origin != 'simulated'")
    return (
        "SELECT rule, subject, origin, level, formatDateTime(a.since, '%F %R') AS since, "
        "formatDateTime(a.raised_at, '%F %R') AS raised_at, "
        "formatDateTime(a.cleared_at, '%F %R') AS cleared_at, measured, usual, at_most, text "
        f"FROM alerts AS a WHERE {' AND '.join(wanted)} ORDER BY a.raised_at DESC LIMIT {limit}"
    )


def _show(rows: list[dict[str, Any]]) -> None:
    from rich.table import Table

    if not rows:
        out().print("No alerts.")
        return
    table = Table("raised", "cleared", "level", "data", "what", box=None)
    for row in rows:
        cleared = row["cleared_at"] or "[bold red]open[/]"
        table.add_row(row["raised_at"], cleared, row["level"], row["origin"], row["text"])
    out().print(table)
