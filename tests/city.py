"""A city to look at: September 2020 as it was replayed, and simulated traffic of today."""

import time
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
from producers.bulletin.plan import Plan, plan
from producers.simulate import Simulator
from streams.app import ROLLUPS
from streams.audit import audit
from tests.handmade import planned
from tests.workers import drained, prepared, worker

EVENTS_A_SECOND = 2
MINUTES = 90
SMALL_BLOCK = 256
"""So that there are sealed blocks, which the audit looks at."""
FINER = (
    "INSERT INTO rollup_{0} SELECT * REPLACE ('{1}' AS grain) FROM rollup_{0} WHERE grain = 'day'"
)


@contextmanager
def city(settings: Settings, log: Path) -> Iterator[Client]:
    """Tables filled, and a worker that goes on counting; in a namespace of nobody else."""
    client = prepared(settings)
    september = plan(read("2020-09"))
    planned(client, september)
    for kind in ROLLUPS:
        for grain in ("hour", "minute"):
            client.command(FINER.format(kind, grain))
    with worker(settings.model_copy(update={"block_size": SMALL_BLOCK}), log):
        simulate(settings, september)
        drained(settings, client)
        audit(client, settings.database, datetime.now(UTC) - timedelta(hours=1))
        yield client


def simulate(settings: Settings, month: Plan) -> None:
    """Publish what the last hour and a half would have brought, and a message that is no event."""
    now = time.time_ns() // 1_000_000
    start = now - MINUTES * 60_000
    simulator = Simulator(month, EVENTS_A_SECOND, 1, start)
    with Publisher(settings) as publisher:
        for minute in range(1, MINUTES + 1):
            for event, event_id, at in simulator.until(start + minute * 60_000):
                publisher.publish(replace(event, event_id=event_id, occurred_at=at))
    garbage = Producer({"bootstrap.servers": settings.kafka_servers})
    garbage.produce(settings.topic("calls"), b"no event")
    garbage.flush()
