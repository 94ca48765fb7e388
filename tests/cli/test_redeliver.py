"""Dead letters on real engines: what is an event by now counts once, however often it is sent."""

import time
from collections import Counter
from pathlib import Path

import pytest
from confluent_kafka import Producer
from typer.testing import CliRunner

from clickhouse.client import connect
from ningmai.cli import app
from ningmai.settings import Settings
from producers import Call, Publisher
from schemas.rules import AHEAD_MS
from tests.workers import audited, drained, prepared, worker

pytestmark = pytest.mark.engine
AHEAD_SECONDS = 8
EVENTS = 3


def redelivered(*words: str) -> str:
    done = CliRunner().invoke(app, ["redeliver", "calls", *words])
    assert done.exit_code == 0, done.output
    return done.stdout.strip()


def test_dead_letters_that_are_events_by_now_count_once(
    namespace: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = namespace.model_copy(update={"data_dir": tmp_path})
    for name, value in settings.environment().items():
        monkeypatch.setenv(name, value)
    client = prepared(settings)
    begun = time.time()
    _from_a_clock_that_is_ahead(settings, int(begun * 1000) + AHEAD_MS + AHEAD_SECONDS * 1000)
    with worker(settings, tmp_path / "worker.log"):
        drained(settings, client)
        assert reasons(settings) == {"rule": EVENTS, "magic": 1}
        time.sleep(max(0, begun + AHEAD_SECONDS + 1 - time.time()))
        for _ in range(2):
            said = redelivered()
            assert said == f"calls: {EVENTS} published again, 1 still are no events."
            drained(settings, client)
            assert client.query("SELECT sum(events) FROM calls_by_day").result_rows == [(EVENTS,)]
        assert redelivered("--reason", "magic").startswith("calls: 0 published")
        assert reasons(settings) == {"rule": EVENTS, "magic": 1}
        assert audited(client) == []


def reasons(settings: Settings) -> Counter[str]:
    rows = connect(settings).query("SELECT reason FROM dead_letters FINAL").result_rows
    return Counter(reason for (reason,) in rows)


def _from_a_clock_that_is_ahead(settings: Settings, now: int) -> None:
    """Events that no publisher with a right clock would send, and a message that is none."""
    with Publisher(settings) as publisher, pytest.MonkeyPatch.context() as patch:
        patch.setattr("producers.publisher.time.time_ns", lambda: now * 1_000_000)
        ready = publisher.prepare(
            Call(event_id="-", occurred_at=now - AHEAD_MS, source="ahead", line="hotline")
        )
        for number in range(EVENTS):
            ready.send(f"ahead-{number}", now)
    garbage = Producer({"bootstrap.servers": settings.kafka_servers})
    garbage.produce(settings.topic("calls"), b"no event")
    garbage.flush()
