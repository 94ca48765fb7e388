"""The states that boards name (已对接, 未反馈, 静默, 闲置, 偏高): each from rows that make it."""

from typing import Any

import pytest
from clickhouse_connect.driver.client import Client

from grafana.queries import query
from tests.handmade import events, totals

pytestmark = pytest.mark.engine

NOW = "toDateTime('2021-03-15 10:30:00', 'Asia/Shanghai')"
ENTRY = {"valid_from": "2021-01-01", "aliases": [], "provisional": 0, "labels": []}
STATED = {"exponent": 0, "unit": "x", "as_of": "2021-03-01"}
UPLOAD = {"table_code": "visits", "business_date": "2021-03-14", "rows": 5, "persons": 0}


def ask(client: Client, name: str) -> list[tuple[Any, ...]]:
    """Rows of a board's query for March 2021, half of it over, with events of every origin."""
    sql = query(name).replace("now('Asia/Shanghai')", NOW)
    sql = sql.replace("${origin:singlequote}", "'live', 'replay', 'simulated'")
    sql = sql.replace("${month:singlequote}", "'2021-03-01'")
    return [tuple(row) for row in client.query(sql).result_rows]


def register(client: Client, **named: str) -> None:
    """Institutions by their code, of a kind, each its own name."""
    told = ({**ENTRY, "code": code, "name": code, "kind": kind} for code, kind in named.items())
    events(client, "institutions", *told)


def state(client: Client, *figures: tuple[str, str, int | None]) -> None:
    """Stocks of 1 March 2021: (figure, subject, value)."""
    names = ("figure", "subject", "value")
    told = ({**STATED, **dict(zip(names, one, strict=True))} for one in figures)
    events(client, "statements", *told)


def transactions(client: Client, **amounts: int) -> None:
    """Ten payments in March 2021 of each institution: so many fen in all."""
    paid = {"service": "payment", "day": "2021-03-10", "events": 10}
    rows = ({**paid, "institution": code, "amount_fen": fen} for code, fen in amounts.items())
    totals(client, "kiosk_transactions", *rows)


def test_a_district_is_connected_or_not_or_nobody_knows(client: Client) -> None:
    register(client, D1="district", D2="district", H1="hospital")
    ecg, lab = "telemedicine.connection.ecg", "telemedicine.connection.lab"
    state(client, (ecg, "D1", 1), (ecg, "D2", 0), (lab, "D1", None))
    assert ask(client, "telemedicine/connections") == [
        ("D1", "未知", "已对接", "未知", "未知"),
        ("D2", "未知", "未对接", "未知", "未知"),
    ]


def test_a_platform_that_nobody_told_districts_of_has_no_number_of_them(client: Client) -> None:
    ecg = "telemedicine.connection.ecg"
    connected = "telemedicine.connected"
    state(client, (connected, "ecg", 7), (connected, "lab", 8), (ecg, "D1", 0), (ecg, "D2", None))
    assert [row[1:5] for row in ask(client, "telemedicine/coverage")] == [
        (7, None, 1, 1),
        (8, None, None, None),
    ]


def test_consultations_of_a_platform_that_tells_none_are_no_zero(client: Client) -> None:
    told = {"item": "consultation", "institution": None, "images": 0}
    assert [row[4] for row in ask(client, "telemedicine/others_today")] == ["—"]
    totals(client, "telemedicine", {**told, "platform": "consultation", "day": "2021-03-14"})
    assert [row[4] for row in ask(client, "telemedicine/others_today")] == ["0"]


def test_not_answered_not_asked_and_zero_declared_are_three(client: Client) -> None:
    register(client, D1="district", D2="district", D3="district")
    declared, required = "uploads.declared", "uploads.required"
    state(
        client,
        *((required, code, 9) for code in ("D1", "D2")),
        (declared, "D1", None),
        (declared, "D2", 0),
    )
    totals(client, "uploads", {**UPLOAD, "organisation": "D3", "day": "2021-03-15"})
    assert {row[0]: (row[2], row[7]) for row in ask(client, "uploads/organisations")} == {
        "D1": ("未反馈", "未反馈"),
        "D2": ("0", "未上传"),
        "D3": ("—", "缺日"),
    }


def test_an_organisation_is_quiet_a_day_and_a_half_after_its_upload(client: Client) -> None:
    register(client, D1="district", D2="district", H1="hospital")
    state(client, ("uploads.required", "H1", 9))
    at = {"D1": "2021-03-13 14:00:00", "D2": "2021-03-13 13:00:00"}  # UTC; now is 02:30 of the 15th
    hours = ({"organisation": code, "bucket": hour, "grain": "hour"} for code, hour in at.items())
    totals(client, "uploads", *({**UPLOAD, **one} for one in hours))
    assert [row[0:1] + row[3:] for row in ask(client, "uploads/quiet_organisations")] == [
        ("H1", None, "久无上传"),
        ("D2", 37, "静默"),
        ("D1", 36, "正常"),
    ]


def test_kiosks_are_idle_where_some_are_and_nobody_used_them(client: Client) -> None:
    register(client, H1="hospital", H2="hospital", H3="hospital", H4="hospital")
    devices = "kiosk.devices"
    state(client, (devices, "H1", 5), (devices, "H2", 4), (devices, "H3", 0), (devices, "H4", None))
    transactions(client, H2=100)
    assert ask(client, "kiosks/idle") == [("H1", 5, "闲置")]
    assert ask(client, "kiosks/devices") == [(9, 2, 5)]


def test_an_amount_stands_out_at_three_times_the_median_and_a_third_of_it(client: Client) -> None:
    register(client, **dict.fromkeys(("H1", "H2", "H3", "H4", "H5"), "hospital"))
    transactions(client, H1=1000, H2=1000, H3=1000, H4=3001, H5=333)
    judged = {row[0]: (row[4], row[6]) for row in ask(client, "kiosks/averages")}
    assert judged == {
        **dict.fromkeys(("H1", "H2", "H3"), (1.0, "")),
        "H4": (3.0, "偏高"),
        "H5": (0.33, "偏低"),
    }
