"""The register's history and mergers, and what each institution should deliver, by hand."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest
from clickhouse_connect.driver.client import Client

from tests.handmade import events, totals

pytestmark = pytest.mark.engine

FEB, MAR = "2021-02-01", "2021-03-01"


def entry(code: str, name: str, kind: str = "hospital", **more: Any) -> dict[str, Any]:
    told = {"code": code, "name": name, "kind": kind, "valid_from": FEB, "aliases": []}
    return {**told, "provisional": 0, "labels": [], **more}


def register(client: Client, *entries: Mapping[str, Any]) -> None:
    events(client, "institutions", *({**one, "event_id": f"i{n}"} for n, one in enumerate(entries)))


def duties(client: Client, *said: tuple[str, str, int | None]) -> None:
    common = {"as_of": "2021-02-28", "exponent": 0, "unit": "table"}
    rows = ({**common, "figure": f, "subject": who, "value": value} for f, who, value in said)
    events(client, "statements", *rows)


def upload(who: str, day: str, came: str, **more: Any) -> dict[str, Any]:
    told = {"organisation": who, "table_code": "visits", "business_date": day, "day": came}
    return {**told, "rows": 100, "persons": 10, **more}


def ask(client: Client, sql: str) -> list[dict[str, Any]]:
    answer = client.query(sql)
    return [dict(zip(answer.column_names, row, strict=True)) for row in answer.result_rows]


def deliveries(client: Client, month: str = FEB) -> dict[str, dict[str, Any]]:
    return {one["code"]: one for one in ask(client, f"SELECT * FROM deliveries(month = '{month}')")}


def bulletin(client: Client, code: str, month: str) -> list[dict[str, Any]]:
    return ask(client, f"SELECT * FROM bulletin_{code}(month = '{month}')")


def test_the_last_word_on_a_day_counts_and_a_retraction_takes_it_back(client: Client) -> None:
    register(
        client,
        entry("H1", "旧"),
        entry("H1", "新"),
        entry("H2", "误"),
        entry("H2", "误", sign=-1, corrects="i2"),
    )
    found = ask(client, "SELECT code, name FROM institutions")
    assert found == [{"code": "H1", "name": "新"}]
    history = ask(client, "SELECT code, name, sign FROM institution_history ORDER BY event_id")
    assert [(one["name"], one["sign"]) for one in history] == [
        ("旧", 1),
        ("新", 1),
        ("误", 1),
        ("误", -1),
    ]


def test_a_month_shows_the_name_of_its_own_end(client: Client) -> None:
    register(client, entry("H1", "旧"), entry("H1", "新", valid_from=MAR))
    days = [upload("H1", f"2021-0{month}-10", f"2021-0{month}-11") for month in (2, 3)]
    totals(client, "uploads", *days)
    assert [bulletin(client, "05", month)[0]["接入单位"] for month in (FEB, MAR)] == ["旧", "新"]
    assert [deliveries(client, month)["H1"]["name"] for month in (FEB, MAR)] == ["旧", "新"]


def test_from_its_day_on_a_merged_one_s_events_stand_under_the_other(client: Client) -> None:
    register(
        client,
        entry("H1", "甲"),
        entry("H2", "乙"),
        entry("H1", "甲", valid_from="2021-02-15", merged_into="H2"),
    )
    duties(client, ("uploads.required", "H1", 2), ("uploads.required", "H2", 2))
    early, late = upload("H1", "2021-02-14", "2021-02-15"), upload("H1", "2021-02-15", "2021-02-16")
    totals(client, "uploads", early, late, upload("H1", "2021-03-02", "2021-03-03"))
    of = {one["接入单位"]: one["数据上传量"] for one in bulletin(client, "05", FEB)}
    assert of == {"甲": 100, "乙": 100}
    found = deliveries(client)
    assert (found["H1"]["due_days"], found["H1"]["days"]) == (14, 1)
    assert (found["H2"]["due_days"], found["H2"]["days"]) == (28, 1)
    assert [one["接入单位"] for one in bulletin(client, "05", MAR)] == ["乙"]
    assert list(deliveries(client, MAR)) == ["H2"]


@pytest.mark.parametrize(
    ("kind", "row", "code", "column", "figure"),
    [
        (
            "bookings",
            {"hospital": "H1", "channel": "phone", "route": None},
            "02",
            "单位",
            "小计",
        ),
        (
            "kiosk_transactions",
            {"institution": "H1", "service": "payment", "amount_fen": 99},
            "06",
            "单位",
            "缴费（次）",
        ),
    ],
)
def test_bookings_and_kiosks_follow_a_merger_by_day(
    client: Client, kind: str, row: dict[str, Any], code: str, column: str, figure: str
) -> None:
    register(
        client,
        entry("H1", "甲"),
        entry("H2", "乙"),
        entry("H1", "甲", valid_from="2021-02-15", merged_into="H2"),
    )
    days = (("2021-02-14", 1), ("2021-02-15", 2), ("2021-03-01", 4))
    totals(client, kind, *({**row, "day": day, "events": n} for day, n in days))
    of = {one[column]: one[figure] for one in bulletin(client, code, FEB)}
    assert of == {"甲": 1, "乙": 2}
    assert {one[column]: one[figure] for one in bulletin(client, code, MAR)} == {"乙": 4}


@pytest.mark.parametrize(
    ("code", "kind", "row", "column", "figure"),
    [
        ("02", "bookings", {"hospital": "P1", "channel": "phone", "route": None}, "单位", "小计"),
        (
            "05",
            "uploads",
            {"organisation": "P1", "table_code": "beds", "business_date": "2021-02-09", "rows": 1},
            "接入单位",
            "数据上传量",
        ),
        (
            "06",
            "kiosk_transactions",
            {"institution": "P1", "service": "payment", "amount_fen": 99},
            "单位",
            "缴费（次）",
        ),
    ],
)
@pytest.mark.parametrize("own", [True, False])
def test_a_printed_row_is_the_other_s_unless_it_has_its_own(
    client: Client, code: str, kind: str, row: dict[str, Any], column: str, figure: str, own: bool
) -> None:
    label = {"table": code, "label": "印名", "place": 2}
    mine = [{"table": code, "label": "己名", "place": 1}] if own else []
    register(
        client,
        entry("H1", "甲", labels=mine),
        entry("P1", "印名", provisional=1, labels=[label], merged_into="H1"),
    )
    totals(client, kind, {**row, "day": "2021-02-10"})
    found = [(one[column], one[figure]) for one in bulletin(client, code, FEB)]
    assert found == [("己名" if own else "印名", 1)]


def test_telemedicine_follows_a_merger(client: Client) -> None:
    register(
        client,
        entry("H1", "甲"),
        entry("H2", "乙"),
        entry("H1", "甲", valid_from=MAR, merged_into="H2"),
    )
    report = {"platform": "ecg", "item": "report", "institution": "H1"}
    totals(
        client, "telemedicine", *({**report, "day": day} for day in ("2021-02-14", "2021-03-14"))
    )
    for month, name in ((FEB, "甲"), (MAR, "乙")):
        first = [one["数值"] for one in bulletin(client, "07", month) if "第一" in one["指标"]]
        assert first == [f"{name}1份"]


def test_who_should_deliver_and_how_it_stands(client: Client) -> None:
    register(
        client,
        entry("H1", "齐"),
        entry("H2", "缺"),
        entry("H3", "默"),
        entry("H4", "新", valid_from="2021-02-27"),
        entry("D320104", "区", "district"),
    )
    duties(
        client,
        *(("uploads.required", code, 3) for code in ("H1", "H2", "H3", "H4", "D320104")),
        *(("uploads.declared", code, 2) for code in ("H1", "H2", "H4", "D320104")),
        ("uploads.declared", "H3", None),
        ("telemedicine.connection.lab", "D320104", 0),
        ("telemedicine.connection.ecg", "D320104", 1),
    )
    every = [date(2021, 2, day) for day in range(1, 29)]
    for who in ("H1", "H3", "D320104"):
        totals(client, "uploads", *(upload(who, str(day), str(day)) for day in every))
    totals(
        client,
        "uploads",
        upload("H2", "2021-02-05", "2021-02-06"),
        upload("H2", "2021-02-05", "2021-02-09", table_code="discharges"),
        upload("H2", "2021-02-07", "2021-02-10"),
        upload("H2", "2021-02-08", "2021-02-09", origin="simulated"),
        *(upload("H4", f"2021-02-{day}", "2021-02-28") for day in (27, 28)),
    )
    found = deliveries(client)
    assert {code: one["state"] for code, one in found.items()} == {
        "H1": "已上传",
        "H2": "逾期",
        "H3": "未反馈",
        "H4": "已上传",
        "D320104": "未对接",
    }
    two = found["H2"]
    assert (two["tables"], two["days"], two["due_days"]) == (2, 2, 28)
    assert (two["late_days"], len(two["overdue"])) == (1, 26)
    assert (two["last_day"], two["last_upload"]) == (date(2021, 2, 7), date(2021, 2, 10))
    assert (two["declared"], two["required"], two["volume"]) == (2, 3, 300)
    assert (found["H4"]["due_days"], found["H3"]["unanswered"]) == (2, 1)
    assert (found["D320104"]["connected"], found["D320104"]["unconnected"]) == (["ecg"], ["lab"])


def test_nobody_is_expected_before_anything_was_stated(client: Client) -> None:
    register(client, entry("H1", "甲"))
    duties(client, ("uploads.required", "H1", 3))
    assert deliveries(client, "2021-01-01") == {}


def test_an_upload_that_was_taken_back_is_no_delivery(client: Client) -> None:
    register(client, entry("H1", "甲"))
    duties(client, ("uploads.required", "H1", 3))
    came = upload("H1", "2021-02-05", "2021-02-06")
    back = {**upload("H1", "2021-02-05", "2021-02-08"), "events": -1, "rows": -100, "persons": -10}
    totals(client, "uploads", came, {**back, "block": 9})
    found = deliveries(client)["H1"]
    assert (found["days"], found["tables"], found["last_day"]) == (0, 0, None)


def test_of_a_month_in_progress_only_what_is_due_is_overdue(client: Client) -> None:
    today = client.query("SELECT toDate(now('Asia/Shanghai'))").result_rows[0][0]
    month = today.replace(day=1)
    register(client, entry("H1", "甲", valid_from=str(month)))
    common = {"exponent": 0, "unit": "table", "figure": "uploads.required", "value": 3}
    events(client, "statements", {**common, "subject": "H1", "as_of": str(month)})
    found = deliveries(client, str(month))["H1"]
    assert found["due_days"] == len(found["overdue"]) == max(0, today.day - 2)
