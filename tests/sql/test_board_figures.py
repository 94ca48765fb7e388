"""What the boards' intricate figures mean: changes against the past, and the usual day."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from clickhouse_connect.driver.client import Client

from grafana.queries import query
from tests.handmade import events, totals

pytestmark = pytest.mark.engine

NOW = "toDateTime('2021-03-15 10:30:00', 'Asia/Shanghai')"
CALL = {"line": "hotline", "city": "nanjing", "category": "voice"}
UPLOAD = {"table_code": "visits", "business_date": "2021-03-14", "rows": 5, "persons": 0}


def ask(client: Client, name: str, now: str = NOW) -> list[tuple[Any, ...]]:
    """Rows of a board's query at half past ten on 15 March 2021, with events of every origin."""
    sql = query(name).replace("now('Asia/Shanghai')", now)
    sql = sql.replace("${origin:singlequote}", "'live', 'replay', 'simulated'")
    return [tuple(row) for row in client.query(sql).result_rows]


def by_day(client: Client, **counts: int) -> None:
    """Calls by their day: ``d0301=5`` are five on 1 March 2021."""
    days = (f"2021-{at[1:3]}-{at[3:]}" for at in counts)
    rows = zip(days, counts.values(), strict=True)
    totals(client, "calls", *({**CALL, "day": day, "events": n} for day, n in rows))


def by_hour(client: Client, **counts: int) -> None:
    """Calls by their hour in UTC: ``d0301_04=5`` are five on 1 March 2021 from noon."""
    hours = (f"2021-{at[1:3]}-{at[3:5]} {at[6:]}:00:00" for at in counts)
    rows = zip(hours, counts.values(), strict=True)
    totals(
        client, "calls", *({**CALL, "grain": "hour", "bucket": at, "events": n} for at, n in rows)
    )


def test_a_month_is_compared_with_the_same_days_and_whole_hours(client: Client) -> None:
    by_day(client, d0301=100, d0315=27, d0201=50, d0215=999, d0220=70)
    by_hour(client, d0315_01=20, d0315_02=7, d0215_01=10, d0215_02=500)
    totals(client, "calls", {**CALL, "day": "2020-03-01", "events": 240})
    assert ask(client, "figure/month@calls") == [("127", "▲ 100%", "▼ 50%", "03-15")]


def test_where_there_is_no_past_nothing_is_compared(client: Client) -> None:
    by_day(client, d0301=100)
    assert ask(client, "figure/month@calls") == [("100", "—", "—", "03-01")]


def test_a_month_without_events_is_zero_and_has_no_newest(client: Client) -> None:
    assert ask(client, "figure/month@calls") == [("0", "—", "—", "—")]


def test_the_usual_day_is_the_mean_of_four_weeks_days_that_have_calls(client: Client) -> None:
    by_hour(client, d0308_01=10, d0309_01=20, d0309_12=4, d0214_01=1000, d0315_01=5)
    hours = ask(client, "shared/calls_today_and_usual")
    assert [hour[1:] for hour in hours] == [
        ({9: 5}.get(n, 0) if n <= 10 else None, {9: 15, 20: 2}.get(n, 0)) for n in range(24)
    ]


def test_without_four_weeks_of_calls_there_is_no_usual_day(client: Client) -> None:
    by_hour(client, d0315_01=5)
    assert {hour[2] for hour in ask(client, "shared/calls_today_and_usual")} == {None}


def test_crisis_calls_are_compared_until_this_hour(client: Client) -> None:
    crisis = {**CALL, "category": "crisis", "grain": "hour", "events": 1}
    at = ["2021-03-15 02:00:00", "2021-03-08 02:00:00", "2021-03-08 03:00:00"]
    totals(client, "calls", *({**crisis, "bucket": one} for one in at))
    by_hour(client, d0309_01=20)
    assert ask(client, "calls/crisis_so_far") == [(1, 0.5)]


def test_a_district_has_uploaded_or_not_or_is_not_connected(client: Client) -> None:
    entry = {"kind": "district", "valid_from": "2021-01-01", "aliases": [], "provisional": 0}
    districts = ({**entry, "code": f"D{n}", "name": f"D{n}", "labels": []} for n in range(1, 5))
    events(client, "institutions", *districts)
    duty = {"figure": "uploads.required", "value": 9, "exponent": 0, "unit": "table"}
    events(client, "statements", {**duty, "subject": "D2", "as_of": "2021-02-28"})
    totals(
        client,
        "uploads",
        {**UPLOAD, "organisation": "D1", "day": "2021-03-15"},
        {**UPLOAD, "organisation": "D3", "day": "2021-03-02"},
    )
    assert ask(client, "wall/districts") == [
        ("D1", 5, 5, "已上传"),
        ("D2", 0, 0, "今日未上传"),
        ("D3", 0, 5, "今日未上传"),
        ("D4", None, None, "未对接"),
    ]


def test_overdue_are_uploads_and_connections(client: Client) -> None:
    entry = {"valid_from": "2021-01-01", "aliases": [], "provisional": 0, "labels": []}
    kinds = {"D1": "district", "D2": "district", "H1": "hospital", "H2": "hospital"}
    events(
        client,
        "institutions",
        *({**entry, "code": code, "name": code, "kind": kind} for code, kind in kinds.items()),
    )
    stated: dict[str, Any] = {"exponent": 0, "unit": "x", "as_of": "2021-02-28"}
    duties = ({"figure": "uploads.required", "subject": one, "value": 9} for one in kinds)
    ecg: dict[str, Any] = {"figure": "telemedicine.connection.ecg"}
    connected = ({**ecg, "subject": "D1", "value": 0}, {**ecg, "subject": "D2", "value": None})
    events(client, "statements", *({**stated, **one} for one in (*duties, *connected)))
    uploads = {**UPLOAD, "day": "2021-03-14"}
    totals(client, "uploads", *({**uploads, "organisation": one} for one in ("D2", "H1")))
    assert ask(client, "wall/overdue") == [
        ("区昨日未上传", 1, "D1"),
        ("医院昨日未上传", 1, "H2"),
        ("远程心电未对接", 1, "D1"),
        ("远程心电对接未反馈", 1, "D2"),
    ]


def test_a_source_is_silent_from_its_second_day_without_events_to_the_end_of_two_weeks(
    client: Client,
) -> None:
    today = datetime.now(ZoneInfo("Asia/Shanghai")).date()
    for days in (0, 1, 2, 14, 15):
        seen = {**CALL, "source": f"{days:02}", "day": str(today - timedelta(days=days))}
        totals(client, "calls", seen, {**seen, "day": str(today - timedelta(days=16))})
    found = ask(client, "wall/overdue", "now('Asia/Shanghai')")
    assert found == [("来源静默超一天", 2, "02（12320）、14（12320）")]
