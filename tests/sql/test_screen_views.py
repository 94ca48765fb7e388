"""What the screens ask several times a minute: right, and without reading all of history."""

import re
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from clickhouse_connect.driver.client import Client

from streams.app import ROLLUPS
from tests.handmade import events, put, totals

pytestmark = pytest.mark.engine

ROWS: dict[str, dict[str, Any]] = {
    "calls": {"line": "hotline", "city": "nanjing", "category": "voice"},
    "bookings": {"hospital": "H001", "channel": "phone", "route": None},
    "telemedicine": {"platform": "ecg", "item": "report", "institution": None, "images": 7},
    "uploads": {"organisation": "H001", "table_code": "visits", "business_date": "2021-02-09"},
    "kiosk_transactions": {"institution": "H001", "service": "payment", "amount_fen": 99},
}
MONTHS = ("2021-01-10", "2021-02-10", "2021-03-10")
BLOCK = {"topic": "calls", "epoch": 1, "kafka_partition": 0, "block": 0, "last_offset": 9}
PARTS = re.compile(r"Parts: (\d+)/(\d+)")


def ask(client: Client, sql: str) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in client.query(sql).result_rows]


def read(client: Client, sql: str) -> list[tuple[int, int]]:
    """(parts left, parts before) by each index of each table that a query reads."""
    plan = "\n".join(line for (line,) in ask(client, f"EXPLAIN indexes = 1 {sql}"))
    return [(int(left), int(before)) for left, before in PARTS.findall(plan)]


@pytest.mark.parametrize("grain", ["minute", "hour"])
@pytest.mark.parametrize("kind", ROLLUPS)
def test_one_day_of_hours_or_minutes_is_read_from_one_part(
    client: Client, kind: str, grain: str
) -> None:
    for day in MONTHS:
        totals(client, kind, {**ROWS[kind], "day": day, "grain": grain})
    view = f"{kind}_by_{grain}"
    wanted = f"{grain} >= toDateTime('2021-02-10 00:00:00', 'Asia/Shanghai')"
    until = f"{grain} < toDateTime('2021-02-11 00:00:00', 'Asia/Shanghai')"
    sql = f"SELECT events FROM {view} WHERE {wanted} AND {until}"
    assert ask(client, sql) == [(1,)]
    assert read(client, sql)[0] == (1, 3)


@pytest.mark.parametrize("kind", ROLLUPS)
def test_one_day_is_read_from_one_part(client: Client, kind: str) -> None:
    for day in MONTHS:
        totals(client, kind, {**ROWS[kind], "day": day})
    sql = f"SELECT events FROM {kind}_by_day WHERE day = '2021-02-10'"
    assert ask(client, sql) == [(1,)]
    assert read(client, sql)[0] == (1, 3)


def test_the_pulse_changes_with_each_line_of_the_ledger(client: Client) -> None:
    put(
        client,
        "ledger",
        [
            {**BLOCK, "written_at": "2021-02-10 04:00:00.000"},
            {**BLOCK, "last_offset": 12, "written_at": "2021-02-10 04:00:01.500"},
            {**BLOCK, "kafka_partition": 1, "written_at": "2021-02-10 04:00:00.000"},
            {**BLOCK, "topic": "uploads", "written_at": "2021-02-10 04:00:00.000"},
        ],
    )
    assert ask(client, "SELECT topic, toString(changed), last_offsets FROM pulse ORDER BY 1") == [
        ("calls", "2021-02-10 12:00:01.500", 12 + 9),
        ("uploads", "2021-02-10 12:00:00.000", 9),
    ]


@pytest.mark.parametrize("kind", ROLLUPS)
def test_a_month_is_there_once_something_not_simulated_is(client: Client, kind: str) -> None:
    row = {**ROWS[kind], "business_date": "2021-03-31"} if kind == "uploads" else ROWS[kind]
    totals(client, kind, {**row, "day": "2021-05-31", "origin": "simulated"})
    assert ask(client, "SELECT month FROM months") == []
    totals(client, kind, {**row, "day": "2021-03-31"})
    assert ask(client, "SELECT month FROM months") == [(date(2021, 3, 1),)]


def test_months_are_each_there_once_newest_first(client: Client) -> None:
    stated = {"figure": "kiosk.devices", "subject": "H001", "exponent": 0, "unit": "device"}
    events(client, "statements", {**stated, "as_of": "2021-02-28", "value": 5})
    for kind in ("calls", "bookings"):
        for day in MONTHS:
            totals(client, kind, {**ROWS[kind], "day": day})
    assert ask(client, "SELECT month FROM months") == [
        (date(2021, 3, 1),),
        (date(2021, 2, 1),),
        (date(2021, 1, 1),),
    ]


