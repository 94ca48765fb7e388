"""Each printed table from a few rows put there by hand, with the figures that it must show."""

from decimal import Decimal
from typing import Any

import pytest
from clickhouse_connect.driver.client import Client

from tests.handmade import events, totals

pytestmark = pytest.mark.engine

FEB = {"day": "2021-02-10"}
H1, H2, D1 = "H001", "H002", "D320104"


def bulletin(client: Client, code: str, month: str = "2021-02-01") -> list[tuple[Any, ...]]:
    answer = client.query(f"SELECT * FROM bulletin_{code}(month = '{month}')")
    return [tuple(row) for row in answer.result_rows]


def entry(code: str, name: str, kind: str = "hospital", **more: Any) -> dict[str, Any]:
    return {
        "code": code,
        "name": name,
        "kind": kind,
        "valid_from": "2021-02-01",
        "aliases": [],
        "provisional": 0,
        "labels": [],
        **more,
    }


def stated(figure: str, subject: str, value: int | None, **more: Any) -> dict[str, Any]:
    return {
        "figure": figure,
        "subject": subject,
        "value": value,
        "exponent": 0,
        "unit": "x",
        "as_of": "2021-02-28",
        **more,
    }


def test_01a_is_home_calls_by_category_with_orders_below(client: Client) -> None:
    home = {**FEB, "line": "hotline", "city": "nanjing"}
    totals(
        client,
        "calls",
        {**home, "category": "complaint", "events": 3},
        {**home, "category": "consultation", "events": 2},
        {**home, "category": "新类别", "events": 1},
        {**home, "category": None, "events": 50},
        {**home, "city": "suzhou", "category": "complaint", "events": 70},
        {**FEB, "line": "order_province", "city": None, "category": None, "events": 4},
    )
    assert bulletin(client, "01a") == [
        ("咨询类（不含专家咨询）", 2, "个"),
        ("医疗服务投诉", 3, "个"),
        ("电话预约", 0, "个"),
        ("心理危机干预", 0, "个"),
        ("医院满意度调查（呼入）", 0, "个"),
        ("自助语音问答", 0, "个"),
        ("新类别", 1, "个"),
        ("受理市12345工单", 0, "件"),
        ("省12345工单", 4, "件"),
    ]


def test_01b_counts_calls_without_a_category_and_no_orders(client: Client) -> None:
    totals(
        client,
        "calls",
        {**FEB, "line": "hotline", "city": "nanjing", "category": "voice", "events": 3},
        {**FEB, "line": "hotline", "city": "nanjing", "category": None, "events": 2},
        {**FEB, "line": "hotline", "city": "wuxi", "category": None, "events": 9},
        {**FEB, "line": "order_city", "city": None, "category": None, "events": 4},
    )
    assert bulletin(client, "01b") == [("无锡", 9), ("南京", 5)]


def test_a_month_begins_and_ends_at_midnight_in_shanghai(client: Client) -> None:
    call = {"line": "hotline", "city": "nanjing", "category": None}
    totals(
        client,
        "calls",
        {**call, "day": "2021-01-31", "events": 1000},
        {**call, "day": "2021-02-01", "events": 1},
        {**call, "day": "2021-02-28", "events": 2},
        {**call, "day": "2021-03-01", "events": 1000},
    )
    assert bulletin(client, "01b") == [("南京", 3)]


def test_simulated_events_are_in_no_table(client: Client) -> None:
    made = {**FEB, "origin": "simulated"}
    totals(client, "calls", {**made, "line": "hotline", "city": "nanjing", "category": "voice"})
    totals(client, "bookings", {**made, "hospital": H1, "channel": "online", "route": "jknj_app"})
    totals(client, "telemedicine", {**made, "platform": "ecg", "item": "report", "images": 0})
    totals(
        client,
        "uploads",
        {
            **made,
            "organisation": H1,
            "table_code": "visits",
            "business_date": "2021-02-09",
            "rows": 1,
            "persons": 1,
        },
    )
    totals(client, "kiosk_transactions", {**made, "institution": H1, "service": "payment"})
    events(client, "statements", stated("bookings.total", "city", 5, origin="simulated"))
    for code in ("01a", "01b", "02", "03", "04", "05", "06", "07", "08"):
        assert bulletin(client, code) == [], code


