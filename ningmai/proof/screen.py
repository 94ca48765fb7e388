"""A proof for people."""

from rich.console import Console
from rich.table import Table
from rich.text import Text

from ningmai.proof.finding import WRONG, Finding, Proof
from ningmai.proof.rules import NAMES

FIGURES = ("印刷", "应为", "相差")
WIDE = 120
"""Columns of a terminal that has room for the figures beside the sentence that says them."""


def show(proof: Proof, console: Console) -> None:
    """Prints how many findings there are, and each."""
    wrong = sum(one.severity == WRONG for one in proof.findings)
    summary = f"{proof.month} ({proof.of}): {len(proof.tables)} tables, "
    if not proof.findings:
        console.print(Text(f"{summary}no findings.", style="bold green"))
        return
    told = f"{wrong} wrong (错误), {len(proof.findings) - wrong} to be asked about (存疑)."
    console.print(Text(summary + told, style="bold red" if wrong else "bold yellow"))
    console.print(_table(proof.findings, figures=console.width >= WIDE))


def _table(findings: list[Finding], figures: bool) -> Table:
    table = Table(show_lines=True)
    table.add_column("性质", no_wrap=True)
    table.add_column("规则", no_wrap=True)
    for column in FIGURES if figures else ():
        table.add_column(column, justify="right", no_wrap=True)
    table.add_column("说明", overflow="fold")
    for one in findings:
        style = "red" if one.severity == WRONG else "yellow"
        said = (one.printed, one.proved, one.difference) if figures else ()
        cells = (NAMES[one.rule], *said, one.message)
        table.add_row(Text(one.severity, style=style), *map(Text, cells))
    return table
