"""A publisher for the tests of source systems: it checks as the real one does, and remembers."""

import time
from collections import Counter
from dataclasses import replace
from functools import cache
from typing import Any, Self

from producers.encoder import Encoder
from producers.errors import DeliveryFailed, InvalidEvent
from producers.events import Event
from producers.interface import Correcting
from schemas.errors import RuleBroken
from schemas.kinds import kind


class RecordingPublisher(Correcting):
    """Takes the place of Publisher without Kafka or registry.

    ``refuse_delivery`` makes the next flush raise DeliveryFailed for what was published since the
    last one, so that a source can test what it does then.
    """

    def __init__(self) -> None:
        self.published: list[Event] = []
        """Everything that would be in Kafka, in order."""
        self._waiting: list[Event] = []
        self._failed = 0
        self._refusing = ""
        self._closed = False

    @property
    def delivered(self) -> int:
        """Events confirmed."""
        return len(self.published)

    @property
    def failed(self) -> int:
        """Events accepted and not delivered."""
        return self._failed

    @property
    def in_flight(self) -> int:
        """Events published since the last flush."""
        return len(self._waiting)

    def publish(self, event: Event) -> None:
        """Checks the event as Publisher does, InvalidEvent included, and remembers it."""
        if self._closed:
            raise RuntimeError("this publisher is closed")
        self.check(event)
        self._waiting.append(event)

    def check(self, event: Event) -> None:
        """Checks the event as Publisher does, InvalidEvent included, and forgets it."""
        try:
            _encoder(event.KIND).encode(event, time.time_ns() // 1_000_000)
        except RuleBroken as broken:
            raise InvalidEvent(event.KIND, broken) from None

    def prepare(self, event: Event) -> "RecordingPrepared":
        """As Publisher.prepare, InvalidEvent included."""
        try:
            _encoder(event.KIND).tail(event, time.time_ns() // 1_000_000)
        except RuleBroken as broken:
            raise InvalidEvent(event.KIND, broken) from None
        return RecordingPrepared(self, event)

    def flush(self) -> None:
        """Confirms what was published, or raises DeliveryFailed after refuse_delivery."""
        waiting, self._waiting = self._waiting, []
        if not self._refusing:
            self.published += waiting
            return
        reason, self._refusing = self._refusing, ""
        self._failed += len(waiting)
        if waiting:
            first = [event.event_id for event in waiting[:10]]
            raise DeliveryFailed(self.delivered, {reason: len(waiting)}, first)

    def close(self) -> None:
        """Flushes; publishing afterwards raises RuntimeError."""
        self._closed = True
        self.flush()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def refuse_delivery(self, reason: str = "_MSG_TIMED_OUT") -> None:
        """Lets the next flush fail, with the name of an error of Kafka's."""
        self._refusing = reason

    def events(self, name: str) -> list[Event]:
        """What was published of one kind, confirmed or not, in order."""
        return [event for event in self.published + self._waiting if name == event.KIND]

    def assert_published(self, name: str, **fields: Any) -> Event:
        """The one event of that kind with these values; AssertionError for none or several."""
        events = self.events(name)
        found = [event for event in events if _has(event, fields)]
        if len(found) != 1:
            raise AssertionError(
                f"{len(found)} events of kind {name} have {fields}, expected 1; there are: {events}"
            )
        return found[0]

    def assert_nothing_published(self, name: str | None = None) -> None:
        """AssertionError if anything, or anything of that kind, was published."""
        events = [each for each in self.published + self._waiting if name in (None, each.KIND)]
        if events:
            raise AssertionError(f"expected none, there are: {events}")

    def assert_taken_back(self, event_id: str) -> Event:
        """The one retraction of that event, whose content it repeats; AssertionError otherwise."""
        everything = self.published + self._waiting
        backs = [each for each in everything if each.sign == -1 and each.corrects == event_id]
        first = [each for each in everything if each.event_id == event_id]
        if len(backs) != 1 or len(first) != 1:
            raise AssertionError(
                f"{event_id}: published {len(first)} times, taken back {len(backs)} times"
            )
        as_first = replace(backs[0], event_id=event_id, sign=1, corrects=first[0].corrects)
        if as_first != first[0]:
            raise AssertionError(f"the retraction differs from the event: {backs[0]}, {first[0]}")
        return backs[0]

    def counts(self) -> Counter[str]:
        """How many events of each kind were published."""
        return Counter(event.KIND for event in self.published + self._waiting)


class RecordingPrepared:
    """An event of which only the id and the time change; made by RecordingPublisher.prepare."""

    def __init__(self, publisher: RecordingPublisher, event: Event) -> None:
        self._publisher = publisher
        self._event = event

    def send(self, event_id: str, occurred_at_ms: int) -> None:
        """Publishes the event under this id and time."""
        self._publisher.publish(replace(self._event, event_id=event_id, occurred_at=occurred_at_ms))


@cache
def _encoder(name: str) -> Encoder:
    return Encoder(kind(name), schema_id=1)


def _has(event: Event, fields: dict[str, Any]) -> bool:
    return all(getattr(event, name) == value for name, value in fields.items())
