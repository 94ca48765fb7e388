"""Scores of a month: what each check takes, and that nothing can go beyond it."""

import itertools
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from clickhouse_connect.driver.client import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from streams.quality import COLUMNS, keep_quality
from tests.handmade import events, put, totals

pytestmark = pytest.mark.engine

FEB, MAR = "2021-02-01", "2021-03-01"
DAYS = [date(2021, 2, day) for day in range(1, 29)]
NUMBERS = itertools.count(1)
WHOLE = {
    "tables": 25,
    "days": 25,
    "timeliness": 20,
    "rows": 5,
    "persons": 5,
    "discharges": 5,
    "copied": 5,
    "repeats": 5,
    "dead": 5,
}


def ask(client: Client, sql: str) -> list[dict[str, Any]]:
    answer = client.query(sql)
    return [dict(zip(answer.column_names, row, strict=True)) for row in answer.result_rows]


def known(client: Client, *codes: str, required: int = 2, kind: str = "hospital") -> None:
    """Institutions that these many tables are required of, since January."""
    numbers = [next(NUMBERS) for _ in codes]
    entries = (
        {"code": c, "name": f"{c}院", "kind": kind, "valid_from": "2021-01-01", "kafka_offset": n}
        for c, n in zip(codes, numbers, strict=True)
    )
    empty = {"aliases": [], "provisional": 0, "labels": []}
    events(client, "institutions", *({**empty, **one} for one in entries))
    duty = {"as_of": "2021-01-31", "exponent": 0, "unit": "table", "value": required}
    for figure in ("uploads.required", "uploads.declared"):
        of = {**duty, "figure": figure}
        ready = [{**of, "subject": c, "kafka_offset": next(NUMBERS)} for c in codes]
        events(client, "statements", *ready)


def upload(who: str, day: date, late: int = 0, **more: Any) -> dict[str, Any]:
    """Comes the next day, or so many days later."""
    told = {"organisation": who, "table_code": "beds", "business_date": str(day), "rows": 50}
    return {**told, "persons": 0, "day": str(day + timedelta(1 + late)), **more}


def both(who: str, *days: date, **more: Any) -> list[dict[str, Any]]:
    """Uploads of two tables, all that is required."""
    return [
        upload(who, day, table_code=table, **more) for day in days for table in ("beds", "labs")
    ]


def lost(client: Client, code: str, month: str = FEB) -> dict[str, float]:
    rows = ask(
        client,
        f"SELECT criterion, lost FROM quality_points(month = '{month}') WHERE code = '{code}'",
    )
    return {row["criterion"]: round(row["lost"], 3) for row in rows}


def scores(client: Client, month: str = FEB) -> dict[str, float]:
    rows = ask(client, f"SELECT code, score FROM quality_scores(month = '{month}')")
    return {row["code"]: row["score"] for row in rows}


def test_weights_add_up_to_a_hundred(client: Client) -> None:
    rows = ask(client, "SELECT criterion, weight FROM quality_weights ORDER BY place")
    assert {row["criterion"]: row["weight"] for row in rows} == WHOLE
    assert sum(WHOLE.values()) == 100


def test_the_documented_weights_are_those_that_count(client: Client) -> None:
    from pathlib import Path

    page = (Path(__file__).parents[2] / "docs/quality.md").read_text("utf-8")
    for row in ask(client, "SELECT * FROM quality_weights"):
        line = f"| `{row['criterion']}` {row['label']} | {row['part']} | {row['weight']} |"
        assert line in page


def test_who_delivers_all_of_it_in_time_has_all_points_and_who_does_not_nearly_none(
    client: Client,
) -> None:
    known(client, "H1", "H2")
    totals(client, "uploads", *both("H1", *DAYS))
    assert scores(client) == {"H1": 100, "H2": 30}
    assert lost(client, "H1") == {}
    assert lost(client, "H2") == {"tables": 25, "days": 25, "timeliness": 20}


def test_tables_and_days_cost_their_share(client: Client) -> None:
    known(client, "H1", required=4)
    totals(client, "uploads", *both("H1", *DAYS[:21]))
    assert lost(client, "H1") == {"tables": 12.5, "days": 6.25, "timeliness": 5}


