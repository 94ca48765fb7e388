"""Traffic that goes on whatever happens, and what Kafka has confirmed of it."""

from collections import deque
from random import Random
from threading import Event, Thread
from time import monotonic, sleep, time_ns
from typing import Any

from confluent_kafka import Producer

from ningmai.settings import Settings
from producers.encoder import Encoder
from schemas.kinds import kind
from schemas.registry import Registry
from tests.faults.log import KINDS
from tests.faults.messages import DAY_MS, SPOILED, event, event_of

TICK_SECONDS = 0.05
DELIVERED_WITHIN_SECONDS = 600
ANSWER_SECONDS = 30
REMEMBERED = 500
"""Messages of a kind that may come again: within the horizon, where each has one."""


class Traffic:
    """A thread that publishes; ``confirmed`` is what Kafka has taken, by place, with the id.

    The id is None where the message was spoiled, so that it may be anything. ``rate`` is in
    messages a second; ``again`` and ``spoiled`` are the shares that are repeats and no events.
    """

    def __init__(
        self,
        settings: Settings,
        seed: int,
        rate: float,
        again: float = 0.05,
        spoiled: float = 0.02,
    ) -> None:
        self.settings, self.rate = settings, rate
        self.again, self.spoiled = again, spoiled
        self.confirmed: dict[tuple[str, int, int, int], str | None] = {}
        self.failed: list[str] = []
        self.epochs = dict.fromkeys(KINDS, 1)
        self._draw = Random(seed)
        self._prefix = f"f{seed}-"
        self._made = 0
        self._sent: dict[str, deque[tuple[str, bytes]]] = {
            name: deque(maxlen=REMEMBERED) for name in KINDS
        }
        registry = Registry(settings)
        self._encoders = {
            name: Encoder(kind(name), registry.ids(name)[kind(name).versions[-1]]) for name in KINDS
        }
        self._stop = Event()
        self._thread: Thread | None = None
        self._producer = self._new_producer()

    def start(self) -> None:
        """Begin, or go on after ``pause``."""
        if self._thread is None:
            self._stop.clear()
            self._producer = self._new_producer()
            self._thread = Thread(target=self._run, name="traffic", daemon=True)
            self._thread.start()

    def pause(self) -> None:
        """Stop publishing, and wait until Kafka has confirmed or refused everything."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None
        left = self._producer.flush(DELIVERED_WITHIN_SECONDS)
        if left:
            self.failed.append(f"{left} messages neither confirmed nor refused")

    def publish(self, count: int) -> None:
        """Publish so many messages at once, besides or instead of the thread's."""
        for _ in range(count):
            self._one()
        self._producer.flush(DELIVERED_WITHIN_SECONDS)

    def spoil(self, how: str) -> None:
        """Publish a message of each kind that is spoiled in this way."""
        for name in KINDS:
            self._send_spoiled(name, how)
        self._producer.flush(DELIVERED_WITHIN_SECONDS)

    def early(self, count: int, ms: int) -> int:
        """Publish events of each kind that are so far beyond what may be told ahead of its time.

        Returns how many. They are dead letters now, and would be events a little later.
        """
        then = time_ns() // 1_000_000 + DAY_MS + ms
        for name in KINDS:
            for _ in range(count):
                self._made += 1
                one = f"{self._prefix}{self._made}"
                made = event_of(name, self._draw, one, then)
                _, value = self._encoders[name].encode(made, then)
                self._send(name, one, value, known=False)
        self._producer.flush(DELIVERED_WITHIN_SECONDS)
        return count * len(KINDS)

    def across(self, count: int) -> None:
        """Publish events of each kind again, unchanged, on any partition."""
        for name in KINDS:
            topic = self.settings.topic(name)
            numbers = len(
                self._producer.list_topics(topic, ANSWER_SECONDS).topics[topic].partitions
            )
            for one, value in list(self._sent[name])[-count:]:
                self._send(name, one, value, self._draw.randrange(numbers))
        self._producer.flush(DELIVERED_WITHIN_SECONDS)

    def made_again(self, name: str) -> None:
        """The topic was deleted and made again: what is confirmed from now on lies in a new one."""
        self.epochs[name] += 1

    def _run(self) -> None:
        last, owed = monotonic(), 0.0
        while not self._stop.wait(TICK_SECONDS):
            now = monotonic()
            owed = min(owed + (now - last) * self.rate, self.rate)
            last = now
            for _ in range(int(owed)):
                self._one()
            owed -= int(owed)
            self._producer.poll(0)

    def _one(self) -> None:
        draw = self._draw
        if draw.random() < self.again:
            name = draw.choice(KINDS)
            if self._sent[name]:
                self._send(name, *draw.choice(self._sent[name]))
                return
        if draw.random() < self.spoiled:
            ways = [each for each in SPOILED if each != "large"]
            self._send_spoiled(draw.choice(KINDS), draw.choice(ways))
            return
        self._made += 1
        now = time_ns() // 1_000_000
        made = event(draw, f"{self._prefix}{self._made}", now)
        _, value = self._encoders[made.KIND].encode(made, now)
        self._sent[made.KIND].append((made.event_id, value))
        self._send(made.KIND, made.event_id, value)

    def _send_spoiled(self, name: str, how: str) -> None:
        if not self._sent[name]:
            return
        # Under the key of the event that it was: what is an event still repeats it nearby.
        one, value = self._draw.choice(self._sent[name])
        self._send(name, one, SPOILED[how](self._draw, value), known=False)

    def _send(
        self, name: str, one: str, value: bytes | None, number: int = -1, known: bool = True
    ) -> None:
        epoch = self.epochs[name]

        def told(error: Any, message: Any) -> None:
            if error is not None:
                self.failed.append(f"{name}: {error}")
                return
            self.confirmed[name, epoch, message.partition(), message.offset()] = (
                one if known else None
            )

        while True:
            try:
                self._producer.produce(
                    self.settings.topic(name),
                    value,
                    one.encode(),
                    number,
                    on_delivery=told,
                )
                return
            except BufferError:
                self._producer.poll(TICK_SECONDS)
                sleep(TICK_SECONDS)

    def _new_producer(self) -> Any:
        return Producer(
            {
                "bootstrap.servers": self.settings.kafka_servers,
                "enable.idempotence": True,
                "acks": "all",
                "linger.ms": 20,
                "compression.type": "lz4",
                "partitioner": "murmur2_random",
                "message.max.bytes": 8_000_000,
                "message.timeout.ms": DELIVERED_WITHIN_SECONDS * 1000,
                "reconnect.backoff.max.ms": 500,
                "log_level": 0,
            }
        )
