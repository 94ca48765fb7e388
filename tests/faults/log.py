"""The log as Kafka has it: every message from offset 0 on, and what it is by the contract's words.

Read with confluent-kafka and fastavro, one message at a time. Shares no code with streams/.
"""

import io
import json
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from typing import Any

import fastavro
from confluent_kafka import Consumer, KafkaError, TopicPartition

from ningmai.settings import Settings

KINDS = ("bookings", "calls", "kiosk_transactions", "telemedicine", "uploads")
DAY_MS = 86_400_000
YEAR_2000_MS = 946_656_000_000  # 2000-01-01 in Asia/Shanghai
YEAR_2000_DAY = 10_957
AT_LEAST_0 = ("amount_fen", "images", "rows", "persons")
ANSWER_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Message:
    """One offset that carries a message; ``event`` is None where it is no event."""

    offset: int
    appended: int
    event: dict[str, Any] | None


@dataclass
class Life:
    """One topic from when it was made until it was deleted: messages and end by partition.

    ``eaten`` has, for where a worker began while Kafka had given up the log below an offset: that
    offset, by partition and by where it began.
    """

    messages: dict[int, list[Message]] = field(default_factory=dict)
    ends: dict[int, int] = field(default_factory=dict)
    eaten: dict[int, dict[int, int]] = field(default_factory=dict)


class Log:
    """Everything that the five topics ever held, also of topics deleted since."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.lives: dict[str, list[Life]] = {kind: [Life()] for kind in KINDS}
        self._schemas: dict[int, Any] = {}

    def begins_again(self, kind: str) -> None:
        """The topic was deleted, after all of it had been read here."""
        self.lives[kind].append(Life())

    def ends(self) -> dict[tuple[str, int], int]:
        """The offset behind the last one of each partition, now."""
        consumer = self._consumer()
        try:
            return {
                (kind, number): consumer.get_watermark_offsets(
                    TopicPartition(self.settings.topic(kind), number), timeout=ANSWER_SECONDS
                )[1]
                for kind in KINDS
                for number in self._partitions(consumer, kind)
            }
        finally:
            consumer.close()

    def read(self) -> None:
        """Read on, up to the present end."""
        consumer = self._consumer()
        try:
            for kind in KINDS:
                for number in self._partitions(consumer, kind):
                    self._read_partition(consumer, kind, number)
        finally:
            consumer.close()

    def _read_partition(self, consumer: Any, kind: str, number: int) -> None:
        life = self.lives[kind][-1]
        known = life.messages.setdefault(number, [])
        topic = TopicPartition(self.settings.topic(kind), number, life.ends.get(number, 0))
        end = consumer.get_watermark_offsets(topic, timeout=ANSWER_SECONDS)[1]
        consumer.assign([topic])
        while True:
            message = consumer.poll(ANSWER_SECONDS)
            if message is None:
                raise TimeoutError(f"Kafka gives nothing of {kind}/{number}")
            if message.error() is None:
                appended = message.timestamp()[1]
                event = self._event(kind, message.value(), appended)
                known.append(Message(message.offset(), appended, event))
            elif message.error().code() == KafkaError._PARTITION_EOF:
                break
        consumer.unassign()
        # Behind the last message there may be a control record, which is never handed out.
        life.ends[number] = max(end, known[-1].offset + 1 if known else 0)

    def _partitions(self, consumer: Any, kind: str) -> list[int]:
        topic = self.settings.topic(kind)
        return sorted(consumer.list_topics(topic, ANSWER_SECONDS).topics[topic].partitions)

    def _consumer(self) -> Any:
        return Consumer(
            {
                "bootstrap.servers": self.settings.kafka_servers,
                "group.id": f"{self.settings.namespace}-oracle",
                "enable.auto.commit": False,
                "enable.partition.eof": True,
                "isolation.level": "read_committed",
                "auto.offset.reset": "error",
                "log_level": 0,
            }
        )

    def _event(self, kind: str, value: bytes | None, appended: int) -> dict[str, Any] | None:
        if value is None or len(value) < 5 or value[0] != 0:
            return None
        schema = self._schema(int.from_bytes(value[1:5], "big"))
        if schema is None:
            return None
        datum = io.BytesIO(value[5:])
        try:
            event: Any = fastavro.schemaless_reader(datum, schema, None)
            again = io.BytesIO()
            fastavro.schemaless_writer(again, schema, event)
        except Exception:  # noqa: BLE001 # whatever an Avro reader meets in bytes that are none
            return None
        # Written again it must be the same bytes: nothing behind it, no number out of its range.
        if again.getvalue() != value[5:] or event.keys() != _fields(kind):
            return None
        return event if good(event, appended) else None

    def _schema(self, number: int) -> Any:
        """The schema of an id, with times and days as the numbers that they are; None: no such."""
        if number not in self._schemas:
            url = f"{self.settings.registry_url}/schemas/ids/{number}"
            try:
                answer = json.loads(urllib.request.urlopen(url, timeout=ANSWER_SECONDS).read())
                self._schemas[number] = fastavro.parse_schema(_plain(json.loads(answer["schema"])))
            except urllib.error.HTTPError:
                self._schemas[number] = None
        return self._schemas[number]


COMMON = {"event_id", "occurred_at", "source", "origin", "sign", "corrects"}
OWN = {
    "bookings": {"hospital", "channel", "route"},
    "calls": {"line", "city", "category"},
    "kiosk_transactions": {"institution", "device", "service", "amount_fen"},
    "telemedicine": {"platform", "item", "institution", "images"},
    "uploads": {"organisation", "table_code", "business_date", "rows", "persons"},
}


def _fields(kind: str) -> set[str]:
    return COMMON | OWN[kind]


def _plain(schema: Any) -> Any:
    if isinstance(schema, dict):
        return {name: _plain(part) for name, part in schema.items() if name != "logicalType"}
    return [_plain(part) for part in schema] if isinstance(schema, list) else schema


def good(event: dict[str, Any], appended: int) -> bool:
    """The contract's rules, in a few lines; limits on time go by the append time (ms)."""
    one, taken_back = event["event_id"], event["sign"] == -1
    today = (appended + 8 * 3_600_000) // DAY_MS
    return (
        0 < len(one) <= 64
        and all(" " <= letter <= "~" for letter in one)
        and len(event["source"]) <= 64
        and "" not in event.values()
        and event["sign"] in (1, -1)
        and (event["corrects"] is not None or not taken_back)
        and YEAR_2000_MS <= event["occurred_at"] <= appended + DAY_MS
        and YEAR_2000_DAY <= event.get("business_date", today) <= today + 1
        and all((event.get(name) or 0) >= 0 for name in AT_LEAST_0)
    )