def test_each_day_of_delay_costs_a_seventh_of_the_date(client: Client) -> None:
    known(client, "H1")
    late = [one for day in DAYS[14:] for one in both("H1", day)]
    totals(client, "uploads", *both("H1", *DAYS[:14]))
    totals(
        client,
        "uploads",
        *({**one, "day": str(date.fromisoformat(one["day"]) + timedelta(2))} for one in late),
    )
    assert lost(client, "H1") == {"timeliness": round(20 / 2 * 2 / 7, 3)}


def test_uploads_without_a_row_and_persons_beyond_rows_are_told(client: Client) -> None:
    known(client, "H1", "H2")
    totals(client, "uploads", *both("H1", *DAYS[:14]), *both("H1", *DAYS[14:], rows=0))
    totals(
        client,
        "uploads",
        *both("H2", *DAYS),
        upload("H2", DAYS[0], table_code="visits", persons=9999),
    )
    assert lost(client, "H1") == {"rows": 2.5}
    assert lost(client, "H2") == {"persons": 5}


def test_no_discharges_where_its_kind_has_them_are_told(client: Client) -> None:
    codes = [f"H{n}" for n in range(1, 7)]
    known(client, *codes)
    for n, code in enumerate(codes):
        visits = upload(code, DAYS[0], table_code="visits", persons=2000 + n, rows=5000)
        left = upload(code, DAYS[0], table_code="discharges", persons=20 if n else 0, rows=500)
        totals(client, "uploads", *both(code, *DAYS), visits, left)
    assert lost(client, "H1") == {"discharges": 5}
    (row,) = ask(client, f"SELECT reason FROM quality_points(month = '{FEB}')")
    assert row["reason"] == "出院人次为0；按同类最低比例，2000门急诊人次约有19出院"


@pytest.mark.parametrize(("figure", "told"), [(153233, 5), (12000, 0), (999, 0)])
def test_a_figure_of_another_is_told_of_both(client: Client, figure: int, told: int) -> None:
    known(client, "H1", "D1")
    same: dict[str, Any] = {"table_code": "visits", "persons": figure, "rows": 10**6}
    for code in ("H1", "D1"):
        totals(client, "uploads", *both(code, *DAYS), upload(code, DAYS[3], **same))
    for code in ("H1", "D1"):
        assert lost(client, code) == ({"copied": told} if told else {})


def test_repeats_cost_who_sends_them(client: Client) -> None:
    known(client, "H1", "H2")
    for code in ("H1", "H2"):
        totals(client, "uploads", *both(code, *DAYS))
    sent = {"organisation": "H1", "table_code": "beds", "business_date": "2021-02-09", "rows": 1}
    numbered = ({**sent, "kafka_offset": 10**6 + n, "counted": n >= 4} for n in range(100))
    events(client, "uploads", *({**one, "persons": None} for one in numbered))
    assert (lost(client, "H1"), lost(client, "H2")) == ({"repeats": 4.0}, {})


def test_dead_letters_cost_whom_they_name(client: Client) -> None:
    known(client, "H1", "H2", "H12")
    month = (date.today().replace(day=1) - timedelta(1)).replace(day=1)  # older ones are not kept
    sent = {"organisation": "H1", "table_code": "beds", "business_date": str(month), "rows": 1}
    at = f"{month + timedelta(9)} 04:00:00"
    ready = ({**sent, "kafka_offset": 10**7 + n, "occurred_at": at} for n in range(199))
    events(client, "uploads", *({**one, "persons": None} for one in ready))
    letter = {"topic": "uploads", "epoch": 1, "kafka_partition": 0, "reason": "rule", "detail": "x"}
    values = ["\x00\x04e1\x04H1\x08beds", "\x00\x04e1\x06H12\x08beds", "garbage H2"]
    told = {**letter, "appended_at": at, "schema_id": 1}
    put(
        client,
        "dead_letters",
        [{**told, "kafka_offset": n, "value": v} for n, v in enumerate(values)],
    )
    found = [lost(client, code, str(month)).get("dead") for code in ("H1", "H12", "H2")]
    assert found == [2.5, 5, None]


def test_simulated_uploads_score_nothing(client: Client) -> None:
    known(client, "H1")
    totals(client, "uploads", *both("H1", *DAYS, origin="simulated"))
    assert scores(client) == {"H1": 30}


