"""What the registry says, and what is made of it when it does not: unit tests by a stand-in."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from ningmai.settings import Settings
from schemas.errors import Incompatible, RegistryUnavailable, UnknownSchema
from schemas.kinds import kind, kinds
from schemas.registry import COMPATIBILITY, Registry


class StandIn(HTTPServer):
    """Answers every request alike, and remembers what was asked."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answer)
        self.status = 200
        self.body: object = {}
        self.asked: list[tuple[str, str]] = []
        self.sent: list[object] = []

    @property
    def settings(self) -> Settings:
        return Settings(registry=f"http://127.0.0.1:{self.server_port}", namespace="unit")


class Answer(BaseHTTPRequestHandler):
    server: StandIn

    def answer(self) -> None:
        size = int(self.headers.get("Content-Length") or 0)
        self.server.sent.append(json.loads(self.rfile.read(size) or b"null"))
        self.server.asked.append((self.command, self.path.partition("?")[0]))
        body = self.server.body
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(self.server.status)
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    do_GET = do_POST = do_PUT = answer  # names of the standard library

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing."""


@pytest.fixture
def stand_in() -> Iterator[StandIn]:
    server = StandIn()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_schema_is_asked_for_once_and_is_the_same_object_ever_after(stand_in: StandIn) -> None:
    stand_in.body = {"schema": kind("calls").text()}
    registry = Registry(stand_in.settings)
    assert registry.schema(7) == kind("calls").schema()
    assert registry.schema(7) is registry.schema(7)
    assert stand_in.asked == [("GET", "/schemas/ids/7")]


def test_a_schema_that_the_registry_lacks_is_unknown(stand_in: StandIn) -> None:
    stand_in.status, stand_in.body = 404, {"error_code": 40403, "message": "Schema not found"}
    with pytest.raises(UnknownSchema):
        Registry(stand_in.settings).schema(7)


def test_a_schema_that_is_not_avro_is_unknown(stand_in: StandIn) -> None:
    stand_in.body = {"schema": 'syntax = "proto3";', "schemaType": "PROTOBUF"}
    with pytest.raises(UnknownSchema, match="PROTOBUF"):
        Registry(stand_in.settings).schema(7)


@pytest.mark.parametrize("schema_id", [-1, 0, 2**31, 2**32 - 1])
def test_an_id_that_no_registry_gives_is_not_even_asked_for(
    stand_in: StandIn, schema_id: int
) -> None:
    with pytest.raises(UnknownSchema):
        Registry(stand_in.settings).schema(schema_id)
    assert stand_in.asked == []


@pytest.mark.parametrize(
    ("status", "body"),
    [
        pytest.param(404, b"<html>no such page</html>", id="somebody else at this address"),
        pytest.param(404, {"status": 404}, id="another path of the same server"),
        pytest.param(401, {"error_code": 401, "message": "who are you"}, id="not let in"),
        pytest.param(500, {"error_code": 50001, "message": "backend"}, id="broken inside"),
        pytest.param(503, b"", id="starting"),
        pytest.param(200, b"not json", id="an answer that is none"),
    ],
)
def test_anything_else_is_to_be_retried_and_not_remembered(
    stand_in: StandIn, status: int, body: object
) -> None:
    stand_in.status, stand_in.body = status, body
    registry = Registry(stand_in.settings)
    with pytest.raises(RegistryUnavailable):
        registry.schema(7)
    stand_in.status, stand_in.body = 200, {"schema": kind("calls").text()}
    assert registry.schema(7) == kind("calls").schema()


def test_nobody_there_is_to_be_retried() -> None:
    registry = Registry(Settings(registry="http://127.0.0.1:1"))
    with pytest.raises(RegistryUnavailable, match="no answer"):
        registry.schema(7)
    with pytest.raises(RegistryUnavailable):
        registry.check_answers()


def test_registering_sets_the_rule_and_then_every_version_of_every_kind(stand_in: StandIn) -> None:
    stand_in.body = {"id": 5, "compatibility": COMPATIBILITY}
    ids = Registry(stand_in.settings).register_all()
    assert ids == {name: dict.fromkeys(of.versions, 5) for name, of in kinds().items()}
    calls = [place for place, (_, path) in enumerate(stand_in.asked) if "unit.calls-value" in path]
    assert [stand_in.asked[place] for place in calls] == [
        ("PUT", "/config/unit.calls-value"),
        *[("POST", "/subjects/unit.calls-value/versions")] * len(kind("calls").versions),
    ]
    assert stand_in.sent[calls[0]] == {"compatibility": "BACKWARD_TRANSITIVE"}


def test_a_version_refused_is_a_bug(stand_in: StandIn) -> None:
    stand_in.status, stand_in.body = 409, {"error_code": 409, "message": "incompatible"}
    with pytest.raises(Incompatible):
        Registry(stand_in.settings).register_all()


def test_ids_are_looked_up_and_never_made(stand_in: StandIn) -> None:
    subject = "unit.calls-value"
    stand_in.body = {"id": 5, "subject": subject, "version": 1, "schema": kind("calls").text()}
    registry = Registry(stand_in.settings)
    assert registry.ids("calls") == registry.ids("calls") == {1: 5}
    assert stand_in.asked == [("POST", f"/subjects/{subject}")]
