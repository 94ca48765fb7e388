"""A city to look at: September 2020 as it was replayed, and simulated traffic of today."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
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


class Traffic:
    """Today's simulated traffic, for tests that run past midnight too."""

    def __init__(self, settings: Settings, month: Plan, client: Client) -> None:
        self._settings = settings
        self._month = month
        self._client = client
        self._day: date | None = None

    def of_today(self) -> date:
        """The day in Shanghai. Returns when its events are counted: more are published, and
        waited for, when there are none yet of this day."""
        now = datetime.now(SHANGHAI)
        if now.date() != self._day:
            simulate(self._settings, self._month, now)
            drained(self._settings, self._client)
            self._day = now.date()
        return self._day


@contextmanager
def city(settings: Settings, log: Path) -> Iterator[tuple[Client, Traffic]]:
    """Tables filled, and a worker that goes on counting; in a namespace of nobody else."""
    client = prepared(settings)
    september = plan(read("2020-09"))
    planned(client, september)
    traffic = Traffic(settings, september, client)
    with worker(settings.model_copy(update={"block_size": SMALL_BLOCK}), log):
        publish_what_is_wrong(settings)
        traffic.of_today()
        keep_quality(client, settings.database)
        audit(client, settings.database, datetime.now(UTC) - timedelta(hours=1))
        yield client, traffic


def simulate(settings: Settings, month: Plan, now: datetime) -> None:
    """Publish what a busy hour and a half brings, as if it were the last of today."""
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    begins = max(now - timedelta(minutes=MINUTES), midnight)
    busy = midnight.replace(hour=BUSY_HOUR) - timedelta(days=now.hour < BUSY_HOUR)
    start, length = _milliseconds(busy), MINUTES * 60_000
    shorter = (now - begins) / timedelta(minutes=MINUTES)
    simulator = Simulator(month, EVENTS_A_SECOND, now.toordinal(), start)
    with Publisher(settings) as publisher:
        for until in range(start, start + length + 1, 60_000):
            for event, event_id, at in simulator.until(until):
                happened = _milliseconds(begins) + round((at - start) * shorter)
                publisher.publish(replace(event, event_id=event_id, occurred_at=happened))


def publish_what_is_wrong(settings: Settings) -> None:
    """Alerts, and a message that is no event."""
    with Publisher(settings) as publisher:
        for alert in alerts(datetime.now(SHANGHAI)):
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
