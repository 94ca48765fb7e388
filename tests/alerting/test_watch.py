"""When a round judges, without engines: a client that answers by what it is asked."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

from clickhouse_connect.driver.client import Client

from ningmai.lag import PartitionLag
from producers.errors import DeliveryFailed
from producers.publisher import Publisher
from producers.testing import RecordingPublisher
from streams.alerting.readings import HOUR, STEP_SECONDS, WEEK
from streams.alerting.watch import Watch

NOW = datetime(2026, 3, 2, 4, 1, tzinfo=UTC)  # noon in Nanjing, a Monday
TICK = int(NOW.timestamp()) // STEP_SECONDS
SILENT = 5 * HOUR


class OneSource:
    """ClickHouse as it would be with one source, heard every quarter until five hours ago."""

    def __init__(self, origin: str = "live") -> None:
        self.origin = origin
        self.asked: list[str] = []

    def query(self, sql: str) -> Any:
        self.asked.append(sql)
        ticks = list(range(TICK - 4 * WEEK, TICK - SILENT))
        row = ("quiet_source", "calls/hotline", self.origin, ticks, [3] * len(ticks))
        answers: dict[str, list[Any]] = {
            "alert_totals": [row] if f"'{self.origin}'" in sql else [],
            "max(newest)": [(0, 0)],
        }
        return SimpleNamespace(result_rows=next((a for k, a in answers.items() if k in sql), []))


class Log:
    """One partition whose last message ClickHouse has, or has not."""

    end, done = 10, 10

    def __call__(self) -> list[PartitionLag]:
        return [PartitionLag("calls", 0, self.end, self.done)]


def watch(client: OneSource, log: Callable[[], list[PartitionLag]]) -> tuple[Watch, Any]:
    publisher = RecordingPublisher()
    given = cast(Publisher, publisher)  # publish and flush are all that is called
    return Watch(cast(Client, client), "db", lambda: given, log), publisher


def test_a_silent_source_is_told_with_the_time_it_would_have_had() -> None:
    look, publisher = watch(OneSource(), Log())
    look.round(NOW)
    told = publisher.assert_published("alerts", state="raised")
    assert (
        told.text == "来源静默：12320 热线（hotline） 已 2.5 小时没有事件，同一时段以往最长 0 小时"
    )
    assert NOW - timedelta(hours=3) < told.occurred_at < NOW - timedelta(hours=2)


def test_a_quarter_is_judged_once() -> None:
    client = OneSource()
    look, publisher = watch(client, Log())
    for second in (0, 30, 60):
        look.round(NOW + timedelta(seconds=second))
    assert len([sql for sql in client.asked if "alert_totals" in sql]) == 1
    assert publisher.delivered == 1


def test_nothing_is_judged_while_clickhouse_lacks_what_kafka_had() -> None:
    log = Log()
    log.done = 9
    look, publisher = watch(OneSource(), log)
    assert look.round(NOW) == []
    log.end = 20  # what comes later is not waited for
    assert look.round(NOW) == []
    log.done = 10
    assert len(look.round(NOW)) == 1
    publisher.assert_published("alerts", state="raised")


def test_what_kafka_did_not_take_is_told_in_the_next_round() -> None:
    look, publisher = watch(OneSource(), Log())
    publisher.refuse_delivery()
    try:
        look.round(NOW)
    except DeliveryFailed:
        publisher.assert_nothing_published()
    assert len(look.round(NOW)) == 1
    publisher.assert_published("alerts", state="raised")


def test_simulated_traffic_is_watched_apart() -> None:
    look, publisher = watch(OneSource("simulated"), Log())
    look.round(NOW)
    assert publisher.assert_published("alerts").origin == "simulated"


def test_after_a_day_away_no_more_is_looked_at() -> None:
    look, publisher = watch(OneSource(), Log())
    assert look.round(NOW + timedelta(days=5)) != []
    alert = publisher.assert_published("alerts", state="raised")
    assert alert.occurred_at > NOW + timedelta(days=4)
