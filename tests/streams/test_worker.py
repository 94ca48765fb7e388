"""The worker on real engines: whatever happens to it, the tables say what the log says."""

import random
from pathlib import Path
from time import sleep

import pytest
from confluent_kafka import Producer

from ningmai.settings import Settings
from tests.workers import (
    audited,
    by_day,
    drained,
    has_partitions,
    prepared,
    publish,
    worker,
)

pytestmark = pytest.mark.engine


@pytest.fixture
def small(namespace: Settings) -> Settings:
    """Blocks and flushes so small that a short log has many of each."""
    return namespace.model_copy(update={"block_size": 512, "flush_seconds": 0.1})


def test_a_killed_worker_leaves_nothing_out_and_nothing_twice(
    small: Settings, tmp_path: Path
) -> None:
    client, log = prepared(small), tmp_path / "worker.log"
    expected = publish(small, range(40_000))
    moments = random.Random(7)
    for _ in range(4):
        with worker(small, log) as process:
            sleep(3 + moments.random() * 2)
            process.kill()
    expected += publish(small, range(40_000, 60_000))
    with worker(small, log):
        drained(small, client)
    assert by_day(client) == expected
    assert audited(client) == []


def test_two_workers_share_the_partitions_and_one_takes_over(
    small: Settings, tmp_path: Path
) -> None:
    client = prepared(small)
    with worker(small, tmp_path / "one.log"):
        expected = publish(small, range(10_000))
        with worker(small, tmp_path / "two.log") as second:
            has_partitions(tmp_path / "two.log")
            expected += publish(small, range(10_000, 30_000))
            sleep(2)
            second.kill()
            second.wait()
        expected += publish(small, range(30_000, 40_000))
        drained(small, client)
    assert by_day(client) == expected
    assert audited(client) == []


def test_the_same_events_published_twice_count_once(small: Settings, tmp_path: Path) -> None:
    client = prepared(small)
    expected = publish(small, range(20_000))
    with worker(small, tmp_path / "worker.log"):
        drained(small, client)
        publish(small, range(20_000))
        drained(small, client)
    assert by_day(client) == expected
    rows = client.query("SELECT sum(counted), sum(repeats) FROM blocks WHERE topic = 'calls'")
    assert rows.result_rows == [(20_000, 20_000)]
    assert audited(client) == []


def test_far_repeats_are_taken_back(small: Settings, tmp_path: Path) -> None:
    near = small.model_copy(update={"dedupe_horizon": 100})
    client = prepared(near)
    expected = publish(near, range(5_000))
    publish(near, range(200))
    with worker(near, tmp_path / "worker.log"):
        drained(near, client)
        for _ in range(60):
            if by_day(client) == expected:
                break
            sleep(1)
    assert by_day(client) == expected
    assert client.query("SELECT count() FROM far_repeats FINAL").result_rows == [(200,)]


def test_bad_messages_are_dead_letters_and_all_others_count(
    small: Settings, tmp_path: Path
) -> None:
    client = prepared(small)
    expected = publish(small, range(3_000))
    raw = Producer({"bootstrap.servers": small.kafka_servers, "message.max.bytes": 8_000_000})
    for value in (None, b"", b"\x01abc", b"\x00\x00\x00\x03\xe7x", b"\x00" + b"A" * 5_000_000):
        raw.produce(small.topic("calls"), value)
    raw.flush()
    expected += publish(small, range(3_000, 6_000))
    with worker(small, tmp_path / "worker.log"):
        drained(small, client)
    reasons = client.query("SELECT reason, count() FROM dead_letters FINAL GROUP BY 1 ORDER BY 1")
    assert reasons.result_rows == [("empty", 2), ("magic", 1), ("unknown_schema", 2)]
    assert by_day(client) == expected
    assert audited(client) == []


def test_the_ordinary_path_gives_the_same_tables(small: Settings, tmp_path: Path) -> None:
    client = prepared(small)
    expected = publish(small, range(5_000))
    plain = small.model_copy(update={"whole_batches": False})
    with worker(plain, tmp_path / "worker.log"):
        drained(small, client)
    assert by_day(client) == expected
    assert audited(client) == []