def test_growth_compares_those_who_were_scored_in_both_months(client: Client) -> None:
    known(client, "H1", "H2")
    known(client, "D1", kind="district")
    totals(client, "uploads", *both("H1", *DAYS[:14]), *both("D1", *DAYS))
    march = [date(2021, 3, day) for day in range(1, 32)]
    totals(client, "uploads", *both("H1", *march), *both("D1", *march))
    before, after = scores(client), scores(client, MAR)
    assert (before, after) == (
        {"H1": 77.5, "H2": 30, "D1": 100},
        {"H1": 100, "H2": 30, "D1": 100},
    )
    events(
        client,
        "institutions",
        {
            "code": "H2",
            "name": "H2院",
            "kind": "hospital",
            "valid_from": MAR,
            "aliases": [],
            "provisional": 0,
            "labels": [],
            "merged_into": "H1",
            "kafka_offset": next(NUMBERS),
        },
    )
    found = ask(client, f"SELECT * FROM quality_growth(base = '{FEB}', month = '{MAR}')")
    assert [tuple(one.values()) for one in found] == [
        ("district", 1, 100, 100, 0),
        ("hospital", 1, 77.5, 100, 29.03),
        ("all", 2, 88.75, 100, 12.68),
    ]


UPLOADS = st.dictionaries(
    st.tuples(st.sampled_from(DAYS), st.sampled_from(["a", "b", "c", "d"])),
    st.tuples(st.integers(0, 12), st.integers(0, 3)),
    max_size=40,
)


def _put(client: Client, code: str, sent: Mapping[tuple[date, str], tuple[int, int]]) -> None:
    rows = [
        upload(code, day, late, table_code=table, rows=n)
        for (day, table), (late, n) in sent.items()
    ]
    totals(client, "uploads", *rows)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(UPLOADS, UPLOADS, st.integers(1, 6))
def test_more_delivered_never_scores_less_and_scores_stay_within_0_and_100(
    client: Client,
    some: dict[tuple[date, str], tuple[int, int]],
    more: dict[tuple[date, str], tuple[int, int]],
    required: int,
) -> None:
    fewer, all_of_it = f"A{next(NUMBERS)}", f"B{next(NUMBERS)}"
    known(client, fewer, all_of_it, required=required)
    _put(client, fewer, some)
    _put(client, all_of_it, {**more, **some})
    found = scores(client)
    assert 0 <= found[fewer] <= found[all_of_it] <= 100
    assert sum(lost(client, fewer).values()) == pytest.approx(100 - found[fewer], abs=0.02)


def test_scores_are_kept_as_checked_and_again_when_something_changes(client: Client) -> None:
    def kept() -> list[dict[str, Any]]:
        of = f"quality_kept WHERE month = '{FEB}'"
        return ask(client, f"SELECT {COLUMNS} FROM {of} ORDER BY code, criterion")

    def checked() -> list[dict[str, Any]]:
        checks = f"SELECT {COLUMNS} FROM quality_checks(month = '{FEB}') ORDER BY code, criterion"
        return ask(client, checks)

    database = str(client.database)
    known(client, "H1", "H2")
    totals(client, "uploads", *both("H1", *DAYS[:20]))
    assert date(2021, 2, 1) in keep_quality(client, database)
    assert kept() == checked() != []
    assert keep_quality(client, database) == [], "nothing has changed"
    totals(client, "uploads", *both("H1", *DAYS[20:]))
    put(client, "ledger", [{"topic": "uploads", "epoch": 1, "kafka_partition": 0, "block": 0}])
    assert keep_quality(client, database) == [date(2021, 2, 1)]
    assert kept() == checked()
    gone = {"code": "H2", "name": "H2院", "kind": "hospital", "valid_from": "2021-01-01"}
    now = f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S.%f}"[:-3]
    entry = {**gone, "aliases": [], "provisional": 0, "labels": [], "merged_into": "H1"}
    events(client, "institutions", {**entry, "kafka_offset": next(NUMBERS), "appended_at": now})
    assert date(2021, 2, 1) in keep_quality(client, database)
    assert {row["code"] for row in kept()} == {"H1"}, "a merged one is not scored any more"
    assert kept() == checked()
