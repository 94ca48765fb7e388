"""Planted faults of a replayed month are told once, whoever looks for them and how often."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from clickhouse_connect.driver.client import Client

from ningmai.lag import lags
from ningmai.settings import Settings
from producers import Publisher
from producers.events import Call, Event, KioskTransaction, Upload
from streams.alerting.readings import STEP_SECONDS, Ints
from streams.alerting.watch import Watch
from tests.alerting.september import FIRST, flows
from tests.alerting.test_replayed_month import failing_payments, silent_hotline
from tests.handmade import totals
from tests.workers import drained, prepared, worker

pytestmark = pytest.mark.engine

NOW = datetime(2026, 1, 1, tzinfo=UTC)
DIMENSIONS = {
    "calls": ("line", "city", "category"),
    "bookings": ("hospital", "channel", "route"),
    "telemedicine": ("platform", "item", "institution"),
    "uploads": ("organisation", "table_code", "business_date"),
    "kiosk_transactions": ("institution", "service"),
}
TOLD = """
SELECT rule, subject, count(), countIf(cleared_at IS NULL) FROM alerts
WHERE origin = 'replay' GROUP BY rule, subject ORDER BY rule
"""


def watched(event: Event) -> bool:
    """Enough of the month: the hotline, one institution's kiosks and uploads."""
    if isinstance(event, KioskTransaction):
        return event.institution == "H001"
    return isinstance(event, Call) or (isinstance(event, Upload) and event.organisation == "H003")


def fill(client: Client) -> None:
    """The totals that a worker would have written, with two faults."""
    for number, (event, counts) in enumerate(filter(lambda flow: watched(flow[0]), flows())):
        faulty: Ints = silent_hotline(event, failing_payments(event, counts))
        own = {name: getattr(event, name) for name in DIMENSIONS[event.KIND]}
        rows = [
            {
                **own,
                "grain": grain,
                "bucket": f"{datetime.fromtimestamp((FIRST + at) * STEP_SECONDS, UTC):%F %T}",
                "events": int(faulty[at]),
                "source": event.source,
                "origin": "replay",
                "block": number,
            }
            for at in faulty.nonzero()[0].tolist()
            for grain in ("minute", "hour")
        ]
        totals(client, event.KIND, *rows)


def looker(settings: Settings, client: Client, publisher: Publisher) -> Watch:
    return Watch(client, settings.database, lambda: publisher, lambda: lags(settings, client))


def test_faults_of_a_replayed_month_are_told_once(namespace: Settings, tmp_path: Path) -> None:
    client = prepared(namespace)
    fill(client)
    with Publisher(namespace) as publisher, worker(namespace, tmp_path / "worker.log"):
        first, second = (looker(namespace, client, publisher) for _ in range(2))
        assert first.round(NOW) == []  # a replay is judged when it has come to rest
        told = first.round(NOW)
        assert len(told) == 4
        assert second.round(NOW) == []
        assert second.round(NOW) in ([], told)  # before or after ClickHouse has them: ids are equal
        drained(namespace, client)
        again = looker(namespace, client, publisher)
        assert [again.round(NOW) for _ in range(3)] == [[], [], []]
        drained(namespace, client)
    assert [tuple(row) for row in client.query(TOLD).result_rows] == [
        ("payments_failing", "H001", 1, 0),
        ("quiet_source", "calls/bulletin-2020-09", 1, 0),
    ]
    assert client.query("SELECT count() FROM alerts_open").result_rows == [(0,)]