def test_months_that_are_stated_are_not_looked_for_in_the_totals(client: Client) -> None:
    stated = {"figure": "kiosk.devices", "subject": "H001", "exponent": 0, "unit": "device"}
    events(client, "statements", *({**stated, "as_of": day, "value": 5} for day in MONTHS))
    for day in MONTHS:
        totals(client, "bookings", {**ROWS["bookings"], "day": day})
    assert (0, 3) in read(client, "SELECT month FROM months")


def test_an_answer_taken_over_by_no_answer_is_no_answer(client: Client) -> None:
    stated = {"figure": "kiosk.devices", "subject": "H001", "exponent": 0, "unit": "device"}
    events(
        client,
        "statements",
        {**stated, "as_of": "2021-02-28", "value": 5},
        {**stated, "as_of": "2021-02-28", "value": None},
        {**stated, "as_of": "2021-03-31", "value": 6},
        {**stated, "as_of": "2021-03-31", "value": 6, "sign": -1, "corrects": "e2"},
    )
    assert ask(client, "SELECT as_of, value, amount FROM stocks") == [
        (date(2021, 2, 28), None, None)
    ]
    assert ask(client, "SELECT stated, value FROM stocks_on(day = '2021-04-01')") == [
        (date(2021, 2, 28), None)
    ]


def test_an_entry_without_a_district_replaces_one_with_a_district(client: Client) -> None:
    entry = {"code": "H001", "kind": "hospital", "aliases": [], "provisional": 0, "labels": []}
    entry |= {"valid_from": "2021-01-01", "name": "甲医院"}
    events(client, "institutions", {**entry, "district": "D320106"}, {**entry, "district": None})
    assert ask(client, "SELECT code, district FROM institutions") == [("H001", None)]


def test_an_upload_is_of_the_month_of_its_business_date(client: Client) -> None:
    late = {**ROWS["uploads"], "business_date": "2021-01-31"}
    totals(client, "uploads", {**late, "day": "2021-02-01"})
    assert ask(client, "SELECT month FROM months") == [(date(2021, 1, 1),)]


def test_a_source_that_was_not_heard_for_five_weeks_before_the_newest_is_left_out(
    client: Client,
) -> None:
    call = {**ROWS["calls"], "grain": "hour"}
    totals(
        client,
        "calls",
        {**call, "source": "gone", "day": "2021-01-05"},
        {**call, "source": "quiet", "day": "2021-01-06"},
        {**call, "source": "heard", "day": "2021-02-10"},
        {**call, "source": "heard", "day": "2021-01-01"},
    )
    found = "SELECT source, toString(last_hour), events FROM source_freshness ORDER BY source"
    assert ask(client, found) == [
        ("heard", "2021-02-10 00:00:00", 1),
        ("quiet", "2021-01-06 00:00:00", 1),
    ]
    same = "SELECT source, toString(last_hour), 1 FROM last_heard ORDER BY source"
    assert ask(client, same) == ask(client, found)


def test_the_newest_day_of_a_source_is_told_for_each_origin_while_it_is_recent(
    client: Client,
) -> None:
    call, today = ROWS["calls"], datetime.now(ZoneInfo("Asia/Shanghai")).date()
    ago = {days: str(today - timedelta(days=days)) for days in (0, 1, 9, 40)}
    totals(
        client,
        "calls",
        {**call, "source": "a", "day": ago[1]},
        {**call, "source": "a", "day": ago[9]},
        {**call, "source": "a", "day": ago[0], "origin": "simulated"},
        {**call, "source": "long gone", "day": ago[40]},
    )
    totals(client, "bookings", {**ROWS["bookings"], "source": "a", "day": ago[9]})
    assert ask(
        client, "SELECT topic, source, origin, toString(day) FROM newest_days ORDER BY ALL"
    ) == [
        ("bookings", "a", "live", ago[9]),
        ("calls", "a", "live", ago[1]),
        ("calls", "a", "simulated", ago[0]),
    ]


def test_what_was_uploaded_later_about_another_month_is_not_read_for_a_bulletin(
    client: Client,
) -> None:
    for month in ("2021-01", "2021-02", "2021-03"):
        days = [f"{month}-{day}" for day in (10, 20)]  # so that the key alone tells nothing
        about = [{**ROWS["uploads"], "day": day, "business_date": day} for day in days]
        totals(client, "uploads", *about)
    sql = "SELECT `数据上传天数` FROM bulletin_05(month = '2021-01-01')"
    assert ask(client, sql) == [(2,)]
    plan = "\n".join(line for (line,) in ask(client, f"EXPLAIN indexes = 1 {sql}"))
    assert PARTS.findall(plan[plan.index("Name: by_business_date") :])[0] == ("1", "3")
