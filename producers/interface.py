"""What a publisher can do: the real one and the one for tests both do it."""

from typing import Any, Protocol, Self

from producers.events import AnyEvent, Event, amendment, retraction


class PreparedEvent(Protocol):
    """An event whose content is checked and encoded, to be sent many times."""

    def send(self, event_id: str, occurred_at_ms: int) -> None:
        """Publishes it under this id and time; both are checked, InvalidEvent as in publish."""


class EventPublisher(Protocol):
    """Where events are published."""

    @property
    def delivered(self) -> int:
        """Events confirmed so far; at least so many while some are in flight."""

    @property
    def failed(self) -> int:
        """Events accepted and not delivered."""

    @property
    def in_flight(self) -> int:
        """Events accepted and neither confirmed nor failed; at most so many."""

    def publish(self, event: Event) -> None:
        """Checks the event and hands it on; raises InvalidEvent for one that breaks a rule."""

    def check(self, event: Event) -> None:
        """Raises InvalidEvent as publish does, and publishes nothing."""

    def retract(self, event: AnyEvent, event_id: str | None = None) -> AnyEvent:
        """Takes an event back; see Correcting."""

    def amend(self, event: AnyEvent, **changes: Any) -> AnyEvent:
        """Takes an event back and publishes the right one; see Correcting."""

    def prepare(self, event: Event) -> PreparedEvent:
        """Checks and encodes everything but the id and the time, once for many events."""

    def flush(self) -> None:
        """Returns when everything published is confirmed; raises DeliveryFailed otherwise."""

    def close(self) -> None:
        """Flushes; nothing can be published afterwards."""

    def __enter__(self) -> Self: ...

    def __exit__(self, *error: object) -> None: ...


class Correcting:
    """What both publishers offer for corrections, by publishing events."""

    def publish(self, event: Event) -> None:
        """Checks the event and hands it on."""
        raise NotImplementedError("bug: a publisher says how it publishes")

    def check(self, event: Event) -> None:
        """Raises InvalidEvent as publish does, and publishes nothing."""
        raise NotImplementedError("bug: a publisher says how it checks")

    def retract(self, event: AnyEvent, event_id: str | None = None) -> AnyEvent:
        """Takes an event back, whole as it was published; returns its retraction.

        Doing it again is the same retraction, and counts once. Raises InvalidEvent as publish does,
        ValueError for an event that is a retraction itself.
        """
        back = retraction(event, event_id)
        self.publish(back)
        return back

    def amend(self, event: AnyEvent, **changes: Any) -> AnyEvent:
        """Takes an event back and publishes it again with these fields; returns the right one.

        To amend once more, amend what this returned. Doing the same again changes nothing. The
        right event is checked first, so that nothing is taken back for one that is refused.
        """
        right = amendment(event, **changes)
        self.check(right)
        self.publish(retraction(event))
        self.publish(right)
        return right
