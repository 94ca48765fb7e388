"""The way in: typed events, checked, encoded, and confirmed by Kafka or reported."""

import logging
import time
from collections import Counter
from collections.abc import Mapping
from threading import Lock
from typing import Any, Protocol, Self

from confluent_kafka import KafkaError, KafkaException, Producer

from ningmai.settings import Settings
from producers.encoder import Encoder
from producers.errors import DeliveryFailed, InvalidEvent
from producers.events import Event
from producers.interface import Correcting
from schemas.errors import RuleBroken
from schemas.kinds import kind
from schemas.registry import Registry

log = logging.getLogger(__name__)

QUEUE_EVENTS = 100_000
QUEUE_KIB = 64 * 1024
"""What may wait in memory; beyond either, publish waits."""
DELIVERY_SECONDS = 120
"""How long Kafka may take to confirm an event, retries included."""
SERVE_EVERY = 1024
"""Events between two looks at what Kafka has confirmed."""
FIRST_FAILURES = 10
"""Events that DeliveryFailed names."""
WARN_EVERY_SECONDS = 30
SLICE_SECONDS = 0.2
"""Longest wait inside the Kafka library, so that Ctrl-C is heard."""

GUARANTEES: dict[str, Any] = {
    "enable.idempotence": True,
    "acks": "all",
    "compression.type": "lz4",
    "linger.ms": 50,
    "batch.size": 512 * 1024,
    # What Java's client does by default: a key is on the same partition whoever publishes it.
    "partitioner": "murmur2_random",
    "queue.buffering.max.messages": QUEUE_EVENTS,
    "queue.buffering.max.kbytes": QUEUE_KIB,
    "delivery.report.only.error": True,
}


class Ids(Protocol):
    """Where the ids of registered schemas come from: a Registry, or a test's stand-in."""

    def ids(self, name: str) -> dict[int, int]:
        """The id of each version of a kind."""