def test_a_row_written_twice_counts_once_and_other_definitions_not_at_all(client: Client) -> None:
    call = {**FEB, "line": "hotline", "city": "nanjing", "category": None}
    totals(client, "calls", {**call, "events": 2, "last_offset": 5})
    totals(client, "calls", {**call, "events": 3, "last_offset": 9})
    totals(client, "calls", {**call, "events": 700, "definition": 2})
    totals(client, "calls", {**call, "events": 700, "grain": "hour"})
    assert bulletin(client, "01b") == [("南京", 3)]
    client.command("INSERT INTO definitions VALUES ('calls', 2, now() + 1)")
    assert bulletin(client, "01b") == [("南京", 700)]
    client.command("INSERT INTO definitions VALUES ('calls', 1, now() + 2)")


def test_02_of_a_live_month_is_in_descending_order_by_name(client: Client) -> None:
    events(client, "institutions", entry(H1, "甲医院", valid_from="2020-09-01"))
    booking = {**FEB, "hospital": H1, "channel": "online", "route": None}
    totals(
        client,
        "bookings",
        {**booking, "events": 3},
        {**booking, "channel": "phone", "events": 1},
        {**booking, "hospital": H2, "channel": "clinic", "events": 9},
        {**booking, "hospital": None, "channel": None, "route": "jknj_app", "events": 8},
    )
    assert bulletin(client, "02") == [(1, H2, 0, 0, 9, 0, 9), (2, "甲医院", 3, 1, 0, 0, 4)]


def test_02_of_a_printed_month_is_in_printed_order_and_shows_zeros(client: Client) -> None:
    first = {"table": "02", "label": "甲（本部）", "place": 1}
    second = {"table": "02", "label": "乙医院", "place": 2}
    events(
        client,
        "institutions",
        entry(H1, "甲医院", labels=[first]),
        entry(H2, "乙医院", labels=[second]),
    )
    totals(client, "bookings", {**FEB, "hospital": H2, "channel": "third_party", "route": None})
    assert bulletin(client, "02") == [
        (1, "甲（本部）", 0, 0, 0, 0, 0),
        (2, "乙医院", 0, 0, 0, 1, 1),
    ]


def test_03_counts_routes_with_and_without_a_hospital(client: Client) -> None:
    totals(
        client,
        "bookings",
        {**FEB, "hospital": H1, "channel": "online", "route": "jiuyi160", "events": 2},
        {**FEB, "hospital": None, "channel": None, "route": "jiuyi160", "events": 3},
        {**FEB, "hospital": None, "channel": None, "route": "新途径", "events": 9},
        {**FEB, "hospital": H1, "channel": "phone", "route": None, "events": 70},
    )
    assert bulletin(client, "03") == [(1, "新途径", 9), (2, "就医160", 5)]


def upload(organisation: str, table: str, date: str, **more: Any) -> dict[str, Any]:
    return {
        "day": "2021-02-10",
        "organisation": organisation,
        "table_code": table,
        "business_date": date,
        "rows": 0,
        "persons": 0,
        **more,
    }


def test_04_goes_by_business_date_and_counts_what_was_uploaded(client: Client) -> None:
    events(client, "institutions", entry(D1, "秦淮区", "district", valid_from="2020-09-01"))
    events(
        client,
        "statements",
        stated("uploads.declared", D1, None),
        stated("uploads.required", D1, 129),
        stated("records.basic", D1, 7),
    )
    totals(
        client,
        "uploads",
        upload(D1, "visits", "2021-02-09", rows=10, persons=4),
        upload(D1, "discharges", "2021-02-09", rows=5, persons=1),
        upload(D1, "t003", "2021-02-08"),  # an upload of zero rows is one
        upload(D1, "t004", "2021-02-07", rows=0, events=0),  # one that was taken back is none
        upload(D1, "visits", "2021-02-28", day="2021-03-01", rows=1, persons=1),
        upload(D1, "visits", "2021-01-31", rows=500, persons=500),
        upload(H1, "visits", "2021-02-09", rows=800, persons=5),
    )
    assert bulletin(client, "04") == [("秦淮区", "未反馈/129", 3, 16, 3, 5, 1, 7, None, None)]


