"""Which figure a reader means."""

import re
import unicodedata
from collections.abc import Sequence
from difflib import SequenceMatcher
from functools import cache

from ningmai.errors import Problem
from ningmai.explaining.figures import Figure

SHOWN = 12
"""Candidates that are listed."""
NEAR = 0.3
"""Likeness, of 1, from which on a name is suggested."""
_APART = re.compile(r"\s+/\s+|[，,|]")


def choose(asked: str, among: Sequence[Figure]) -> tuple[Figure, list[Figure]]:
    """The figure of that name, and others that go by it less exactly.

    A name is any of table, row and column, apart by " / ": printed names, or codes. One that says
    everything goes before one that leaves the row to be the total. Raises Problem where several
    are as good, with the candidates, and where none is, with those that look like it.
    """
    ranked = _ranked(asked, among)
    if not ranked:
        near = _near(asked, among)
        hint = "Near it: " + "; ".join(near) if near else "`ningmai explain --list MONTH` has all."
        raise Problem(f"No figure is called {asked!r}.", hint, 2)
    best = min(ranked)
    if len(ranked[best]) > 1:
        found = ranked[best]
        names = "\n".join(f"  {one.address}" for one in found[:SHOWN])
        more = f"\n  … and {len(found) - SHOWN} more" if len(found) > SHOWN else ""
        raise Problem(
            f"{len(found)} figures are called {asked!r}:\n{names}{more}", "Say which of them.", 2
        )
    others = [one for rank in sorted(ranked) if rank > best for one in ranked[rank]]
    return ranked[best][0], others


def _ranked(asked: str, among: Sequence[Figure]) -> dict[int, list[Figure]]:
    """Figures that a name fits, by how much it leaves unsaid."""
    found: dict[int, list[Figure]] = {}
    ways = [[_folded(asked)], [_folded(part) for part in _APART.split(asked) if part.strip()]]
    for figure in among:
        ranks = [rank for parts in ways if (rank := _fits(parts, figure)) is not None]
        if ranks:
            found.setdefault(min(ranks), []).append(figure)
    return found


def _fits(parts: Sequence[str], figure: Figure) -> int | None:
    """How much the parts leave unsaid of a figure; None where one of them is not of it."""
    table = {figure.table, f"表{figure.table}", figure.table.lstrip("0")}
    row = {figure.row} | ({figure.rows[0]} if not figure.total else {"合计", "总计"})
    column = {figure.column} | ({figure.code} - {""})
    left = [{_folded(name) for name in names} for names in (table, row, column)]
    said = [False, False, False]
    for part in parts:
        at = next((n for n in range(3) if not said[n] and part in left[n]), None)
        if at is None:
            return None
        said[at] = True
    alone = figure.name == figure.row
    if not any(said[1:]) and not (figure.total and alone):
        return None
    row_unsaid = 0 if said[1] else 2 if figure.total else 4
    return row_unsaid + (0 if said[2] or alone else 3)


def _near(asked: str, among: Sequence[Figure]) -> list[str]:
    wanted = _folded(asked)
    names = {name: None for one in among for name in (one.name, one.row, one.column)}
    scored = [(_likeness(wanted, _folded(name)), name) for name in names]
    scored.sort(key=lambda each: -each[0])
    return [name for score, name in scored[:5] if score >= NEAR]


def _likeness(wanted: str, name: str) -> float:
    inside = 0.5 if wanted and (wanted in name or name in wanted) else 0.0
    return max(inside, SequenceMatcher(None, wanted, name).ratio())


@cache
def _folded(name: str) -> str:
    return "".join(unicodedata.normalize("NFKC", name).lower().split())
