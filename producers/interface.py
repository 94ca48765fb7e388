"""What a publisher can do: the real one and the one for tests both do it."""

from typing import Protocol, Self

from producers.events import Event


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

    def prepare(self, event: Event) -> PreparedEvent:
        """Checks and encodes everything but the id and the time, once for many events."""

    def flush(self) -> None:
        """Returns when everything published is confirmed; raises DeliveryFailed otherwise."""

    def close(self) -> None:
        """Flushes; nothing can be published afterwards."""

    def __enter__(self) -> Self: ...

    def __exit__(self, *error: object) -> None: ...
