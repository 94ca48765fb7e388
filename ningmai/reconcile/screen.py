"""A reconciliation for people."""

from collections.abc import Sequence
from typing import Literal

from rich.console import Console
from rich.table import Table
from rich.text import Text

from ningmai.reconcile.report import Line, Report

COLUMNS = ("table", "row", "column", "printed", "computed", "reason")


def show(report: Report, console: Console) -> None:
    """Prints how many cells are equal, each difference, and each finding about the print."""
    style = "bold red" if report.differences else "bold green"
    console.print(
        Text(f"{report.month}: {report.equal} of {report.cells} printed cells equal.", style=style)
    )
    if report.differences:
        console.print(_table("Differences", report.differences))
    if report.findings:
        console.print(_table("Findings about the print (reported, never mended)", report.findings))


def _table(title: str, lines: Sequence[Line]) -> Table:
    table = Table(title=title, title_justify="left")
    for column in COLUMNS:
        number = column in ("printed", "computed")
        justify: Literal["left", "right"] = "right" if number else "left"
        table.add_column(column, justify=justify, no_wrap=number, overflow="fold")
    for line in lines:
        table.add_row(*(Text(getattr(line, column)) for column in COLUMNS))
    return table
