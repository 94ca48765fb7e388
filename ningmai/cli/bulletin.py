"""``ningmai bulletin``."""

import re
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ningmai.cli.options import DataDir, reached
from ningmai.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ningmai.bulletin import Facts
    from ningmai.bulletin.model import Document
    from ningmai.proof import Finding
    from producers.bulletin import Month


class Which(StrEnum):
    """Which figures of a month: those that were published when it was closed, or those of now."""

    published = "published"
    current = "current"


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
As = Annotated[
    Which,
    typer.Option("--as", help="As published when the month was closed, or as the figures are now."),
]

_MONTH = re.compile(r"(20\d{2})-(0[1-9]|1[0-2])", re.ASCII)
UNUSABLE = 2
"""Exit status of what was asked wrongly."""


def bulletin(
    month: Of,
    out: Out = None,
    strict: Strict = False,
    which: As = Which.current,
    data_dir: DataDir = None,
) -> None:
    """Write a month's bulletin from the live figures, in Chinese.

    Sections, columns, order and units are those of the printed one; totals are summed from their
    rows. The figures are proved first: what is found stands on the last page, and --strict refuses
    while anything is found, be it 错误 or 存疑. Of a month that was closed (ningmai close) --as
    published writes what was published then, to the letter. ClickHouse is started where nothing is
    running.

        ningmai bulletin 2020-09 --out 2020-09.pdf

        ningmai bulletin 2020-09 --out 2020-09.docx --strict

        ningmai bulletin 2020-09 --as published
    """
    from ningmai.bulletin import compose

    of = month_of(month)
    check_ending(out)
    facts = _facts(of, which, data_dir)
    if strict:
        _refuse(facts)
    deliver(compose(facts), out, _told(facts))


def month_of(text: str) -> "Month":
    """The month that was asked for. Raises Problem."""
    from producers.bulletin import Month

    asked = _MONTH.fullmatch(text)
    if not asked:
        raise Problem(f"{text!r} is no month.", "Say it like 2020-09.", UNUSABLE)
    return Month(int(asked[1]), int(asked[2]))


def check_ending(out: Path | None) -> None:
    """Raises Problem for a file that no writer writes."""
    from ningmai.bulletin.writers import FORMATS

    if out and out.suffix.lower() not in FORMATS:
        endings = ", ".join(FORMATS)
        raise Problem(f"{out.name} has none of the endings {endings}.", "Choose one.", UNUSABLE)


def deliver(document: "Document", out: Path | None, told: str) -> None:
    """Write a document to its file, and say so; without one print it. Raises Problem."""
    from ningmai.bulletin.writers import write
    from ningmai.bulletin.writers.md import text

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
    typer.echo(f"{out}: {told}", err=True)


def _facts(month: "Month", which: Which, data_dir: Path | None) -> "Facts":
    from clickhouse.client import connect
    from ningmai.closing import beside, published
    from ningmai.stack.stack import ensure_clickhouse

    settings = reached(data_dir)
    with ensure_clickhouse(settings):
        client = connect(settings, "analyst")
        if which is Which.published:
            return published(client, month)[1]
        return beside(client, month)


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