class Publisher(Correcting):
    """Publishes events of every kind; use it in a ``with`` block, or call ``close``.

    Nothing is dropped silently: what ``publish`` accepted is confirmed by all of Kafka's replicas,
    or ``flush`` says what was not. Memory is bounded: when Kafka is slower than the source,
    ``publish`` waits. May be used by several threads at once; not across a fork.

    ``kafka`` adds settings of librdkafka, such as those of TLS and SASL; those that the guarantees
    rest on cannot be changed. ``registry`` is one to share; made from the settings by default.
    """

    def __init__(
        self,
        settings: Settings,
        kafka: Mapping[str, Any] | None = None,
        delivery_seconds: float = DELIVERY_SECONDS,
        registry: Ids | None = None,
    ) -> None:
        kafka = dict(kafka or {})
        if fixed := sorted(kafka.keys() & GUARANTEES.keys()):
            raise ValueError(f"the publisher's guarantees rest on these settings: {fixed}")
        self._settings = settings
        self._registry = registry or Registry(settings)
        self._producer = Producer(
            {
                "bootstrap.servers": settings.kafka_servers,
                "message.timeout.ms": int(delivery_seconds * 1000),
                "allow.auto.create.topics": False,
                "reconnect.backoff.max.ms": 1000,
                "on_delivery": self._failed_one,
                "error_cb": self._trouble,
                "log_level": 0,  # many lines a second while Kafka is away; _trouble says it
                **kafka,
                **GUARANTEES,
            }
        )
        self._encoders: dict[str, tuple[str, Encoder]] = {}
        self._lock = Lock()
        self._accepted = 0
        self._failed = 0
        self._unreported: Counter[str] = Counter()
        self._first: list[str] = []
        self._closed = False
        self._next_warning = 0.0

    @property
    def delivered(self) -> int:
        """Events that Kafka has confirmed; at least so many while some are in flight."""
        return max(0, self._accepted - self._failed - self.in_flight)

    @property
    def failed(self) -> int:
        """Events accepted and not delivered, since the publisher was made."""
        return self._failed

    @property
    def in_flight(self) -> int:
        """Events accepted and neither confirmed nor failed yet; at most so many."""
        self._producer.poll(0)
        return len(self._producer)

    def publish(self, event: Event) -> None:
        """Checks the event and hands it to Kafka; waits while Kafka is behind.

        Raises InvalidEvent before anything is sent. The first event of a kind asks the registry:
        RegistryUnavailable, or UnknownSchema where this version of the package is newer than what
        is registered.
        """
        self._produce(*self._encoded(event))

    def check(self, event: Event) -> None:
        """Raises as publish does, and publishes nothing."""
        self._encoded(event)

    def prepare(self, event: Event) -> "Prepared":
        """Checks and encodes everything but event_id and occurred_at, for many events alike.

        Raises as publish does.
        """
        topic, encoder = self._encoder(event.KIND)
        try:
            tail = encoder.tail(event, time.time_ns() // 1_000_000)
        except RuleBroken as broken:
            raise InvalidEvent(event.KIND, broken) from None
        return Prepared(self._produce, topic, encoder, event, tail)

    def flush(self) -> None:
        """Waits until Kafka has confirmed everything, at most for the delivery time.

        Raises DeliveryFailed when something published since the last flush was not delivered.
        """
        while self._producer.flush(SLICE_SECONDS):
            pass
        with self._lock:
            reasons, first = self._unreported, self._first
            self._unreported, self._first = Counter(), []
        if reasons:
            raise DeliveryFailed(self.delivered, reasons, first)

    def close(self) -> None:
        """Flushes, and raises as flush does; publishing afterwards raises RuntimeError."""
        self._closed = True
        self.flush()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind_of_error: object, error: BaseException | None, _trace: object) -> None:
        try:
            self.close()
        except DeliveryFailed as failed:
            if error is None:
                raise
            error.add_note(str(failed))

    def _encoded(self, event: Event) -> tuple[str, bytes, bytes]:
        """Topic, key and value."""
        topic, encoder = self._encoder(event.KIND)
        try:
            return topic, *encoder.encode(event, time.time_ns() // 1_000_000)
        except RuleBroken as broken:
            raise InvalidEvent(event.KIND, broken) from None

    def _encoder(self, name: str) -> tuple[str, Encoder]:
        known = self._encoders.get(name)
        if known is None:
            ids = self._registry.ids(name)
            of = kind(name)
            known = self._settings.topic(name), Encoder(of, ids[of.versions[-1]])
            self._encoders[name] = known
        return known

    def _produce(self, topic: str, key: bytes, value: bytes) -> None:
        if self._closed:
            raise RuntimeError("this publisher is closed")
        while True:
            try:
                self._producer.produce(topic, value, key)
                break
            except BufferError:  # full: wait until Kafka has taken some
                self._producer.poll(SLICE_SECONDS)
            except KafkaException as error:  # fatal for this producer: no later event would go
                raise DeliveryFailed(self.delivered, {_reason(error): 1}, [_text(key)]) from error
        with self._lock:
            self._accepted += 1
            serve = self._accepted % SERVE_EVERY == 0
        if serve:
            self._producer.poll(0)

    def _trouble(self, error: Any) -> None:
        """Called by the Kafka library for what it goes on trying to overcome by itself."""
        away = error.code() == KafkaError._ALL_BROKERS_DOWN
        if away and time.monotonic() >= self._next_warning:
            self._next_warning = time.monotonic() + WARN_EVERY_SECONDS
            log.warning("Kafka at %s does not answer. Events wait.", self._settings.kafka_servers)

    def _failed_one(self, error: Any, message: Any) -> None:
        """Called by the Kafka library for an event that it gives up."""
        with self._lock:
            self._failed += 1
            self._unreported[error.name()] += 1
            if len(self._first) < FIRST_FAILURES:
                self._first.append(_text(message.key()))
        if self._failed == 1:
            log.warning("An event was not delivered: %s. flush() will say which.", error)


class Prepared:
    """An event of which only the id and the time change; made by Publisher.prepare."""

    def __init__(
        self, produce: Any, topic: str, encoder: Encoder, event: Event, tail: bytes
    ) -> None:
        self._produce = produce
        self._topic = topic
        self._head = encoder.head
        self._event = event
        self._tail = tail
        # Only the register is not keyed by its events' ids.
        self._key = None if encoder.keyed_by_id else encoder.key(event)

    def send(self, event_id: str, occurred_at_ms: int) -> None:
        """Publishes the event under this id and time, both checked; raises as publish does."""
        try:
            head = self._head(event_id, occurred_at_ms, time.time_ns() // 1_000_000)
        except RuleBroken as broken:
            raise InvalidEvent(self._event.KIND, broken) from None
        self._produce(self._topic, self._key or event_id.encode(), head + self._tail)


def _reason(error: KafkaException) -> str:
    name: str = error.args[0].name()
    return name


def _text(key: bytes) -> str:
    return key.decode(errors="replace")
