"""Skipping on real engines: exactly what was said is passed over, and it can be taken back."""

from collections import Counter
from pathlib import Path
from time import monotonic, sleep

import pytest
from confluent_kafka import ConsumerGroupTopicPartitions, TopicPartition
from confluent_kafka.admin import AdminClient
from typer.testing import CliRunner, Result

from clickhouse.client import connect
from ningmai.cli import app
from ningmai.lag import lags
from ningmai.settings import Settings
from tests.workers import (
    DRAINED_WITHIN,
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
def one(namespace: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """One partition, in which the offset of an event is its number; the environment's settings."""
    update = {"partitions": 1, "block_size": 512, "flush_seconds": 0.1, "data_dir": tmp_path}
    settings = namespace.model_copy(update=update)
    for name, value in settings.environment().items():
        monkeypatch.setenv(name, value)
    return settings


def skip(*words: str, answer: str = "") -> Result:
    return CliRunner().invoke(app, ["skip", *words], input=answer)


def calls(settings: Settings, to: int, *words: str, answer: str = "") -> Result:
    return skip("calls", "--partition", "0", "--to", str(to), *words, answer=answer)


def counted(settings: Settings, log: Path) -> Counter[tuple[str, str | None]]:
    """Figures by day once a worker has read all there is to read."""
    client = connect(settings)
    with worker(settings, log):
        drained(settings, client)
        end = sum(each.end for each in lags(settings, client) if each.kind == "calls")
        until = monotonic() + DRAINED_WITHIN
        while committed(settings) < end and monotonic() < until:
            sleep(0.2)
    return by_day(client)


def committed(settings: Settings) -> int:
    at = ConsumerGroupTopicPartitions(settings.group, [TopicPartition(settings.topic("calls"), 0)])
    admin = AdminClient({"bootstrap.servers": settings.kafka_servers})
    found = admin.list_consumer_group_offsets([at])[settings.group].result(10)
    return int(found.topic_partitions[0].offset)


def set_back(settings: Settings, to: int) -> None:
    at = TopicPartition(settings.topic("calls"), 0, to)
    group = ConsumerGroupTopicPartitions(settings.group, [at])
    admin = AdminClient({"bootstrap.servers": settings.kafka_servers})
    admin.alter_consumer_group_offsets([group])[settings.group].result(10)


def test_what_is_skipped_is_not_counted_and_set_back_it_is_once(
    one: Settings, tmp_path: Path
) -> None:
    client, log = prepared(one), tmp_path / "worker.log"
    before = publish(one, range(2_000))
    assert counted(one, log) == before
    lost = publish(one, range(2_000, 3_100))
    after = publish(one, range(3_100, 4_000))

    said = calls(one, 3_100, answer="y\n")
    assert said.exit_code == 0, said.output
    assert "Offsets 2,000 to 3,099 of calls/0 will not be read: 1,100 messages" in said.output
    lines = client.query(
        "SELECT block, last_offset, skipped, sealed FROM blocks WHERE topic = 'calls' AND block >= "
        "1536 ORDER BY block"
    ).result_rows
    assert lines == [
        *((1536, 1999, 0, 1), (2000, 2047, 48, 1)),
        *((2048, 2559, 512, 1), (2560, 3071, 512, 1), (3072, 3099, 28, 1)),
    ]
    assert counted(one, log) == before + after
    assert audited(client) == []
    skipped = client.query("SELECT sum(skipped) FROM blocks WHERE accounted = offsets").result_rows
    assert skipped == [(1_100,)]

    for _ in range(2):  # the second time the ledger knows of no skip any more, only of its cuts
        set_back(one, 0)
        assert counted(one, log) == before + lost + after
        assert audited(client) == []
    assert client.query("SELECT sum(skipped) FROM blocks").result_rows == [(0,)]


def test_a_topic_of_which_nothing_was_read_can_begin_later(one: Settings, tmp_path: Path) -> None:
    prepared(one)
    publish(one, range(700))
    after = publish(one, range(700, 900))
    assert calls(one, 700, "--yes").exit_code == 0
    assert counted(one, tmp_path / "worker.log") == after


def test_skipping_is_refused_where_it_would_lose_more_or_mean_nothing(
    one: Settings, tmp_path: Path
) -> None:
    prepared(one)
    publish(one, range(600))
    log = tmp_path / "worker.log"
    with worker(one, log):
        has_partitions(log)
        drained(one, connect(one))
        assert "1 worker(s) of the group" in calls(one, 600, "--yes").stderr
    publish(one, range(600, 700))
    assert "calls/0 ends at offset 700." in calls(one, 701, "--yes").stderr
    assert "is read up to offset 600 already" in calls(one, 599, "--yes").stderr
    assert "is read up to offset 600 already" in calls(one, 600, "--yes").stderr
    assert "calls has 1 partitions" in skip("calls", "--partition", "1", "--to", "5").stderr
    assert "There is no topic call." in skip("call", "--partition", "0", "--to", "5").stderr
    said = calls(one, 650, answer="n\n")
    assert (said.exit_code, "Nothing was changed." in said.stderr) == (1, True)
    rows = connect(one).query("SELECT sum(skipped) FROM ledger").result_rows
    assert rows == [(0,)]


def test_an_offset_left_behind_the_ledger_is_moved_without_a_loss(
    one: Settings, tmp_path: Path
) -> None:
    prepared(one)
    expected = publish(one, range(600))
    assert counted(one, tmp_path / "worker.log") == expected
    set_back(one, 100)
    assert "nothing is lost" in calls(one, 600, "--yes").output
    assert counted(one, tmp_path / "worker.log") == expected
