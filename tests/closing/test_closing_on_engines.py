"""A month closed on real engines: what was published stays, and what came later is explained."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from itertools import count
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
from tests.conftest import own_namespace
from tests.workers import drained, prepared, worker

pytestmark = pytest.mark.engine

WITHIN = 60.0


class March:
    """What happened in the March of a year; a year of its own for each test."""

    def __init__(self, year: int) -> None:
        self.month = Month(year, 3)
        self.year = year
        common: dict[str, Any] = {"source": "closing-test"}
        one, two = f"H{year}a", f"H{year}b"
        self.name, self.new_name = f"{year}医院", f"{year}医院（新名）"
        self.other = two
        self.booked = [
            Booking(
                event_id=self.id(f"b{n}"),
                occurred_at=self.at(1 + n),
                hospital=one,
                channel="phone",
                **common,
            )
            for n in range(5)
        ]
        self.called = Call(
            event_id=self.id("c1"),
            occurred_at=self.at(3),
            line="hotline",
            city="nanjing",
            category="booking",
            **common,
        )
        self.paid = KioskTransaction(
            event_id=self.id("k1"),
            occurred_at=self.at(4),
            institution=two,
            service="payment",
            amount_fen=12345,
            **common,
        )
        self.uploaded = Upload(
            event_id=self.id("u1"),
            occurred_at=self.at(6),
            organisation=one,
            table_code="visits",
            business_date=date(year, 3, 5),
            rows=100,
            persons=10,
            **common,
        )
        self.stated = Statement(
            event_id=self.id("s1"),
            occurred_at=self.at(7),
            figure="kiosk.devices",
            subject=two,
            as_of=date(year, 3, 31),
            value=4,
            unit="device",
            **common,
        )
        self.entry = Institution(
            event_id=self.id("i1"),
            occurred_at=self.at(1),
            code=one,
            valid_from=date(year, 1, 1),
            name=self.name,
            kind="hospital",
            **common,
        )

    def id(self, name: str) -> str:
        return f"{self.year}-{name}"

    def at(self, day: int, month: int = 3, hour: int = 4) -> datetime:
        return datetime(self.year, month, day, hour, tzinfo=UTC)

    @property
    def everything(self) -> list[Event]:
        flows = [*self.booked, self.called, self.paid, self.uploaded]
        return [self.entry, *flows, self.stated]


@dataclass
class Engines:
    """A worker that counts, and the years that tests have had."""

    settings: Settings
    client: Client
    years: Iterator[int]

    def publish(self, *events: Event) -> None:
        with Publisher(self.settings) as publisher:
            for event in events:
                publisher.publish(event)
        drained(self.settings, self.client)


@dataclass
class Shut:
    """A month that is closed, and what was told when it was."""

    engines: Engines
    march: March
    answer: Result
    printed: str

    @property
    def client(self) -> Client:
        return self.engines.client

    @property
    def month(self) -> Month:
        return self.march.month

    def bulletin(self, which: str = "current") -> str:
        return run("bulletin", str(self.month), "--as", which).stdout


def run(*words: str) -> Result:
    return CliRunner().invoke(app, list(words))


@pytest.fixture(scope="module")
def engines(
    engine_settings: Settings, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Engines]:
    # Commands find these engines, not the folder's; readers may read the first namespace alone.
    folder = tmp_path_factory.mktemp("closing")
    own = own_namespace(engine_settings).model_copy(
        update={"data_dir": folder, "clickhouse": engine_settings.clickhouse_url}
    )
    client = prepared(own)
    with pytest.MonkeyPatch.context() as patched, worker(own, folder / "worker.log"):
        for name, value in own.environment().items():
            patched.setenv(name, value)
        patched.setattr("clickhouse.client.connect", lambda settings, *_: connect(settings))
        yield Engines(own, client, count(2011))


@pytest.fixture
def shut(engines: Engines) -> Shut:
    march = March(next(engines.years))
    engines.publish(*march.everything)
    printed = run("bulletin", str(march.month)).stdout
    answer = run("close", str(march.month), "--by", "统计处", "--with-findings")
    assert answer.exit_code == 0, answer.output
    return Shut(engines, march, answer, printed)


def until(what: Any, expected: object) -> None:
    end = monotonic() + WITHIN
    while (found := what()) != expected:
        if monotonic() > end:
            assert found == expected
        sleep(0.5)


def told(shut: Shut) -> dict[tuple[str, str, str], tuple[str | None, str | None]]:
    """Differences by table, row and column, without totals and the order of rows."""
    _, found = differs(shut.client, shut.month, read_facts(shut.client, shut.month).bulletin)
    return {
        (one.table, one.row, one.column): (one.published, one.current)
        for one in found
        if not one.total and not one.order
    }


def because(shut: Shut) -> dict[tuple[str, str], tuple[int, tuple[str, ...]]]:
    closing = last_closing(shut.client, shut.month)
    assert closing is not None
    found = causes(shut.client, shut.month, by_kind(closing.positions), 9)
    return {(one.kind, one.sort): (one.events, one.ids) for one in found if not one.table}


def test_a_closed_month_is_what_was_printed(shut: Shut) -> None:
    assert re.search(r"closing 1, by 统计处\): \d+ figures", shut.answer.output)
    facts = read_facts(shut.client, shut.month)
    assert compose(published(shut.client, shut.month)[1]).sections == compose(facts).sections
    assert shut.bulletin("published") == shut.printed
    assert "与已公布的一致" in shut.bulletin()
    assert "没有需要更正的内容" in run("corrections", str(shut.month)).stdout
    assert (told(shut), because(shut)) == ({}, {})


def test_what_comes_later_differs_is_explained_and_leaves_the_published(
    shut: Shut, tmp_path: Path
) -> None:
    of = shut.march
    last_hour, april = of.at(31, hour=15), of.at(31, hour=17)  # 23:00 and 01:00 in Shanghai
    late = replace(of.booked[0], event_id=of.id("late"), occurred_at=last_hour)
    after = replace(late, event_id=of.id("april"), occurred_at=april)
    entry = replace(
        of.entry, event_id=of.id("i2"), valid_from=date(of.year, 2, 1), name=of.new_name
    )
    with Publisher(shut.engines.settings) as publisher:
        publisher.publish(late)
        publisher.publish(after)
        publisher.retract(of.booked[1])
        publisher.amend(of.paid, amount_fen=10000)
        publisher.retract(of.booked[2], of.id("first-of-two"))
        publisher.flush()
        publisher.retract(of.booked[2], of.id("second-of-two"))
        publisher.publish(replace(of.uploaded, event_id=of.id("u2"), rows=7, persons=1))
        publisher.amend(of.stated, value=9)
        publisher.publish(of.booked[3])  # sent again
        publisher.publish(entry)
    drained(shut.engines.settings, shut.client)
    second = (
        f"SELECT count() FROM corrections WHERE state = 'second' AND corrects LIKE '{of.id('%')}'"
    )
    until(lambda: shut.client.query(second).result_rows, [(1,)])
    expected = {
        ("02", of.name, "单位"): (of.name, of.new_name),
        ("02", of.name, "电话预约"): ("5", "4"),
        ("02", of.name, "小计"): ("5", "4"),
        ("05", of.name, "接入单位"): (of.name, of.new_name),
        ("05", of.name, "数据上传量"): ("100", "107"),
        ("05", of.name, "门急诊信息上传人次"): ("10", "11"),
        ("06", of.other, "投放台数"): ("4", "9"),
        ("06", of.other, "缴费金额（元）"): ("123.45", "100.00"),
    }
    until(lambda: told(shut), expected)
    causes_found = because(shut)
    assert causes_found.pop(("bookings", "repeat")) == (1, (of.id("b3"),))
    assert causes_found.pop(("bookings", "second")) == (1, (of.id("second-of-two"),))
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
    assert causes_found["bookings", "late"] == (1, (of.id("late"),))
    assert shut.bulletin("published") == shut.printed
    now = shut.bulletin()
    assert re.search(r"本件所列为当前数据，与已公布的有\d+处不同，见更正说明", now)
    assert of.new_name in now
    assert of.new_name not in shut.printed
    notice = run("corrections", str(shut.month), "--out", str(tmp_path / "notice.md"))
    assert notice.exit_code == 0, notice.output
    text = (tmp_path / "notice.md").read_text("utf-8")
    assert "由统计处封账（第1次）" in text
    for told_of in (
        of.id("late"),
        of.id("first-of-two"),
        of.id("second-of-two"),
        "重复冲正（不计）",
        of.new_name,
    ):
        assert told_of in text
    view = shut.client.query(
        f"SELECT * FROM differences(month = '{shut.month.first}')"
    ).named_results()
    in_view = {
        (row["table_code"], row["row_label"], row["column_name"]): row["published"]
        for row in view
        if row["row_label"] not in (of.name, of.new_name)
    }
    assert in_view == {
        at: was for at, (was, _) in expected.items() if at[1] not in (of.name, of.new_name)
    }


def test_a_late_event_falls_into_the_month_that_it_belongs_to(shut: Shut) -> None:
    of = shut.march
    shut.engines.publish(
        replace(of.called, event_id=of.id("feb"), occurred_at=of.at(28, month=2, hour=15))
    )
    assert told(shut) == {}
    february = read_facts(shut.client, Month(of.year, 2)).bulletin.rows("01b")
    assert [row.cells for row in february] == [{"电话量（人次）": "1"}]


def test_a_dead_letter_sent_again_is_told_as_one(shut: Shut) -> None:
    from producers.encoder import Encoder
    from schemas.registry import Registry

    kind = kinds()["calls"]
    ids = Registry(shut.engines.settings).ids("calls")
    again = replace(shut.march.called, event_id=shut.march.id("dead"))
    _, value = Encoder(kind, ids[kind.versions[-1]]).encode(again, 2_000_000_000_000)
    raw = Producer({"bootstrap.servers": shut.engines.settings.kafka_servers})
    raw.produce(
        shut.engines.settings.topic("calls"), value + b"\0", again.event_id.encode()
    )  # trailing: no event
    raw.flush()
    drained(shut.engines.settings, shut.client)
    assert because(shut) == {}
    shut.engines.publish(again)
    assert because(shut) == {("calls", "redelivered"): (1, (again.event_id,))}


def test_closing_again_makes_another_and_keeps_the_older(shut: Shut) -> None:
    refused = run("close", str(shut.month))
    assert (refused.exit_code, "was closed already" in refused.output) == (1, True)
    shut.engines.publish(replace(shut.march.called, event_id=shut.march.id("more")))
    assert told(shut) != {}
    second = run("close", str(shut.month), "--again", "--with-findings")
    assert "closing 2, by 信息中心" in second.output, second.output
    assert (told(shut), because(shut)) == ({}, {})
    where = f"WHERE month = '{shut.month.first}'"
    kept = shut.client.query(f"SELECT closing, latest, office FROM closings {where} ORDER BY 1")
    assert kept.result_rows == [(1, 0, "统计处"), (2, 1, "信息中心")]
    counts = shut.client.query(
        f"SELECT closing, count() FROM published {where} GROUP BY 1 ORDER BY 1"
    )
    assert [closing for closing, _ in counts.result_rows] == [1, 2]


def test_what_was_frozen_and_is_not_that_any_more_is_not_printed(shut: Shut) -> None:
    shut.client.command(
        "INSERT INTO published_cells SELECT * REPLACE ('6' AS value) FROM (SELECT * FROM "
        "published_cells WHERE column_name = '电话预约' AND value = '5' AND part = 'month' "
        f"AND month = '{shut.month.first}')"
    )
    answer = run("bulletin", str(shut.month), "--as", "published")
    assert (answer.exit_code, "its checksum differs" in answer.output) == (1, True)


def test_a_month_that_cannot_be_closed_says_why(shut: Shut) -> None:
    assert "There are no figures of 2001-01" in run("close", "2001-01").output
    now = datetime.now(UTC)
    shut.engines.publish(replace(shut.march.called, event_id="closing-now", occurred_at=now))
    assert "is not over" in run("close", str(Month.at(now))).output
    forced = run("close", str(Month.at(now)), "--force", "--with-findings")
    assert forced.exit_code == 0, forced.output
    assert "is not closed" in run("corrections", "2001-01").output
