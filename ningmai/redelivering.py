"""Dead letters that are events by now, published again: a schema has come, a clock has moved on.

Bytes are sent as they were. What still is no event stays where it is, and an event that is in the
tables already is a repeat of its id: doing this twice is as good as once.
"""

from base64 import b64decode
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from time import time

from confluent_kafka import KafkaError, Message, Producer
from tenacity import retry, retry_if_exception_type, stop_after_attempt, wait_exponential_jitter

from clickhouse.client import connect, errors_sorted
from ningmai.doing import Doing
from ningmai.errors import Problem
from ningmai.settings import Settings
from schemas.errors import RegistryUnavailable
from schemas.kinds import kinds
from schemas.registry import Registry
from streams.app import UNCOUNTED
from streams.batches import Batch
from streams.frames import Decoder, Events, Layouts, stretches

AT_ONCE = 1_000
DELIVERED_WITHIN_SECONDS = 60.0
LETTERS = """
SELECT base64Encode(value) FROM {db:Identifier}.dead_letters FINAL
WHERE topic = {kind:String} AND ({reason:String} = '' OR reason = {reason:String})
ORDER BY epoch, kafka_partition, kafka_offset
"""


@dataclass(slots=True)
class Redelivered:
    """What became of dead letters: published again, and what still is no event."""

    published: int = 0
    still_dead: int = 0


def redeliver(settings: Settings, kind: str, reason: str, doing: Doing) -> Redelivered:
    """Publish the dead letters of a kind, of one reason or (empty) of all, that are events now.

    Raises Problem, clickhouse.errors.ClickHouseError, RegistryUnavailable.
    """
    if kind not in kinds():
        raise Problem(f"{kind} is no topic.", "Topics are " + ", ".join(kinds()) + ".")
    with errors_sorted():
        rows = connect(settings).query(
            LETTERS, {"db": settings.database, "kind": kind, "reason": reason}
        )
    values = [b64decode(value) for (value,) in rows.result_rows]
    producer = Producer(
        {"bootstrap.servers": settings.kafka_servers, "enable.idempotence": True, "log_level": 0}
    )
    decoder = Decoder(Layouts(Registry(settings), kinds()[kind]), UNCOUNTED)
    done, failed = Redelivered(), list[str]()
    with doing.bar(f"{kind}: dead letters", len(values)) as advance:
        for first in range(0, len(values), AT_ONCE):
            some = values[first : first + AT_ONCE]
            good = _events(decoder, some)
            for event_id, value in good:
                producer.produce(
                    settings.topic(kind),
                    value,
                    event_id.encode(),
                    on_delivery=partial(_told, failed),
                )
            done.published += len(good)
            done.still_dead += len(some) - len(good)
            producer.flush(DELIVERED_WITHIN_SECONDS)
            advance(len(some))
    if left := len(producer) + len(failed):
        why = failed[0] if failed else "no answer"
        raise Problem(
            f"{left:,} of {done.published:,} messages were not delivered: {why}",
            "Do it again once Kafka answers: nothing counts twice.",
        )
    return done


def _told(failed: list[str], error: KafkaError | None, _message: Message) -> None:
    if error is not None:
        failed.append(str(error))


@retry(
    retry=retry_if_exception_type(RegistryUnavailable),
    wait=wait_exponential_jitter(multiplier=0.2),
    stop=stop_after_attempt(5),
    reraise=True,
)
def _events(decoder: Decoder, values: Sequence[bytes]) -> list[tuple[str, bytes]]:
    """Those that a worker would take for events if they were appended now, with their ids."""
    now = int(time() * 1000)
    batch = Batch(0, len(values), now, range(len(values)), values)
    return [found for stretch in stretches(0, [batch]) for found in _of(decoder.decode(stretch))]


def _of(decoded: Iterator[object]) -> Iterator[tuple[str, bytes]]:
    for each in decoded:
        if isinstance(each, Events):
            values = each.spliced.stretch.values
            ids = each.frame["event_id"].to_list()
            yield from zip(ids, (value or b"" for value in values), strict=True)
