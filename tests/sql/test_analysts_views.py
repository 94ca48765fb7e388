"""The views that analysts find by name."""

from datetime import date
from typing import Any

import pytest
from clickhouse_connect.driver.client import Client

from tests.handmade import events, put, totals

pytestmark = pytest.mark.engine

CALL = {"line": "hotline", "city": "nanjing", "category": "voice"}
LINE = {
    "topic": "calls",
    "epoch": 1,
    "kafka_partition": 0,
    "block": 0,
    "last_offset": 9,
    "counted": 6,
    "repeats": 1,
    "dead": 2,
    "gaps": 1,
    "skipped": 0,
    "sealed": 1,
    "first_appended": "2021-02-10 00:00:00",
    "last_appended": "2021-02-10 00:01:00",
}


def ask(client: Client, sql: str) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in client.query(sql).result_rows]


def test_events_are_those_that_count(client: Client) -> None:
    events(
        client, "calls", CALL, {**CALL, "counted": 0}, {**CALL, "sign": -1, "corrects": "e0"}, CALL
    )
    far = {"topic": "calls", "epoch": 1, "kafka_partition": 0, "kafka_offset": 3, "event_id": "e3"}
    put(
        client,
        "far_repeats",
        [{**far, "first_epoch": 1, "first_partition": 1, "first_offset": 5}],
    )
    assert ask(client, "SELECT event_id, sign, corrects FROM calls ORDER BY event_id") == [
        ("e0", 1, None),
        ("e2", -1, "e0"),
    ]


def test_the_day_of_an_event_is_shanghais(client: Client) -> None:
    events(client, "calls", {**CALL, "occurred_at": "2021-02-09 16:00:00"})
    assert ask(client, "SELECT day FROM calls") == [(date(2021, 2, 10),)]


def test_totals_are_sums_over_blocks_with_origin_apart(client: Client) -> None:
    call = {**CALL, "day": "2021-02-10"}
    totals(
        client,
        "calls",
        {**call, "block": 0, "events": 3},
        {**call, "block": 8192, "events": 4},
        {**call, "block": 8192, "taken_back": 1, "events": -1},
        {**call, "origin": "simulated", "events": 50},
        {**call, "grain": "hour", "events": 9},
    )
    assert ask(client, "SELECT day, origin, events FROM calls_by_day ORDER BY origin") == [
        (date(2021, 2, 10), "live", 6),
        (date(2021, 2, 10), "simulated", 50),
    ]
    assert ask(client, "SELECT toString(hour), events FROM calls_by_hour") == [
        ("2021-02-10 00:00:00", 9)
    ]


@pytest.mark.parametrize("grain", ["minute", "hour", "day"])
@pytest.mark.parametrize(
    ("kind", "row", "columns"),
    [
        ("calls", CALL, "line, city, category, events"),
        (
            "bookings",
            {"hospital": "H001", "channel": "phone", "route": None},
            "hospital, channel, route, events",
        ),
        (
            "telemedicine",
            {"platform": "ecg", "item": "report", "institution": None, "images": 7},
            "platform, item, institution, events, images",
        ),
        (
            "uploads",
            {
                "organisation": "H001",
                "table_code": "visits",
                "business_date": "2021-02-09",
                "rows": 5,
                "persons": 4,
            },
            "organisation, table_code, rows, persons, events",
        ),
        (
            "kiosk_transactions",
            {"institution": "H001", "service": "payment", "amount_fen": 99},
            "institution, service, amount_fen, events",
        ),
    ],
)
def test_each_kind_has_a_view_of_each_grain(
    client: Client, kind: str, row: dict[str, Any], columns: str, grain: str
) -> None:
    totals(client, kind, {**row, "day": "2021-02-10", "grain": grain, "events": 2})
    expected = {**row, "events": 2}
    assert ask(client, f"SELECT {columns} FROM {kind}_by_{grain}") == [
        tuple(expected[name] for name in columns.split(", "))
    ]


def test_a_stock_is_the_last_statement_of_the_day_or_before(client: Client) -> None:
    said = {"figure": "kiosk.devices", "subject": "H001", "exponent": 0, "unit": "device"}
    events(
        client,
        "statements",
        {**said, "as_of": "2021-02-28", "value": 5},
        {**said, "as_of": "2021-02-28", "value": 6},
        {**said, "as_of": "2021-03-31", "value": None},
        {**said, "as_of": "2021-02-01", "value": 1, "origin": "simulated"},
    )

    def on(day: str) -> list[tuple[Any, ...]]:
        return ask(client, f"SELECT stated, value FROM stocks_on(day = '{day}')")

    assert on("2021-02-27") == []
    assert on("2021-03-01") == [(date(2021, 2, 28), 6)]
    assert on("2021-04-01") == [(date(2021, 3, 31), None)]


def test_a_statement_keeps_its_precision_beside_its_amount(client: Client) -> None:
    said = {"figure": "uploads.rows_total", "subject": "city", "unit": "row"}
    events(client, "statements", {**said, "as_of": "2021-02-28", "value": 710, "exponent": 7})
    assert ask(client, "SELECT value, exponent, amount FROM stocks") == [(710, 7, 7_100_000_000)]


def test_the_register_keeps_every_month_and_its_labels(client: Client) -> None:
    entry = {"code": "H001", "kind": "hospital", "aliases": ["旧名"], "provisional": 0}
    labels = [{"table": "02", "label": "甲（本部）", "place": 3}]
    events(
        client,
        "institutions",
        {**entry, "valid_from": "2021-01-01", "name": "错名", "labels": []},
        {**entry, "valid_from": "2021-01-01", "name": "甲医院", "labels": labels},
        {**entry, "valid_from": "2021-02-01", "name": "甲院", "labels": []},
    )
    assert ask(client, "SELECT valid_from, name FROM institutions ORDER BY valid_from") == [
        (date(2021, 1, 1), "甲医院"),
        (date(2021, 2, 1), "甲院"),
    ]
    assert ask(client, "SELECT * FROM institution_labels") == [
        (date(2021, 1, 1), "H001", "hospital", "02", "甲（本部）", 3)
    ]


def test_sources_show_when_they_were_heard_last(client: Client) -> None:
    call = {**CALL, "grain": "hour"}
    totals(client, "calls", {**call, "day": "2021-02-10"}, {**call, "day": "2021-02-11"})
    found = "SELECT topic, source, origin, toString(last_hour), events FROM source_freshness"
    assert ask(client, found) == [("calls", "by-hand", "live", "2021-02-11 00:00:00", 2)]


def test_blocks_account_for_every_offset(client: Client) -> None:
    put(client, "ledger", [LINE])
    assert ask(client, "SELECT accounted, offsets FROM blocks") == [(10, 10)]
    assert ask(client, "SELECT topic, counted, repeats, dead FROM freshness") == [
        ("calls", 6, 1, 2)
    ]


def test_refusals_are_counted_by_reason_without_their_bytes(client: Client) -> None:
    letter = {
        "topic": "calls",
        "epoch": 1,
        "kafka_partition": 0,
        "reason": "magic",
        "appended_at": "2026-11-20 00:00:00",
        "detail": "不是事件",
        "value": "?",
    }
    put(client, "dead_letters", [{**letter, "kafka_offset": n} for n in (1, 2, 2)])
    assert ask(client, "SELECT topic, reason, detail, letters FROM dead_letters_by_reason") == [
        ("calls", "magic", "不是事件", 2)
    ]
