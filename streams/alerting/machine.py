"""Raised once, cleared when over: the state of one subject under one rule, tick by tick."""

from collections.abc import Iterator
from dataclasses import dataclass

from streams.alerting.readings import Readings


@dataclass(frozen=True, slots=True)
class Patience:
    """How long something must last before an alert changes, in ticks."""

    raise_after: int
    """Ticks over the limit in a row before it is raised."""
    clear_after: int
    """Calm ticks in a row before it is cleared."""
    hold: int
    """Ticks between any two changes, at least."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the alert of a subject stands after its last change."""

    raised: bool = False
    changed: int | None = None
    """Tick of the last change; None: there was none."""
    since: int | None = None
    """First tick over the limit of the alert that is open, or was last."""


@dataclass(frozen=True, slots=True)
class Change:
    """The alert was raised, or cleared, at a tick."""

    raised: bool
    tick: int
    since: int


def walk(
    readings: Readings, first: int, standing: Standing, patience: Patience, start: int
) -> Iterator[Change]:
    """Every change from tick ``start`` on; the arrays begin at tick ``first``.

    Nothing up to the last change is looked at again, so the same readings walked again from where
    they stand give only what is new. ``start`` lies further back than any patience, or a run that
    began before it is counted from there only.
    """
    begin = start if standing.changed is None else max(start, standing.changed + 1)
    streak = 0
    for at in range(max(0, begin - first), len(readings.over)):
        tick = first + at
        wanted = readings.calm[at] if standing.raised else readings.over[at]
        streak = streak + 1 if wanted else 0
        held = standing.changed is None or tick - standing.changed >= patience.hold
        enough = patience.clear_after if standing.raised else patience.raise_after
        if streak < enough or not held:
            continue
        since = standing.since if standing.raised else tick - streak + 1
        standing = Standing(not standing.raised, tick, since)
        streak = 0
        yield Change(standing.raised, tick, tick if since is None else since)
