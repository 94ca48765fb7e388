"""Did you count my event? Asked of a city that counts, on the command line and over HTTP."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from confluent_kafka import Producer
from fastapi import FastAPI
from fastapi.testclient import TestClient
from typer.testing import CliRunner

from grafana.screen.asking import Asking
from grafana.screen.traces import traces
from ningmai.cli import app
from producers import Call, Publisher, retraction
from schemas.codec import framing
from tests.conftest import City
from tests.workers import drained

pytestmark = pytest.mark.engine
NOW = datetime.now(UTC)
CALL = Call(
    event_id="trace-one",
    occurred_at=NOW,
    source="by-hand",
    origin="simulated",
    line="hotline",
    city="nanjing",
    category="voice",
)
BROKEN = "trace-broken"
"""Rightly framed, with a datum that ends behind the id."""


@pytest.fixture(scope="module")
def asked(city: City) -> City:
    """The city, with a call sent twice, one taken back, and messages that are no events."""
    with Publisher(city.settings) as publisher:
        for event in (
            CALL,
            CALL,
            (wrong := replace(CALL, event_id="trace-wrong")),
            retraction(wrong, event_id="trace-wrong-back"),
        ):
            publisher.publish(event)
    garbage = Producer({"bootstrap.servers": city.settings.kafka_servers})
    avro = framing(1) + bytes([2 * len(BROKEN)]) + BROKEN.encode()
    for value in (avro, b'{"event_id": "trace-json"}'):
        garbage.produce(city.settings.topic("calls"), value)
    garbage.flush()
    drained(city.settings, city.client)
    return city


@pytest.fixture
def environment(asked: City, monkeypatch: pytest.MonkeyPatch) -> City:
    for name, value in asked.settings.environment().items():
        monkeypatch.setenv(name, value)
    return asked


def event(*words: str, status: int = 0) -> Any:
    done = CliRunner().invoke(app, ["event", *words, "--json"])
    assert done.exit_code == status, done.output
    return json.loads(done.stdout)


@pytest.mark.usefixtures("environment")
def test_an_event_sent_twice_counts_once_and_says_where() -> None:
    (found,) = event("trace-one")
    assert found["state"] == "counted"
    first, again = found["places"]
    assert (first["counts"], again["counts"]) == (True, False)
    assert again["repeat_of"] == first["where"]
    assert first["content"] == {"line": "hotline", "city": "nanjing", "category": "voice"}
    assert "重复 1 次" in found["message"][0]


def test_the_rollup_rows_it_names_hold_it(environment: City) -> None:
    (found,) = event("trace-one")
    first = found["places"][0]
    assert [one["grain"] for one in first["rollups"]] == ["minute", "hour", "day"]
    for one in first["rollups"]:
        summed = environment.client.query(
            f"SELECT sum(events) FROM {one['table']} FINAL WHERE grain = {{grain:String}}"
            " AND toString(toDateTime(bucket, 'Asia/Shanghai')) LIKE concat({bucket:String}, '%')"
            " AND block = {block:UInt64} AND source = 'by-hand' AND category = 'voice'"
            " AND kafka_partition = {number:UInt16}",
            parameters={**one, "number": first["where"]["partition"]},
        )
        assert summed.result_rows[0][0] >= 1, one


@pytest.mark.usefixtures("environment")
def test_what_was_taken_back_names_what_took_it_back() -> None:
    (found,) = event("trace-wrong")
    assert found["state"] == "retracted"
    assert [(one["event_id"], one["sign"]) for one in found["corrections"]] == [
        ("trace-wrong-back", -1)
    ]


@pytest.mark.usefixtures("environment")
@pytest.mark.parametrize(("event_id", "exact"), [(BROKEN, True), ("trace-json", False)])
def test_a_refused_message_is_found_by_the_id_in_its_bytes(event_id: str, exact: bool) -> None:
    (found,) = event(event_id, status=1)
    assert found["state"] == "refused"
    (refusal,) = found["refusals"]
    assert (refusal["exact"], refusal["where"]["topic"]) == (exact, "calls")
    assert refusal["detail"] in found["message"][1]


@pytest.mark.usefixtures("environment")
def test_many_are_asked_from_a_file_and_each_is_answered(tmp_path: Path) -> None:
    file = tmp_path / "ids.txt"
    file.write_text("trace-one\n\ntrace-nobody\n编号\ntrace-one\n", "utf-8")
    found = event("--file", str(file), status=1)
    assert [(one["event_id"], one["state"]) for one in found] == [
        ("trace-one", "counted"),
        ("trace-nobody", "unknown"),
        ("编号", "impossible"),
    ]
    assert "calls" in found[1]["log"]


@pytest.mark.usefixtures("environment")
def test_an_id_with_quotes_is_an_id_like_any_other() -> None:
    assert event("o'neill\\'--", status=1)[0]["state"] == "unknown"


@pytest.fixture
def http(asked: City) -> Iterator[TestClient]:
    asking = Asking(asked.settings)
    served = FastAPI(on_startup=[asking.open], on_shutdown=[asking.close])
    served.include_router(traces(asked.settings, asking))
    with TestClient(served) as client:
        yield client


@pytest.mark.parametrize(
    ("event_id", "status", "state"),
    [
        ("trace-one", 200, "counted"),
        ("trace-wrong", 200, "retracted"),
        ("trace-json", 200, "refused"),
        ("trace-nobody", 404, "unknown"),
        ("x" * 65, 400, "impossible"),
    ],
)
def test_over_http_the_answer_is_the_same(
    http: TestClient, event_id: str, status: int, state: str
) -> None:
    answer = http.get(f"/event/{event_id}")
    assert (answer.status_code, answer.json()["state"]) == (status, state)
    assert answer.json()["message"]
