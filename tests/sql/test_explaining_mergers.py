"""Figures of institutions that were merged explain themselves, by the day of each event."""

from typing import Any

import pytest
from clickhouse_connect.driver.client import Client

from ningmai.explaining import explain, figures
from producers.bulletin import Month
from tests.handmade import events, totals

pytestmark = pytest.mark.engine

DAYS = (("2021-02-14", 1), ("2021-02-15", 2), ("2021-03-01", 4))
KINDS: dict[str, dict[str, Any]] = {
    "bookings": {"hospital": "H1", "channel": "phone", "route": None},
    "telemedicine": {"platform": "ecg", "item": "report", "institution": "H1"},
    "kiosk_transactions": {"institution": "H1", "service": "payment", "amount_fen": 99},
    "uploads": {"organisation": "H1", "table_code": "beds", "rows": 7},
}


@pytest.fixture
def merged(client: Client) -> Client:
    """H1 goes into H2 in the middle of February; its row of March's print is H2's."""
    common: dict[str, Any] = {"kind": "hospital", "aliases": [], "provisional": 0, "labels": []}
    label = [{"table": "02", "label": "印名", "place": 1}]
    entries = (
        {"code": "H1", "name": "甲", "valid_from": "2021-02-01"},
        {"code": "H2", "name": "乙", "valid_from": "2021-02-01"},
        {"code": "H1", "name": "甲", "valid_from": "2021-02-15", "merged_into": "H2"},
        {
            "code": "H1",
            "name": "甲",
            "valid_from": "2021-03-01",
            "merged_into": "H2",
            "labels": label,
        },
    )
    told = ({**common, **each, "event_id": f"i{n}"} for n, each in enumerate(entries))
    events(client, "institutions", *told)
    stated = {"as_of": "2021-02-01", "exponent": 0, "unit": "institution", "value": 0}
    connection = {**stated, "figure": "telemedicine.connection.ecg"}
    events(client, "statements", *({**connection, "subject": who} for who in ("H1", "H2")))
    for kind, row in KINDS.items():
        rows = ({**row, "day": day, "events": n, "business_date": day} for day, n in DAYS)
        plain = ("bookings", "telemedicine", "kiosk_transactions")
        keep = {"business_date"} if kind in plain else set()
        totals(client, kind, *({k: v for k, v in one.items() if k not in keep} for one in rows))
    return client


@pytest.mark.parametrize(
    ("month", "expected"),
    [
        (Month(2021, 2), {("甲", "小计"): "1", ("乙", "小计"): "2"}),
        (Month(2021, 3), {("印名", "小计"): "4"}),
    ],
)
def test_the_queries_of_merged_institutions_give_their_figures(
    merged: Client, month: Month, expected: dict[tuple[str, str], str]
) -> None:
    bulletin, known = figures(merged, month)
    of_02 = {(one.row, one.column): one.text for one in known if one.table == "02"}
    assert expected.items() <= of_02.items()
    assert {one.table for one in known} >= {"02", "05", "06", "07"}
    wrong = [one.address for one in known if not explain(merged, bulletin, one).agrees]
    assert wrong == []
