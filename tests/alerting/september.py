"""September 2020 as its replay plans it, as the totals that alert_totals would give: no engines."""

from collections.abc import Callable
from functools import cache

import numpy as np

from producers.bulletin import read
from producers.bulletin.plan import plan
from producers.events import Alert, Call, Event, KioskTransaction, Upload
from streams.alerting.machine import Standing
from streams.alerting.readings import DAY, STEP_SECONDS, Ints
from streams.alerting.rules import Subject, Watched, found

FIRST = 1_598_889_600 // STEP_SECONDS  # the midnight in Nanjing that September 2020 began with
TICKS = 30 * DAY
Fault = Callable[[Event, Ints], Ints]
"""Changes the totals by tick of all events that are alike."""


def subjects(event: Event) -> list[tuple[str, str]]:
    """Rule and subject of everything that an event adds to."""
    own = [("quiet_source", f"{event.KIND}/{event.source}")]
    if isinstance(event, Upload):
        own.append(("uploads_behind", event.organisation))
    if isinstance(event, Call) and event.line == "hotline" and event.category:
        own.append(("calls_unusual", event.category))
    if isinstance(event, KioskTransaction) and event.service == "payment":
        own.append(("payments_failing", event.institution))
    return own


@cache
def flows() -> list[tuple[Event, Ints]]:
    """Every flow of the month with its events by tick; uploads of equal organisations as one."""
    september = plan(read("2020-09"))
    made: dict[object, tuple[Event, Ints]] = {}
    events = [flow.event for flow in september.flows]
    size = TICKS + DAY
    for chunk in september.chunks():
        ticks = np.array(chunk.times) // (STEP_SECONDS * 1000) - FIRST
        for flow, tick in zip(chunk.flows, ticks.tolist(), strict=True):
            event = events[flow]
            alike = event.organisation if isinstance(event, Upload) else flow
            if alike not in made:
                made[alike] = (event, np.zeros(size, np.int64))
            made[alike][1][tick] += 1
    return [(event, totals[:TICKS]) for event, totals in made.values()]


def month(fault: Fault = lambda event, totals: totals) -> list[Watched]:
    """What is watched over the month, each flow changed by the fault first."""
    sums: dict[tuple[str, str], Ints] = {}
    for event, totals in flows():
        faulty = fault(event, totals)
        for key in subjects(event):
            sums[key] = sums.get(key, np.zeros(TICKS, np.int64)) + faulty
    return [
        Watched(Subject(rule, subject, "replay"), subject, FIRST, totals)
        for (rule, subject), totals in sums.items()
    ]


def alerts(watched: list[Watched]) -> list[Alert]:
    """All alerts of the month, by time."""
    every = [alert for each in watched for alert in found(each, Standing(), FIRST)]
    return sorted(every, key=lambda alert: (alert.occurred_at, alert.event_id))
