"""What a reconciliation says."""

from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Line:
    """One difference, or one finding: a printed cell and what was computed for it.

    ``row`` is the printed label (in table 07 the platform, in 08 the indicator), ``column`` the
    header (in 07 the indicator). An empty ``printed`` or ``computed``: the row is not there.
    """

    table: str
    row: str
    column: str
    printed: str
    computed: str
    reason: str


@dataclass(slots=True)
class Report:
    """The outcome for one month."""

    month: str
    cells: int = 0
    """Printed row cells."""
    equal: int = 0
    """Those that SQL over the events gives exactly."""
    differences: list[Line] = field(default_factory=list)
    findings: list[Line] = field(default_factory=list)
    """What is wrong with the print in itself, whatever the events say."""

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        return {
            "cells": self.cells,
            "equal": self.equal,
            "differences": [asdict(line) for line in self.differences],
            "findings": [asdict(line) for line in self.findings],
        }