def test_05_keeps_no_answer_zero_and_nothing_stated_apart(client: Client) -> None:
    events(
        client,
        "statements",
        stated("uploads.declared", H1, 0),
        stated("uploads.required", H1, 83),
    )
    totals(
        client,
        "uploads",
        upload(H1, "visits", "2021-02-09", rows=2, persons=2),
        upload(H2, "visits", "2021-02-09", rows=1, persons=1),
    )
    assert bulletin(client, "05") == [
        (H1, "0/83", 1, 2, 1, 2, 0),
        (H2, None, 1, 1, 1, 1, 0),
    ]


def test_06_has_stated_devices_and_amounts_in_yuan(client: Client) -> None:
    events(client, "institutions", entry(D1, "秦淮区", "district", valid_from="2020-09-01"))
    events(client, "statements", stated("kiosk.devices", H1, 0), stated("kiosk.devices", D1, 2))
    totals(
        client,
        "kiosk_transactions",
        {**FEB, "institution": H1, "service": "payment", "events": 2, "amount_fen": 12345},
        {**FEB, "institution": D1, "service": "registration", "events": 3, "amount_fen": 50},
        {**FEB, "institution": H2, "service": "registration", "events": 1, "amount_fen": 100},
    )
    zero = Decimal("0.00")
    found = bulletin(client, "06")
    assert sorted(found[:2], key=lambda row: row[1]) == [
        ("医疗单位", H1, 0, 0, zero, 2, Decimal("123.45")),
        ("医疗单位", H2, None, 1, Decimal("1.00"), 0, zero),
    ]
    assert found[2:] == [("各区", "秦淮区", 2, 3, Decimal("0.50"), 0, zero)]


def report(institution: str | None, count: int, **more: Any) -> dict[str, Any]:
    return {
        **FEB,
        "platform": "imaging",
        "item": "report",
        "institution": institution,
        "events": count,
        "images": 0,
        **more,
    }


def test_07_shows_what_was_delivered_what_is_stated_and_who_was_first(client: Client) -> None:
    events(client, "institutions", entry(H1, "甲医院"), entry(D1, "秦淮区", "district"))
    events(
        client,
        "statements",
        stated("telemedicine.connected", "imaging", 151),
        stated("telemedicine.connection.imaging", D1, 0),
        stated("telemedicine.connection.imaging", "D320105", 1),
        stated("telemedicine.connection.imaging", "D320106", None),
    )
    totals(
        client,
        "telemedicine",
        report(H1, 5, images=50),
        report(H2, 6, images=60),
        report(None, 100, images=7),
        report(None, 3, item="consultation"),
    )
    assert bulletin(client, "07") == [
        ("远程影像诊断平台", "累计接入医疗机构（家）", "151"),
        ("远程影像诊断平台", "未对接", "秦淮区"),
        ("远程影像诊断平台", "采集影像报告（份）", "111"),
        ("远程影像诊断平台", "图像量（份）", "117"),
        ("远程影像诊断平台", "会诊（例）", "3"),
        ("远程影像诊断平台", "数据上传量第一", "H0026份"),
        ("远程影像诊断平台", "数据上传量第二", "甲医院5份"),
    ]


def test_08_adds_the_flows_since_the_statement(client: Client) -> None:
    rows = "uploads.rows_total"
    events(
        client,
        "statements",
        stated("bookings.total", "city", 1000),
        stated(rows, "city", 710, exponent=7),
    )
    booking = {"hospital": H1, "channel": "phone", "route": None}
    totals(client, "bookings", {**booking, "day": "2021-02-28", "events": 500})
    totals(client, "bookings", {**booking, "day": "2021-03-01", "events": 5})
    totals(client, "uploads", upload(H1, "visits", "2021-03-02", day="2021-03-03", rows=15_000_000))
    assert bulletin(client, "08") == [
        ("截止2月底总预约挂号量", "1000", "次"),
        ("截止2月底区及医院累计校验入库数据", "71.0", "亿条"),
    ]
    assert [row[1] for row in bulletin(client, "08", "2021-03-01")] == ["1005", "71.1"]
    assert bulletin(client, "08", "2021-01-01") == []
