"""What takes an event back counts once, whoever says it, how often and in which order."""

from collections import Counter
from dataclasses import replace
from datetime import date
from pathlib import Path
from time import monotonic, sleep

import pytest
from clickhouse_connect.driver.client import Client

from ningmai.errors import Problem
from ningmai.retracting import recalled, retract
from ningmai.settings import Settings
from producers import (
    Call,
    Institution,
    KioskTransaction,
    Label,
    Publisher,
    Statement,
    Upload,
    amendment,
    retraction,
)
from producers.events import Event
from schemas.kinds import kinds
from streams.retractions import OWN, content
from tests.workers import SEPTEMBER, audited, drained, prepared, worker

WITHIN = 60.0
CALL = Call(
    event_id="r-call",
    occurred_at=SEPTEMBER,
    source="hotline-12320",
    line="hotline",
    city="nanjing",
    category="voice",
)
PAID = KioskTransaction(
    event_id="r-paid",
    occurred_at=SEPTEMBER,
    source="kiosks",
    institution="H001",
    device="k-1",
    service="payment",
    amount_fen=500,
)
STATES = "SELECT topic, corrects, state FROM corrections ORDER BY topic, appended_at, event_id"
PAYMENTS = "SELECT sum(events), sum(amount_fen) FROM kiosk_transactions_by_day"


@pytest.mark.parametrize("kind", kinds())
def test_all_but_its_own_fields_must_be_as_in_the_event(kind: str) -> None:
    names = {field["name"] for field in kinds()[kind].schema()["fields"]}
    asked = {name for name in names if f"toString({name})" in content(kind)}
    assert asked == names - OWN


def publish(settings: Settings, *events: Event) -> None:
    """One after the other, so that each has a later append time."""
    with Publisher(settings) as publisher:
        for event in events:
            publisher.publish(event)
            publisher.flush()
            sleep(0.01)


def sums(client: Client, kind: str) -> Counter[str]:
    by = "category" if kind == "calls" else "institution"
    rows = client.query(f"SELECT {by}, sum(events) FROM {kind}_by_day GROUP BY 1").result_rows
    raw = client.query(f"SELECT {by}, sum(sign) FROM {kind} GROUP BY 1").result_rows
    assert {*map(tuple, rows)} == {*map(tuple, raw)}
    return Counter({str(name): n for name, n in rows if n})


def until(client: Client, sql: str, expected: list[tuple[object, ...]]) -> None:
    """Wait until the worker's search has come so far; fails with what it found."""
    end = monotonic() + WITHIN
    while (found := [tuple(row) for row in client.query(sql).result_rows]) != expected:
        if monotonic() > end:
            assert found == expected
        sleep(0.5)


@pytest.mark.engine
def test_a_second_retraction_is_reported_and_not_counted(
    namespace: Settings, tmp_path: Path
) -> None:
    client = prepared(namespace)
    other = replace(CALL, event_id="r-other")
    with worker(namespace, tmp_path / "worker.log"):
        publish(namespace, CALL, other, PAID)
        publish(namespace, retraction(CALL), retraction(CALL))  # twice the same is once
        publish(namespace, retraction(CALL, "from-elsewhere"), retraction(CALL, "and-again"))
        publish(namespace, retraction(PAID), retraction(PAID, "paid-elsewhere"))
        drained(namespace, client)
        until(
            client,
            STATES,
            [
                ("calls", "r-call", "counted"),
                ("calls", "r-call", "second"),
                ("calls", "r-call", "second"),
                ("kiosk_transactions", "r-paid", "counted"),
                ("kiosk_transactions", "r-paid", "second"),
            ],
        )
        until(client, PAYMENTS, [(0, 0)])
        until(client, "SELECT sum(events) FROM calls_by_day", [(1,)])
    assert sums(client, "calls") == {"voice": 1}
    assert audited(client) == []


@pytest.mark.engine
def test_a_retraction_may_come_before_its_event_and_says_if_it_does_not_fit(
    namespace: Settings, tmp_path: Path
) -> None:
    client = prepared(namespace)
    wrong = replace(CALL, event_id="r-differs")
    with worker(namespace, tmp_path / "worker.log"):
        publish(namespace, retraction(CALL), retraction(replace(CALL, event_id="r-never")))
        publish(namespace, wrong, replace(retraction(wrong), city="wuxi"))
        drained(namespace, client)
        expected = [("r-call", "unknown"), ("r-never", "unknown"), ("r-differs", "differs")]
        until(client, STATES, [("calls", *row) for row in expected])
        publish(namespace, CALL)
        drained(namespace, client)
        expected[0] = ("r-call", "counted")
        until(client, STATES, [("calls", *row) for row in expected])
    assert sums(client, "calls") == {"voice": -1}  # r-never counts as it stands
    assert audited(client) == []


@pytest.mark.engine
def test_a_second_retraction_of_a_statement_leaves_its_amendment(
    namespace: Settings, tmp_path: Path
) -> None:
    client = prepared(namespace)
    stated = Statement(
        event_id="s-1",
        occurred_at=SEPTEMBER,
        source="register",
        figure="kiosk.devices",
        subject="H001",
        as_of=date(2020, 9, 30),
        value=5,
        unit="device",
    )
    with worker(namespace, tmp_path / "worker.log"):
        publish(namespace, stated, amendment(stated, value=6), retraction(stated))
        publish(namespace, retraction(stated, "elsewhere"))
        drained(namespace, client)
    assert client.query("SELECT value FROM stocks").result_rows == [(6,)]


@pytest.mark.engine
def test_an_event_is_taken_back_by_its_id_whole_and_once(
    namespace: Settings, tmp_path: Path
) -> None:
    client = prepared(namespace)
    entry = Institution(
        event_id="r-entry",
        occurred_at=SEPTEMBER,
        source="register",
        code="H001",
        valid_from=date(2020, 9, 1),
        name="示例医院",
        aliases=("示例",),
        kind="hospital",
        labels=(Label(table="02", label="示例", place=1),),
    )
    uploaded = Upload(
        event_id="r-upload",
        occurred_at=SEPTEMBER,
        source="platform",
        organisation="H001",
        table_code="visits",
        business_date=date(2020, 9, 1),
        rows=7,
    )
    with worker(namespace, tmp_path / "worker.log"):
        publish(namespace, CALL, PAID, entry, uploaded)
        drained(namespace, client)
        for event in (CALL, PAID, entry, uploaded):
            assert recalled(client, event.KIND, event.event_id) == event
        (back,) = retract(namespace, "calls", [CALL.event_id])
        assert retract(namespace, "calls", [CALL.event_id]) == [back] == [retraction(CALL)]
        drained(namespace, client)
        assert client.query("SELECT sum(events) FROM calls_by_day").result_rows == [(0,)]
        with pytest.raises(Problem, match="cannot be taken back itself"):
            recalled(client, "calls", back.event_id)
        with pytest.raises(Problem, match="There is no event"):
            recalled(client, "calls", "nobody")
    with pytest.raises(Problem, match="is no topic"):
        recalled(client, "cals", "nobody")
