"""Simulated traffic at the present time: in the proportions of a printed month, marked as such.

Every event has origin ``simulated`` and source ``simulator``: no figure of a bulletin counts it,
and every screen can say so.
"""

import logging
import threading
import time
from bisect import bisect
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate
from random import Random

from producers.bulletin import read
from producers.bulletin.draft import LETTERS, Flow
from producers.bulletin.month import SHANGHAI
from producers.bulletin.plan import Plan, plan
from producers.errors import DeliveryFailed
from producers.events import Event, KioskTransaction, Upload
from producers.interface import EventPublisher
from producers.rhythm import HOURS, WEEKDAYS

log = logging.getLogger(__name__)

SOURCE = "simulator"
MONTH = "2020-09"
TICK_SECONDS = 0.25
FLUSH_SECONDS = 5.0
LONGEST_TICK_MS = 60_000
"""After a longer pause (a laptop asleep) the time in between stays empty."""

AMOUNTS = (25, 50, 100, 125, 200)
"""Amounts of kiosk transactions, in percent of the institution's mean: theirs is 100."""

Emission = tuple[Event, str, int]
"""A template, and the id and the moment (UTC milliseconds) that it gets."""


@dataclass(frozen=True, slots=True)
class _Kind:
    """Templates of one kind, each as likely as it is frequent in the month."""

    templates: list[Event]
    ends: list[int]
    share: float
    """Its part of all events of the month."""


class Simulator:
    """Makes the events between two moments; the same for the same seed, start and moments.

    ``rate`` is the mean number of events a second over a week; the hour and the weekday move it.
    """

    def __init__(self, planned: Plan, rate: float, seed: int, start_ms: int) -> None:
        self._rate = rate
        self._random = Random(f"{seed}/{start_ms}")
        self._kinds = _kinds(planned)
        self._prefix = f"sim-{start_ms:x}-{seed & 0xFFFFFFFF:x}-"
        self._now = start_ms
        self._made = 0

    def until(self, now_ms: int) -> Iterator[Emission]:
        """Events from the last call's moment up to this one, kind by kind."""
        start = max(self._now, now_ms - LONGEST_TICK_MS)
        self._now = max(self._now, now_ms)
        local = datetime.fromtimestamp(now_ms / 1000, UTC).astimezone(SHANGHAI)
        for name, kind in self._kinds.items():
            mean = self._rate * kind.share * _pace(name, local) * max(0, now_ms - start) / 1000
            for _ in range(int(mean) + (self._random.random() < mean % 1)):
                self._made += 1
                event_id = f"{self._prefix}{LETTERS[name]}-{self._made}"
                at = start + int(self._random.random() * (now_ms - start))
                yield self._event(kind, local.date()), event_id, at

    def _event(self, kind: _Kind, today: date) -> Event:
        event = kind.templates[bisect(kind.ends, self._random.randrange(kind.ends[-1]))]
        if isinstance(event, Upload):
            return replace(event, business_date=today - timedelta(1))
        if isinstance(event, KioskTransaction):
            percent = self._random.choice(AMOUNTS)
            return replace(event, amount_fen=event.amount_fen * percent // 100)
        return event


def simulate(
    publisher: EventPublisher,
    rate: float,
    seed: int,
    stop: threading.Event,
    *,
    clock: Callable[[], float] = time.time,
    sent: Callable[[int], None] | None = None,
) -> int:
    """Publish simulated traffic from now on until ``stop``; return how many events.

    ``clock`` gives seconds since 1970; ``sent`` is told the number of events so far. Events that
    Kafka doesn't take are logged and not sent again: simulated ones needn't be.
    """
    simulator = Simulator(plan(read(MONTH)), rate, seed, int(clock() * 1000))
    prepared = _Prepared(publisher)
    count, flushed = 0, clock()
    while not stop.wait(TICK_SECONDS):
        now = clock()
        for event, event_id, at in simulator.until(int(now * 1000)):
            prepared.send(event, event_id, at)
            count += 1
        if now - flushed > FLUSH_SECONDS:
            _flush(publisher)
            flushed = now
        if sent:
            sent(count)
    _flush(publisher)
    return count


def _flush(publisher: EventPublisher) -> None:
    try:
        publisher.flush()
    except DeliveryFailed as failed:
        log.warning("Simulated events were lost, the simulation goes on: %s", failed)


class _Prepared:
    """Prepares each template once; uploads, of which no two are alike, are published singly."""

    def __init__(self, publisher: EventPublisher) -> None:
        self._publisher = publisher
        self._sends: dict[Event, Callable[[str, int], None]] = {}

    def send(self, event: Event, event_id: str, at: int) -> None:
        if isinstance(event, Upload):
            self._publisher.publish(replace(event, event_id=event_id, occurred_at=at))
            return
        send = self._sends.get(event)
        if send is None:
            send = self._sends[event] = self._publisher.prepare(event).send
        send(event_id, at)


def _pace(kind: str, local: datetime) -> float:
    """How much busier than on average this hour of this weekday is."""
    hours, weekdays = HOURS[kind], WEEKDAYS[kind]
    hour = hours[local.hour] * len(hours) / sum(hours)
    return hour * weekdays[local.weekday()] * len(weekdays) / sum(weekdays)


def _kinds(planned: Plan) -> dict[str, _Kind]:
    """Templates by kind, their frequencies and the kind's share of the month."""
    flows: dict[str, list[Flow]] = {}
    for flow in planned.flows:
        flows.setdefault(flow.event.KIND, []).append(flow)
    found = {}
    for name, ones in flows.items():
        ends = list(accumulate(flow.count for flow in ones))
        templates = [replace(flow.event, source=SOURCE, origin="simulated") for flow in ones]
        found[name] = _Kind(templates, ends, ends[-1] / planned.events)
    return found
