"""What was replayed before is read from Kafka itself; here, from its library's mock broker."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from folders import NOW, change, copy_of_september, only

from ningmai.settings import Settings
from producers import Publisher
from producers.bulletin import Bulletin, OtherContent, read
from producers.bulletin.loaded import Loaded, loaded, shortened
from producers.bulletin.replay import Outcome, replay
from schemas.errors import KafkaUnavailable
from schemas.kinds import kinds

MOCK: dict[str, Any] = {"test.mock.num.brokers": 1, "allow.auto.create.topics": True}


class Shelf:
    """Stands in for a registry: one version a kind, ids in the order of the kinds."""

    def ids(self, name: str) -> dict[int, int]:
        return {1: list(kinds()).index(name) + 1}

    def schema(self, schema_id: int) -> dict[str, Any]:
        return kinds()[list(kinds())[schema_id - 1]].schema()


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    with Publisher(Settings(namespace="mocked", kafka="127.0.0.1:1"), MOCK, registry=Shelf()) as it:
        yield it


@pytest.fixture
def settings(publisher: Publisher) -> Settings:
    """Settings that lead to the publisher's mock broker."""
    topic = "mocked.statements"
    (broker,) = publisher._producer.list_topics(topic, timeout=10).brokers.values()
    return Settings(namespace="mocked", kafka=f"{broker.host}:{broker.port}")


@pytest.fixture
def bulletin(tmp_path: Path) -> Bulletin:
    return read(only(copy_of_september(tmp_path / "x"), "01a", "08"), now=NOW)


def before(settings: Settings, month: str) -> Loaded:
    return loaded(settings, month, Shelf())


def run(bulletin: Bulletin, publisher: Publisher, settings: Settings) -> Outcome:
    return replay(bulletin, publisher, settings, before=before)


def test_a_month_is_replayed_once(
    bulletin: Bulletin, publisher: Publisher, settings: Settings
) -> None:
    mine = frozenset({shortened(bulletin.checksum)})
    assert before(settings, "2020-09") == Loaded(frozenset(), frozenset())
    assert not run(bulletin, publisher, settings).already
    assert before(settings, "2020-09") == Loaded(mine, mine)
    assert before(settings, "2020-08") == Loaded(frozenset(), frozenset())
    sent = publisher.delivered
    assert run(bulletin, publisher, settings).already
    assert publisher.delivered == sent


def test_the_same_month_with_other_content_is_refused(
    bulletin: Bulletin, publisher: Publisher, settings: Settings, tmp_path: Path
) -> None:
    run(bulletin, publisher, settings)
    folder = only(copy_of_september(tmp_path / "y"), "01a", "08")
    change(folder, "01a", lambda lines: lines[2].__setitem__(1, "1"))
    other = read(folder, now=NOW)
    with pytest.raises(OtherContent) as caught:
        run(other, publisher, settings)
    assert shortened(bulletin.checksum) in str(caught.value)
    assert shortened(other.checksum) in str(caught.value)


def test_bytes_that_are_no_statement_say_nothing(
    bulletin: Bulletin, publisher: Publisher, settings: Settings
) -> None:
    for value in (b"", b"\x01junk", b"\x00\x00\x00\x00\x06broken"):
        publisher._producer.produce("mocked.statements", value)
    publisher.flush()
    assert not run(bulletin, publisher, settings).already


def test_kafka_that_does_not_answer_is_said_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("producers.bulletin.loaded._TIMEOUT", 0.3)
    with pytest.raises(KafkaUnavailable, match=r"127\.0\.0\.1:1"):
        before(Settings(kafka="127.0.0.1:1"), "2020-09")
