"""Publishes changes of the register, and waits until ClickHouse has them."""

import time
from collections.abc import Sequence

from clickhouse_connect.driver.client import Client

from clickhouse.client import connect, errors_sorted
from ningmai.settings import Settings
from producers import Publisher
from producers.events import Event

WAIT_SECONDS = 20.0
"""How long a worker may take to write them: it does so in less than one when it keeps up."""
PAUSE_SECONDS = 0.2


def tell(settings: Settings, events: Sequence[Event]) -> bool:
    """Publish events, confirmed by Kafka; whether ClickHouse had them all within the wait.

    Raises what the publisher raises, and clickhouse.errors.
    """
    with Publisher(settings) as publisher:
        for event in events:
            publisher.publish(event)
    client = connect(settings)
    until = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < until:
        with errors_sorted():
            there = all(_there(client, kind, events) for kind in {one.KIND for one in events})
        if there:
            return True
        time.sleep(PAUSE_SECONDS)
    return False


def _there(client: Client, kind: str, events: Sequence[Event]) -> bool:
    """Whether all events of a kind are in its raw table."""
    ids = [one.event_id for one in events if kind == one.KIND]
    answer = client.query(
        f"SELECT uniqExact(event_id) FROM raw_{kind} WHERE event_id IN {{ids:Array(String)}}",
        parameters={"ids": ids},
    )
    return bool(answer.result_rows[0][0] == len(ids))
