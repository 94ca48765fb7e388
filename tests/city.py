"""A city to look at: September 2020 as it was replayed, and simulated traffic of today."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from clickhouse_connect.driver.client import Client
from confluent_kafka import Producer

from ningmai.settings import Settings
from producers import Publisher
from producers.bulletin import read
from producers.bulletin.month import SHANGHAI
from producers.bulletin.plan import Plan, plan
from producers.events import Alert
from producers.simulate import Simulator
from streams.audit import audit
from streams.quality import keep_quality
from tests.handmade import planned
from tests.workers import drained, prepared, worker

EVENTS_A_SECOND = 2
MINUTES = 90
SMALL_BLOCK = 256
"""So that there are sealed blocks, which the audit looks at."""
BUSY_HOUR = 7
"""In Shanghai: all kinds have events then, which kiosks and nightly loads do not at any hour."""


@contextmanager
def city(settings: Settings, log: Path) -> Iterator[Client]:
    """Tables filled, and a worker that goes on counting; in a namespace of nobody else."""
    client = prepared(settings)
    september = plan(read("2020-09"))
    planned(client, september)
    with worker(settings.model_copy(update={"block_size": SMALL_BLOCK}), log):
        simulate(settings, september)
        drained(settings, client)
        keep_quality(client, settings.database)
        audit(client, settings.database, datetime.now(UTC) - timedelta(hours=1))
        yield client


def simulate(settings: Settings, month: Plan) -> None:
    """Publish what a busy hour and a half brings, as if it were the last of today; besides alerts,
    and a message that is no event."""
    now = datetime.now(SHANGHAI)
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    begins = max(now - timedelta(minutes=MINUTES), midnight)
    busy = midnight.replace(hour=BUSY_HOUR) - timedelta(days=now.hour < BUSY_HOUR)
    start, length = _milliseconds(busy), MINUTES * 60_000
    shorter = (now - begins) / timedelta(minutes=MINUTES)
    simulator = Simulator(month, EVENTS_A_SECOND, 1, start)
    with Publisher(settings) as publisher:
        for until in range(start, start + length + 1, 60_000):
            for event, event_id, at in simulator.until(until):
                happened = _milliseconds(begins) + round((at - start) * shorter)
                publisher.publish(replace(event, event_id=event_id, occurred_at=happened))
        for alert in alerts(now):
            publisher.publish(alert)
    garbage = Producer({"bootstrap.servers": settings.kafka_servers})
    garbage.produce(settings.topic("calls"), b"no event")
    garbage.flush()


def alerts(now: datetime) -> Iterator[Alert]:
    """One that is open and one that is over, of subjects that the worker hears nothing of."""
    since = now - timedelta(hours=3)
    told = Alert(
        occurred_at=since + timedelta(minutes=15),
        source="ningmai",
        origin="simulated",
        rule="quiet_source",
        subject="calls/hotline-nowhere",
        state="raised",
        level="warning",
        measured=300,
        usual=50,
        limit=200,
        since=since,
        text="来源静默：12320 热线（hotline-nowhere） 已 3 小时没有事件，同一时段以往最长 0.5 小时",
    )
    yield told
    over = replace(told, event_id="over", subject="calls/hotline-elsewhere", level="critical")
    yield over
    yield replace(over, event_id="over-cleared", occurred_at=now, state="cleared")


def _milliseconds(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)
