"""Grafana's alert rules, asked as Grafana asks: silent on normal days, loud on made-up bad ones."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from clickhouse_connect.driver.client import Client

from clickhouse.client import connect
from clickhouse.migrate import migrate
from ningmai.settings import Settings
from ningmai.stack.stack import Stack, on_free_ports
from tests.handmade import put, totals

pytestmark = pytest.mark.engine

FILE = Path(__file__).parents[2] / "grafana/provisioning/alerting/ningmai.yaml"
RULES: dict[str, dict[str, Any]] = {
    rule["uid"]: rule
    for group in yaml.safe_load(FILE.read_text("utf-8"))["groups"]
    for rule in group["rules"]
}
NOW = datetime.now(UTC)
TABLES = ("rollup_calls", "ledger", "dead_letters", "audit_log")
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
LETTER = {
    "topic": "calls",
    "epoch": 1,
    "kafka_partition": 0,
    "kafka_offset": 7,
    "reason": "magic",
    "detail": "",
    "value": "?",
}


@pytest.fixture(autouse=True)
def _as_of_this_test() -> None:
    """A session takes longer than what these views look back."""
    global NOW, HOUR
    NOW = datetime.now(UTC)
    HOUR = NOW.replace(minute=0, second=0, microsecond=0)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """A ClickHouse whose readers' database is the one that the rules ask."""
    folder = tmp_path_factory.mktemp("alerts")
    settings = on_free_ports(Settings(data_dir=folder, namespace="alerts"))
    with Stack(settings) as stack:
        stack.start("clickhouse")
        migrate(connect(settings), settings)
        yield settings


@pytest.fixture
def client(served: Settings) -> Client:
    """Four weeks of a busy source, heard to the present hour, and a worker that keeps up."""
    client = connect(served)
    for table in TABLES:
        client.command(f"TRUNCATE TABLE {table}")
    heard(client, range(28 * 24), origin="live")
    heard(client, range(28 * 24), origin="simulated")
    written(client, NOW, lay=1)
    audited(client, difference=0)
    return client


def text(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S}"


def heard(client: Client, hours: range, **more: Any) -> None:
    rows = [
        {**CALL, "events": 80, **more, "bucket": text(HOUR - timedelta(hours=n))} for n in hours
    ]
    totals(client, "calls", *rows)


def written(client: Client, at: datetime, lay: float) -> None:
    times = {"written_at": text(at), "last_appended": text(at - timedelta(seconds=lay))}
    put(client, "ledger", [{**LINE, **times}])


def audited(client: Client, difference: int) -> None:
    put(
        client, "audit_log", [{"topic": "calls", "audited_at": text(NOW), "difference": difference}]
    )


def quiet(client: Client, hours: int, origin: str = "live") -> None:
    """Take a source's last hours away."""
    since = text(HOUR - timedelta(hours=hours - 1))
    client.command(f"DELETE FROM rollup_calls WHERE bucket >= '{since}' AND origin = '{origin}'")


def alarms(served: Settings, uid: str) -> list[tuple[tuple[str, ...], float]]:
    """(labels, value) of what the rule's threshold lets through."""
    query, threshold = RULES[uid]["data"]
    answer = connect(served, "grafana").query(query["model"]["rawSql"])
    if answer.result_rows:
        *labels, number = (kind.name for kind in answer.column_types)
        assert number == "Float64"
        assert set(labels) <= {"String", "LowCardinality(String)"}
    rows = [(tuple(row[:-1]), row[-1]) for row in answer.result_rows]
    assert len({labels for labels, _ in rows}) == len(rows)
    (condition,) = threshold["model"]["conditions"]
    assert condition["evaluator"]["type"] == "gt"
    (least,) = condition["evaluator"]["params"]
    return [(labels, value) for labels, value in rows if value > least]


@pytest.mark.parametrize("uid", RULES)
def test_no_rule_fires_on_a_normal_day(served: Settings, client: Client, uid: str) -> None:
    assert alarms(served, uid) == []


@pytest.mark.parametrize("uid", RULES)
def test_no_rule_fires_on_an_empty_installation(served: Settings, uid: str) -> None:
    client = connect(served)
    for table in TABLES:
        client.command(f"TRUNCATE TABLE {table}")
    assert alarms(served, uid) == []


def test_a_source_quiet_for_longer_than_its_habit_is_named(
    served: Settings, client: Client
) -> None:
    quiet(client, 2)
    assert alarms(served, "ningmai-quiet-source") == []
    quiet(client, 5)
    assert alarms(served, "ningmai-quiet-source") == [(("12320 热线", "by-hand", "live"), 4)]


def test_simulated_sources_raise_no_alarm(served: Settings, client: Client) -> None:
    quiet(client, 9, origin="simulated")
    heard(client, range(2), origin="simulated", events=900, source="more")
    for uid in ("ningmai-quiet-source", "ningmai-crisis-calls"):
        assert alarms(served, uid) == []


def test_calls_for_crisis_above_their_usual_hour_are_counted(
    served: Settings, client: Client
) -> None:
    heard(client, range(1), source="more", events=20)
    assert alarms(served, "ningmai-crisis-calls") == []
    heard(client, range(1), source="still more", events=20)
    assert alarms(served, "ningmai-crisis-calls") == [(("live",), 120)]


def test_other_calls_above_their_usual_hour_raise_no_alarm(
    served: Settings, client: Client
) -> None:
    heard(client, range(24 * 28), category="voice", events=10)
    heard(client, range(1), category="voice", events=500, source="more")
    assert alarms(served, "ningmai-crisis-calls") == []


def test_lag_is_told_by_kind(served: Settings, client: Client) -> None:
    client.command("TRUNCATE TABLE ledger")
    written(client, NOW, lay=300)
    assert alarms(served, "ningmai-delay") == [(("12320 热线",), 300)]


def test_a_standstill_in_a_busy_hour_is_told(served: Settings, client: Client) -> None:
    client.command("TRUNCATE TABLE ledger")
    written(client, NOW - timedelta(minutes=30), lay=1)
    ((labels, minutes),) = alarms(served, "ningmai-standstill")
    assert labels == ("live",)
    assert minutes >= 30


def test_dead_letters_are_told_by_kind_and_reason(served: Settings, client: Client) -> None:
    put(client, "dead_letters", [{**LETTER, "appended_at": text(NOW)}])
    assert alarms(served, "ningmai-dead-letters") == [(("12320 热线", "magic"), 1)]


def test_old_dead_letters_raise_no_alarm(served: Settings, client: Client) -> None:
    put(client, "dead_letters", [{**LETTER, "appended_at": text(NOW - timedelta(hours=3))}])
    assert alarms(served, "ningmai-dead-letters") == []


def test_what_an_audit_finds_is_told(served: Settings, client: Client) -> None:
    client.command("TRUNCATE TABLE audit_log")
    audited(client, difference=3)
    assert alarms(served, "ningmai-audit") == [(("12320 热线",), 3)]


@pytest.mark.parametrize("uid", RULES)
def test_an_alarm_says_what_to_do_in_words_that_grafana_fills_in(uid: str) -> None:
    rule = RULES[uid]
    assert rule["title"]
    assert rule["annotations"]["summary"]
    assert len(rule["annotations"]["description"]) > 40
    for told in rule["annotations"].values():
        assert "$" not in told  # it would be taken for an environment variable
    assert rule["data"][0]["refId"] == rule["data"][1]["model"]["expression"]
    assert rule["condition"] == rule["data"][1]["refId"]
