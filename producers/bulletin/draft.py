"""What the plan of a replay is made of: flows of equal events, and why some cells can't be had."""

import hashlib
from dataclasses import dataclass, field
from typing import Any

from producers.bulletin.model import Bulletin, Row
from producers.bulletin.month import Month
from producers.events import Event, Statement
from producers.register import Register

Reasons = dict[tuple[str, str, str], str]
"""Why a cell can't be reached, by table, row and column."""

LETTERS = {
    "calls": "c",
    "bookings": "b",
    "telemedicine": "t",
    "uploads": "u",
    "kiosk_transactions": "k",
    "statements": "s",
    "institutions": "i",
}
"""Kind of an event as its id shows it."""


def common(month: Month) -> dict[str, Any]:
    """Fields that all events replayed of a month share; flows get times of their own."""
    return {
        "occurred_at": month.end_ms - 1,
        "source": f"bulletin-{month}",
        "origin": "replay",
    }


@dataclass(frozen=True, slots=True)
class Flow:
    """``count`` events like ``event``, but for their event_id and occurred_at.

    They happen at ``at`` (UTC milliseconds), or, where that is None, at plausible times all over
    the month.
    """

    event: Event
    count: int
    at: int | None = None


@dataclass(slots=True)
class Draft:
    """A plan in the making; each part of the bulletin adds its flows, statements and reasons."""

    bulletin: Bulletin
    register: Register
    flows: list[Flow] = field(default_factory=list)
    statements: list[Statement] = field(default_factory=list)
    reasons: Reasons = field(default_factory=dict)
    prefix: str = field(init=False)
    """What every event id of this content starts with."""
    common: dict[str, Any] = field(init=False)
    """Fields that all events of this content share."""

    def __post_init__(self) -> None:
        self.prefix = f"r{self.bulletin.month}-{self.bulletin.checksum[:8]}-"
        self.common = common(self.bulletin.month)

    def flow(self, of: type[Event], count: int, at: int | None = None, **fields: Any) -> None:
        """Add events of a kind; none if the count is 0 or less."""
        if count > 0:
            event = of(**self.identity(of.KIND, 0) | fields)
            self.flows.append(Flow(event, count, at))

    def state(
        self, figure: str, subject: str, value: int | None, unit: str, exponent: int = 0
    ) -> None:
        """Add a stock as of the month's last day."""
        self.statements.append(
            Statement(
                **self.identity("statements", len(self.statements) + 1),
                figure=figure,
                subject=subject,
                as_of=self.bulletin.month.last,
                value=value,
                exponent=exponent,
                unit=unit,
            )
        )

    def identity(self, kind: str, number: int) -> dict[str, Any]:
        """Fields common to all kinds, of an event made as the month ended."""
        return {"event_id": f"{self.prefix}{LETTERS[kind]}-{number}", **self.common}

    def why(self, table: str, row: Row, column: str, reason: str) -> None:
        """Note why a cell can't be reached; the first reason stands."""
        self.reasons.setdefault((table, row.label, column), reason)

    def seed(self, *about: object) -> int:
        """A seed that depends on the content and on what it is for, on nothing else."""
        text = "/".join(map(str, (self.bulletin.checksum, *about)))
        return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8])
