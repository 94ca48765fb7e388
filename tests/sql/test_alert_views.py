"""The views that alert rules ask: what is usual, and what is not."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from clickhouse_connect.driver.client import Client

from tests.handmade import put, totals

pytestmark = pytest.mark.engine

NOW = datetime.now(UTC)
AGO = "dateDiff('hour', hour, now('Asia/Shanghai'))"
HOUR = NOW.replace(minute=0, second=0, microsecond=0)
CALL = {"line": "hotline", "city": "nanjing", "category": "crisis", "grain": "hour"}
LINE = {
    "topic": "calls",
    "epoch": 1,
    "kafka_partition": 0,
    "block": 0,
    "last_offset": 9,
    "counted": 10,
    "first_appended": "2021-02-10 00:00:00",
}


@pytest.fixture(autouse=True)
def _as_of_this_test() -> None:
    """A session takes longer than what these views look back."""
    global NOW, HOUR
    NOW = datetime.now(UTC)
    HOUR = NOW.replace(minute=0, second=0, microsecond=0)


def ask(client: Client, sql: str) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in client.query(sql).result_rows]


def second(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S}"


def ago(hours: float) -> str:
    return second(HOUR - timedelta(hours=hours))


def heard(client: Client, source: str, *hours: float, **more: Any) -> None:
    """Events of a source, whole hours before this one."""
    rows = [{**CALL, "source": source, "bucket": ago(hour), **more} for hour in hours]
    totals(client, "calls", *rows)


def written(client: Client, at: datetime, lay: float = 0, **more: Any) -> None:
    """A line of the ledger whose last message lay in Kafka for so many seconds."""
    times = {"written_at": second(at), "last_appended": second(at - timedelta(seconds=lay))}
    put(client, "ledger", [{**LINE, **times, **more}])


def weekly(*hours: float) -> list[float]:
    return [168 * week + hour for week in (1, 2, 3, 4) for hour in hours]


QUIET = "SELECT quiet_hours, habit_hours FROM quiet_sources WHERE source = '{}'"


def test_a_source_heard_in_this_hour_or_the_last_is_not_quiet(client: Client) -> None:
    heard(client, "a", 0, *weekly(1))
    heard(client, "b", 1, *weekly(1))
    assert ask(client, QUIET.format("a")) == [(0, 0)]
    assert ask(client, QUIET.format("b")) == [(0, 0)]


def test_a_source_is_quiet_for_whole_hours(client: Client) -> None:
    heard(client, "a", 4, *weekly(1, 2, 3))
    assert ask(client, QUIET.format("a")) == [(3, 0)]


def test_the_habit_is_the_longest_quiet_at_this_hour_of_the_week(client: Client) -> None:
    heard(client, "weekend", 40, *weekly(40), 168 + 9)
    assert ask(client, QUIET.format("weekend")) == [(39, 39)]


def test_what_it_did_later_in_those_weeks_does_not_count(client: Client) -> None:
    heard(client, "a", 13, *weekly(13, -1, -5))
    assert ask(client, QUIET.format("a")) == [(12, 12)]


def test_there_is_no_habit_before_two_weeks_are_known(client: Client) -> None:
    heard(client, "new", 13, 168 + 1)
    heard(client, "older", 13, 168 + 1, 336 + 2)
    assert ask(client, QUIET.format("new")) == [(12, None)]
    assert ask(client, QUIET.format("older")) == [(12, 1)]


def test_simulated_events_are_a_habit_of_their_own(client: Client) -> None:
    heard(client, "a", *weekly(1))
    heard(client, "a", 0, *weekly(1), origin="simulated")
    found = "SELECT origin, quiet_hours FROM quiet_sources ORDER BY origin"
    assert ask(client, found) == [("live", 168), ("simulated", 0)]


def test_every_kind_has_its_sources(client: Client) -> None:
    at = {"bucket": ago(2), "grain": "hour"}
    totals(client, "calls", {**CALL, **at})
    totals(client, "bookings", {"hospital": "H001", "channel": "phone", "route": None, **at})
    totals(client, "telemedicine", {"platform": "ecg", "item": "report", "institution": None, **at})
    totals(
        client,
        "uploads",
        {"organisation": "H001", "table_code": "visits", "business_date": "2021-02-09", **at},
    )
    totals(client, "kiosk_transactions", {"institution": "H001", "service": "payment", **at})
    assert ask(client, "SELECT topic, quiet_hours FROM quiet_sources ORDER BY topic") == [
        (kind, 1) for kind in ("bookings", "calls", "kiosk_transactions", "telemedicine", "uploads")
    ]


def test_calls_stand_against_the_same_hour_of_the_days_before(client: Client) -> None:
    heard(client, "a", *(24 * day for day in range(1, 11)), events=4)
    heard(client, "a", *(24 * day + 1 for day in range(1, 11)), events=9)
    heard(client, "a", *(24 * day + 5 for day in range(1, 11)), events=70)
    heard(client, "a", 0, events=5)
    heard(client, "a", 1, events=20)
    assert ask(
        client,
        f"SELECT {AGO}, events, round(usual, 1), round(at_most, 1) "
        "FROM calls_against_habit ORDER BY hour",
    ) == [(1, 20, 9.0, 18.0), (0, 5, 4.0, 10.0)]


def test_days_without_a_call_of_the_category_count_as_none(client: Client) -> None:
    heard(client, "a", *(24 * day + 1 for day in range(1, 11)), category="voice")
    heard(client, "a", 24 + 1, 48 + 1)
    heard(client, "a", 1, events=4)
    found = "SELECT events, usual FROM calls_against_habit WHERE category = 'crisis' AND events"
    assert ask(client, found) == [(4, 0.2)]


def test_calls_have_no_habit_before_seven_days_are_known(client: Client) -> None:
    heard(client, "a", 1, *(24 * day + 1 for day in range(1, 6)), events=50)
    found = "SELECT events, usual, at_most FROM calls_against_habit WHERE events"
    assert ask(client, found) == [(50, None, None)]


def test_a_delay_is_how_long_messages_lay_in_kafka(client: Client) -> None:
    written(client, NOW, lay=95)
    written(client, NOW, lay=2, kafka_partition=1)
    written(client, NOW - timedelta(minutes=30), lay=9999, topic="bookings")
    assert ask(client, "SELECT topic, seconds FROM delays") == [("calls", 95)]


def test_a_standstill_is_told_beside_what_is_usual_in_this_hour(client: Client) -> None:
    heard(client, "a", *weekly(0), 24, 3, events=80)
    heard(client, "b", 168, events=40)
    heard(client, "a", *weekly(0), events=7, origin="simulated")
    written(client, NOW - timedelta(minutes=25))
    rows = ask(client, "SELECT origin, usual_events, minutes FROM standstill ORDER BY origin")
    assert [row[:2] for row in rows] == [("live", 90), ("simulated", 7)]
    assert {25 <= minutes <= 27 for *_, minutes in rows} == {True}


def test_dead_letters_are_counted_by_hour_of_arrival(client: Client) -> None:
    letter = {
        "topic": "calls",
        "epoch": 1,
        "kafka_partition": 0,
        "reason": "magic",
        "detail": "",
        "value": "?",
    }
    hours = (0, 0, 1, 1, 1)
    put(
        client,
        "dead_letters",
        [
            {**letter, "kafka_offset": nth, "appended_at": ago(hour)}
            for nth, hour in enumerate(hours)
        ],
    )
    found = f"SELECT reason, {AGO}, letters FROM dead_letters_by_hour"
    assert ask(client, found + " ORDER BY hour") == [("magic", 1, 3), ("magic", 0, 2)]
