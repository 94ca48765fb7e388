"""Publishes a planned bulletin: once, or again and again with the same ids until it is complete."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from ningmai.settings import Settings
from producers.bulletin.errors import BulletinError, OtherContent
from producers.bulletin.loaded import COMPLETED, STARTED, Loaded, loaded, shortened, statement
from producers.bulletin.model import Bulletin
from producers.bulletin.plan import Plan, plan
from producers.interface import EventPublisher
from producers.register import Register

Progress = Callable[[int, int], None]
"""Told how many events have been handed to the publisher, and how many there are."""

STEP = 4096
"""Events between two looks at the clock, unless a slow speed asks for fewer."""


class Stopped(BulletinError):
    """Retry: somebody stopped a replay. What was sent is acknowledged by Kafka."""

    def __init__(self, month: str, sent: int, total: int) -> None:
        super().__init__(
            f"Replay of {month} stopped after {sent:,} of {total:,} events. Nothing is lost: run "
            "the same command again and it continues safely, no event counts twice."
        )
        self.sent = sent
        self.total = total


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a replay ended. ``already``: it was complete before, nothing was published."""

    month: str
    checksum: str
    events: int
    already: bool
    provisional: tuple[str, ...]
    """Names that the register doesn't know."""


def replay(
    bulletin: Bulletin,
    publisher: EventPublisher,
    settings: Settings,
    speed: int | None = None,
    progress: Progress | None = None,
    *,
    known: Register | None = None,
    stop: threading.Event | None = None,
    before: Callable[[Settings, str], Loaded] = loaded,
) -> Outcome:
    """Publish all of a bulletin, at most ``speed`` events a second (None: as fast as it goes).

    A replay that is complete isn't repeated; one that was cut off is done again from the start, as
    equal ids count once. Raises OtherContent if this month was replayed from another folder,
    InvalidEvent if a name breaks a rule (in both cases before anything is published), Stopped on
    ``stop`` or Ctrl-C, and what the publisher raises when Kafka doesn't take everything.
    """
    planned = plan(bulletin, known)
    earlier = before(settings, str(bulletin.month))
    mine = shortened(bulletin.checksum)
    others = (earlier.started | earlier.completed) - {mine}
    if others:
        raise OtherContent(str(bulletin.month), ", ".join(sorted(others)), mine)
    already = mine in earlier.completed
    if not already:
        _publish(bulletin, planned, publisher, speed, progress, stop or threading.Event())
    names = tuple(one.name for one in planned.institutions if one.provisional)
    return Outcome(str(bulletin.month), bulletin.checksum, planned.events, already, names)


def _publish(
    bulletin: Bulletin,
    planned: Plan,
    publisher: EventPublisher,
    speed: int | None,
    progress: Progress | None,
    stop: threading.Event,
) -> None:
    """Frame the events with two statements, each acknowledged before what follows it."""
    sends = [publisher.prepare(flow.event).send for flow in planned.flows]
    publisher.publish(statement(bulletin, STARTED, planned.identity("started")))
    publisher.flush()
    for event in (*planned.institutions, *planned.statements):
        publisher.publish(event)
    sent = 0
    try:
        for sent in _flow(planned, sends, speed, stop):
            if progress:
                progress(sent, planned.events)
            if stop.is_set():
                break
    except KeyboardInterrupt:
        stop.set()
    publisher.flush()
    if stop.is_set() and sent < planned.events:
        raise Stopped(str(planned.month), sent, planned.events)
    publisher.publish(statement(bulletin, COMPLETED, planned.identity("completed")))
    publisher.flush()


def _flow(
    planned: Plan,
    sends: Sequence[Callable[[str, int], None]],
    speed: int | None,
    stop: threading.Event,
) -> Iterator[int]:
    """Send every event in order of time; yield how many went, after each step."""
    prefixes = [planned.id_prefix(flow) for flow in planned.flows]
    step = STEP if speed is None else max(1, min(STEP, speed // 10))
    began, sent = time.monotonic(), 0
    for chunk in planned.chunks():
        for start in range(0, len(chunk.flows), step):
            part = slice(start, start + step)
            flows = chunk.flows[part]
            for flow, number, at in zip(flows, chunk.numbers[part], chunk.times[part], strict=True):
                sends[flow](f"{prefixes[flow]}{number}", at)
            sent += len(flows)
            yield sent
            if speed is not None:
                stop.wait(max(0.0, began + sent / speed - time.monotonic()))
