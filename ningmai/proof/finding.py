"""What a proof says: findings, and what it could not look at."""

from dataclasses import asdict, dataclass, field
from decimal import Decimal
from typing import Any, Literal, NamedTuple

Severity = Literal["错误", "存疑"]

WRONG: Severity = "错误"
"""The tables contradict themselves, or the calendar: to be corrected before they are printed."""
SUSPECT: Severity = "存疑"
"""It can be so, but seldom is: to be asked of whoever delivered it, then printed or corrected."""


class Place(NamedTuple):
    """A cell, as printed. An empty row: the whole column; an empty column: the whole row.

    In table 07 the row is the platform and the column the indicator.
    """

    table: str
    row: str
    column: str

    def __str__(self) -> str:
        named = "的".join(f"“{part}”" for part in (self.row, self.column) if part)
        return f"表{self.table}{named}"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that somebody has to look at before the bulletin is printed."""

    place: Place
    rule: str
    """Code of the rule, a key of ``rules.NAMES``."""
    severity: Severity
    printed: str
    """What stands at the place; empty where nothing does."""
    proved: str
    """What must stand there, or the limit, or what peers have; empty where no figure can be had."""
    difference: str
    """Proved less printed, signed, where both are figures of one kind; else empty."""
    message: str
    """A sentence in Chinese, for the page of the bulletin."""
    also: tuple[Place, ...] = ()
    """Other cells that are part of it."""

    def as_json(self) -> dict[str, Any]:
        """For programs: every field, the place opened up."""
        fields = asdict(self)
        del fields["place"]
        return {**self.place._asdict(), **fields, "also": [one._asdict() for one in self.also]}


@dataclass(slots=True)
class Proof:
    """The outcome for one month."""

    month: str
    of: str
    """``printed`` or ``live``."""
    tables: tuple[str, ...]
    findings: list[Finding] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """For programs; docs/proof.md says what each key means."""
        wrong = sum(one.severity == WRONG for one in self.findings)
        return {
            "month": self.month,
            "of": self.of,
            "tables": list(self.tables),
            "wrong": wrong,
            "suspect": len(self.findings) - wrong,
            "findings": [one.as_json() for one in self.findings],
        }


def figure(value: Decimal, decimals: int = 0) -> str:
    """A figure in plain digits, with at least so many decimals."""
    given = -int(value.as_tuple().exponent)
    return f"{value:.{max(given, decimals)}f}"


def gap(printed: Decimal, proved: Decimal, decimals: int = 0) -> str:
    """Proved less printed, with its sign."""
    text = figure(proved - printed, decimals)
    return text if text.startswith("-") else f"+{text}"
