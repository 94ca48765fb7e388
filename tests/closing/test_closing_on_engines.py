"""A month closed on real engines: what was published stays, and what came later is explained."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import pytest
from clickhouse_connect.driver.client import Client
from confluent_kafka import Producer
from typer.testing import CliRunner, Result

from clickhouse.client import connect
from ningmai.bulletin import compose, read_facts
from ningmai.cli import app
from ningmai.closing import differs, last_closing, published
from ningmai.closing.arrived import by_kind, causes
from ningmai.settings import Settings
from producers import Booking, Call, Institution, KioskTransaction, Publisher, Statement, Upload
from producers.bulletin import Month
from producers.events import Event
from schemas.kinds import kinds
from tests.workers import drained, prepared, worker

pytestmark = pytest.mark.engine

MONTH = Month(2022, 3)
WITHIN = 60.0
OLD, NEW = "甲医院", "甲医院（新名）"


def at(day: int, month: int = 3, hour: int = 4) -> datetime:
    return datetime(2022, month, day, hour, tzinfo=UTC)


COMMON: dict[str, Any] = {"source": "closing-test"}
BOOKED = [
    Booking(event_id=f"b-{n}", occurred_at=at(1 + n), hospital="H901", channel="phone", **COMMON)
    for n in range(5)
]
CALLED = Call(
    event_id="c-1", occurred_at=at(3), line="hotline", city="nanjing", category="booking", **COMMON
)
PAID = KioskTransaction(
    event_id="k-1", occurred_at=at(4), institution="H902", service="payment", amount_fen=12345,
    **COMMON,
)  # fmt: skip
UPLOADED = Upload(
    event_id="u-1", occurred_at=at(6), organisation="H901", table_code="visits",
    business_date=date(2022, 3, 5), rows=100, persons=10, **COMMON,
)  # fmt: skip
STATED = Statement(
    event_id="s-1", occurred_at=at(7), figure="kiosk.devices", subject="H902",
    as_of=date(2022, 3, 31), value=4, unit="device", **COMMON,
)  # fmt: skip
ENTRY = Institution(
    event_id="i-1", occurred_at=at(1), code="H901", valid_from=date(2022, 1, 1), name=OLD,
    kind="hospital", **COMMON,
)  # fmt: skip
PRINTED: list[Event] = [ENTRY, *BOOKED, CALLED, PAID, UPLOADED, STATED]


@dataclass
class Shut:
    """A month that is closed, and what was told when it was."""

    settings: Settings
    client: Client
    answer: Result
    printed: str

    def publish(self, *events: Event) -> None:
        with Publisher(self.settings) as publisher:
            for event in events:
                publisher.publish(event)
                publisher.flush()
        drained(self.settings, self.client)


def run(*words: str) -> Result:
    return CliRunner().invoke(app, list(words))


@pytest.fixture
def shut(namespace: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shut]:
    for name, value in namespace.environment().items():
        monkeypatch.setenv(name, value)
    client = prepared(namespace)
    with worker(namespace, tmp_path / "worker.log"):
        made = Shut(namespace, client, Result(CliRunner(), b"", b"", b"", None, 0, None), "")
        made.publish(*PRINTED)
        made.printed = run("bulletin", str(MONTH)).stdout
        made.answer = run("close", str(MONTH), "--by", "统计处", "--with-findings")
        assert made.answer.exit_code == 0, made.answer.output
        yield made


def until(what: Any, expected: object) -> None:
    end = monotonic() + WITHIN
    while (found := what()) != expected:
        if monotonic() > end:
            assert found == expected
        sleep(0.5)


def told(shut: Shut) -> dict[tuple[str, str, str], tuple[str | None, str | None]]:
    """Differences by table, row and column, without totals and the order of rows."""
    _, found = differs(shut.client, MONTH, read_facts(shut.client, MONTH).bulletin)
    return {
        (one.table, one.row, one.column): (one.published, one.current)
        for one in found
        if not one.total and not one.order
    }


def because(shut: Shut) -> dict[tuple[str, str], tuple[int, tuple[str, ...]]]:
    closing = last_closing(shut.client, MONTH)
    assert closing is not None
    found = causes(shut.client, MONTH, by_kind(closing.positions), 9)
    return {(one.kind, one.sort): (one.events, one.ids) for one in found if not one.table}


def test_a_closed_month_is_what_was_printed(shut: Shut) -> None:
    assert re.search(r"closing 1, by 统计处\): \d+ figures", shut.answer.output)
    facts = read_facts(shut.client, MONTH)
    assert compose(published(shut.client, MONTH)[1]).sections == compose(facts).sections
    assert run("bulletin", str(MONTH), "--as", "published").stdout == shut.printed
    assert "与已公布的一致" in run("bulletin", str(MONTH)).stdout
    assert "没有需要更正的内容" in run("corrections", str(MONTH)).stdout
    assert (told(shut), because(shut)) == ({}, {})


def test_what_comes_later_differs_is_explained_and_leaves_the_published(
    shut: Shut, tmp_path: Path
) -> None:
    late = replace(BOOKED[0], event_id="b-late", occurred_at=at(31, hour=15))  # 23:00 in Shanghai
    after = replace(BOOKED[0], event_id="b-april", occurred_at=at(31, hour=17))
    with Publisher(shut.settings) as publisher:
        publisher.publish(late)
        publisher.publish(after)
        publisher.retract(BOOKED[1])
        publisher.amend(PAID, amount_fen=10000)
        publisher.retract(BOOKED[2], "first-of-two")
        publisher.flush()
        publisher.retract(BOOKED[2], "second-of-two")
        publisher.publish(replace(UPLOADED, event_id="u-late", rows=7, persons=1))
        publisher.amend(STATED, value=9)
        publisher.publish(BOOKED[3])  # sent again
        renamed = replace(ENTRY, event_id="i-2", occurred_at=at(9), valid_from=date(2022, 2, 1))
        publisher.publish(replace(renamed, name=NEW))
    drained(shut.settings, shut.client)
    second = "SELECT count() FROM corrections WHERE state = 'second'"
    until(lambda: shut.client.query(second).result_rows, [(1,)])
    expected = {
        ("02", OLD, "单位"): (OLD, NEW),
        ("02", OLD, "电话预约"): ("5", "4"),
        ("02", OLD, "小计"): ("5", "4"),
        ("05", OLD, "接入单位"): (OLD, NEW),
        ("05", OLD, "数据上传量"): ("100", "107"),
        ("05", OLD, "门急诊信息上传人次"): ("10", "11"),
        ("06", "H902", "投放台数"): ("4", "9"),
        ("06", "H902", "缴费金额（元）"): ("123.45", "100.00"),
    }
    until(lambda: told(shut), expected)
    causes_found = because(shut)
    assert causes_found.pop(("bookings", "repeat")) == (1, ("b-3",))
    assert causes_found.pop(("bookings", "second")) == (1, ("second-of-two",))
    assert {at: count for at, (count, _) in causes_found.items()} == {
        ("bookings", "late"): 1,
        ("bookings", "retraction"): 2,
        ("kiosk_transactions", "amendment"): 1,
        ("kiosk_transactions", "retraction"): 1,
        ("uploads", "late"): 1,
        ("statements", "amendment"): 1,
        ("statements", "retraction"): 1,
        ("institutions", "late"): 1,
    }
    assert causes_found["bookings", "late"] == (1, ("b-late",))
    assert run("bulletin", str(MONTH), "--as", "published").stdout == shut.printed
    now = run("bulletin", str(MONTH)).stdout
    assert re.search(r"本件所列为当前数据，与已公布的有\d+处不同，见更正说明", now)
    assert NEW in now
    assert NEW not in shut.printed
    notice = run("corrections", str(MONTH), "--out", str(tmp_path / "notice.md"))
    assert notice.exit_code == 0, notice.output
    text = (tmp_path / "notice.md").read_text("utf-8")
    assert "由统计处封账（第1次）" in text
    for told_of in ("b-late", "first-of-two", "second-of-two", "重复冲正（不计）", NEW):
        assert told_of in text
    view = shut.client.query(f"SELECT * FROM differences(month = '{MONTH.first}')").named_results()
    in_view = {
        (row["table_code"], row["row_label"], row["column_name"]): row["published"]
        for row in view
        if row["row_label"] not in (OLD, NEW)
    }
    assert in_view == {at: was for at, (was, _) in expected.items() if at[1] not in (OLD, NEW)}


def test_a_late_event_falls_into_the_month_that_it_belongs_to(shut: Shut) -> None:
    shut.publish(replace(CALLED, event_id="c-late", occurred_at=at(28, month=2, hour=15)))
    assert told(shut) == {}
    february = read_facts(shut.client, Month(2022, 2)).bulletin.rows("01b")
    assert [row.cells for row in february] == [{"电话量（人次）": "1"}]


def test_a_dead_letter_sent_again_is_told_as_one(shut: Shut) -> None:
    from producers.encoder import Encoder
    from schemas.registry import Registry

    kind = kinds()["calls"]
    ids = Registry(shut.settings).ids("calls")
    again = replace(CALLED, event_id="c-dead")
    _, value = Encoder(kind, ids[kind.versions[-1]]).encode(again, 2_000_000_000_000)
    raw = Producer({"bootstrap.servers": shut.settings.kafka_servers})
    raw.produce(shut.settings.topic("calls"), value + b"\0", b"c-dead")  # trailing: no event
    raw.flush()
    drained(shut.settings, shut.client)
    assert because(shut) == {}
    shut.publish(again)
    assert because(shut) == {("calls", "redelivered"): (1, ("c-dead",))}


def test_closing_again_makes_another_and_keeps_the_older(shut: Shut) -> None:
    refused = run("close", str(MONTH))
    assert (refused.exit_code, "was closed already" in refused.output) == (1, True)
    shut.publish(replace(CALLED, event_id="c-more"))
    assert told(shut) != {}
    second = run("close", str(MONTH), "--again", "--with-findings")
    assert "closing 2, by 信息中心" in second.output, second.output
    assert (told(shut), because(shut)) == ({}, {})
    kept = shut.client.query("SELECT closing, latest, office FROM closings ORDER BY closing")
    assert kept.result_rows == [(1, 0, "统计处"), (2, 1, "信息中心")]
    counts = shut.client.query("SELECT closing, count() FROM published GROUP BY 1 ORDER BY 1")
    assert [closing for closing, _ in counts.result_rows] == [1, 2]


def test_what_was_frozen_and_is_not_that_any_more_is_not_printed(shut: Shut) -> None:
    shut.client.command(
        "INSERT INTO published_cells SELECT * REPLACE ('6' AS value) FROM published_cells "
        "WHERE column_name = '电话预约' AND value = '5' AND part = 'month'"
    )
    answer = run("bulletin", str(MONTH), "--as", "published")
    assert (answer.exit_code, "its checksum differs" in answer.output) == (1, True)


def test_a_month_that_cannot_be_closed_says_why(shut: Shut) -> None:
    assert "There are no figures of 2019-01" in run("close", "2019-01").output
    now = datetime.now(UTC)
    shut.publish(replace(CALLED, event_id="c-now", occurred_at=now))
    assert "is not over" in run("close", str(Month.at(now))).output
    forced = run("close", str(Month.at(now)), "--force", "--with-findings")
    assert forced.exit_code == 0, forced.output
    assert "is not closed" in run("corrections", "2019-01").output
    client = connect(shut.settings)
    assert client.query("SELECT count() FROM closings").result_rows == [(2,)]
