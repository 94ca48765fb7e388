"""``ningmai bulletin``."""

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ningmai.cli.options import DataDir, reached
from ningmai.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ningmai.bulletin import Facts
    from ningmai.proof import Finding

Of = Annotated[str, typer.Argument(metavar="MONTH", help="A month, like 2020-09.")]
Out = Annotated[
    Path | None,
    typer.Option(
        help="File to write: .html, .docx, .pdf, .md or .xlsx. Without it, Markdown is printed."
    ),
]
Strict = Annotated[
    bool, typer.Option("--strict", help="Refuse while there are findings, and write nothing.")
]

_MONTH = re.compile(r"(20\d{2})-(0[1-9]|1[0-2])", re.ASCII)
UNUSABLE = 2
"""Exit status of what was asked wrongly."""


def bulletin(month: Of, out: Out = None, strict: Strict = False, data_dir: DataDir = None) -> None:
    """Write a month's bulletin from the live figures, in Chinese.

    Sections, columns, order and units are those of the printed one; totals are summed from their
    rows. The figures are proved first: what is found stands on the last page, and --strict refuses
    while anything is found, be it 错误 or 存疑. ClickHouse is started where nothing is running.

        ningmai bulletin 2020-09 --out 2020-09.pdf

        ningmai bulletin 2020-09 --out 2020-09.docx --strict
    """
    from ningmai.bulletin import compose
    from ningmai.bulletin.writers import FORMATS, write
    from ningmai.bulletin.writers.md import text

    asked = _MONTH.fullmatch(month)
    if not asked:
        raise Problem(f"{month!r} is no month.", "Say it like 2020-09.", UNUSABLE)
    if out and out.suffix.lower() not in FORMATS:
        endings = ", ".join(FORMATS)
        raise Problem(f"{out.name} has none of the endings {endings}.", "Choose one.", UNUSABLE)
    facts = _facts(int(asked[1]), int(asked[2]), data_dir)
    if strict:
        _refuse(facts)
    document = compose(facts)
    if out is None:
        print(text(document), end="")
        return
    try:
        write(document, out)
    except ImportError as error:
        raise Problem(
            f"To write {out.suffix} the package {error.name} is missing.",
            "Install it: `pip install 'ningmai[bulletin]'`.",
        ) from error
    except OSError as error:
        raise Problem(f"{out} can't be written: {error.strerror}.", "Choose another.") from error
    typer.echo(f"{out}: {_told(facts)}", err=True)


def _facts(year: int, number: int, data_dir: Path | None) -> "Facts":
    from clickhouse.client import connect
    from ningmai.bulletin import read_facts
    from ningmai.stack.stack import ensure_clickhouse
    from producers.bulletin import Month

    settings = reached(data_dir)
    with ensure_clickhouse(settings):
        return read_facts(connect(settings, "analyst"), Month(year, number))


def _refuse(facts: "Facts") -> None:
    """Raises Problem with every finding, or because there is nothing that could be proved."""
    if not facts.bulletin.tables:
        raise Problem(
            f"There are no figures of {facts.bulletin.month}: nothing was written.",
            "Replay the month, or leave out --strict for a bulletin that says so.",
        )
    if facts.findings:
        for one in facts.findings:
            typer.echo(f"{one.severity} {one.message}", err=True)
        raise Problem(
            f"{_told(facts)}: nothing was written.",
            "Correct the figures, or leave out --strict to have the findings on the last page.",
        )


def _told(facts: "Facts") -> str:
    if not facts.bulletin.tables:
        return f"there are no figures of {facts.bulletin.month}, and it says so"
    return _counted(facts.findings)


def _counted(findings: "Sequence[Finding]") -> str:
    from ningmai.proof import WRONG

    if not findings:
        return "no findings"
    wrong = sum(one.severity == WRONG for one in findings)
    asked = len(findings) - wrong
    return f"{len(findings)} findings, {wrong} wrong (错误), {asked} to be asked about (存疑)"
