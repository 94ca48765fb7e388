"""An explanation in a terminal."""

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from ningmai.explaining.answer import Explanation
from ningmai.explaining.figures import Figure

OTHERS = 8
"""Other figures of that name that are shown."""


def show(found: Explanation, others: Sequence[Figure], console: Console) -> None:
    """Prints one explanation."""
    figure = found.figure
    console.print(Text(f"{figure.address}  {found.month}", style="bold"))
    console.print(Text(f"{figure.text}", style="bold green"))
    _said(console, "From the printed table", found.of_view)
    _said(console, "Alone, from what it adds up", found.alone)
    agrees = "Both were run now and gave the figure."
    differs = "Run now, they did not both give the figure: it is moving, or something is wrong."
    console.print(Text(agrees if found.agrees else differs, style="" if found.agrees else "red"))
    _rows(console, "Sources", found.sources)
    _rows(console, "Data as of", found.freshness)
    console.print(f"Last event of the figure: {found.last_event or 'none'}", markup=False)
    _rows(console, "Some of its events", found.events)
    for sql in found.events_sql:
        _said(console, "Asked with", sql)
    for one in found.findings:
        console.print(Text(f"{one.severity}：{one.message}", style="yellow"))
    if not found.findings:
        console.print("Proof finds nothing about it.")
    if others:
        names = "; ".join(one.address for one in others[:OTHERS])
        more = f" … {len(others)} in all" if len(others) > OTHERS else ""
        console.print(f"Other figures of that name: {names}{more}", markup=False, style="dim")


def show_list(figures: Sequence[Figure], console: Console) -> None:
    """Prints what can be asked: one figure a line."""
    for figure in figures:
        console.print(f"{figure.address}  {figure.text}", markup=False, soft_wrap=True)


def _said(console: Console, title: str, sql: str) -> None:
    console.print(Text(f"{title}:", style="dim"))
    console.print(f"  {sql}", markup=False, soft_wrap=True)


def _rows(console: Console, title: str, rows: Sequence[Mapping[str, Any]]) -> None:
    if not rows:
        console.print(f"{title}: none", markup=False)
        return
    table = Table(title=title, title_justify="left")
    for column in rows[0]:
        table.add_column(Text(column), overflow="fold")
    for row in rows:
        table.add_row(*(Text("" if value is None else str(value)) for value in row.values()))
    console.print(table)
