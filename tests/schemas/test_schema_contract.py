"""Every schema, topic file and example, walked."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from schemas.codec import decode, encode, key
from schemas.kinds import FOLDER, kinds
from schemas.rules import check, check_source

KINDS = tuple(kinds())
VERSIONS = [(name, version) for name, of in kinds().items() for version in of.versions]
EXAMPLES = [
    pytest.param(name, version, event, id=f"{name}-v{version}-{place}")
    for name, version in VERSIONS
    for place, event in enumerate(kinds()[name].examples(version))
]
ENVELOPE = ["event_id", "occurred_at", "source", "origin", "sign", "corrects"]
PERSON_LIKE = re.compile(
    r"patient|phone|mobile|tel(no|_)|id_?card|id_?number|identity|birth|gender|sex|age$|address"
    r"|surname|given|caller|citizen|resident|doctor|operator|user|email|wechat_?id|hash|person_",
    re.IGNORECASE,
)


class OneSchema:
    """Stands in for a registry that has one schema, under the id 7."""

    def __init__(self, schema: dict[str, Any]) -> None:
        self._schema = schema

    def schema(self, schema_id: int) -> dict[str, Any]:
        assert schema_id == 7
        return self._schema


def parts(avro: Any, path: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every record, enum and field of a schema, with its path."""
    if isinstance(avro, list):
        for branch in avro:
            yield from parts(branch, path)
    elif isinstance(avro, dict):
        if avro["type"] in ("record", "enum"):
            yield path, avro
        for field in avro.get("fields", []):
            yield f"{path}.{field['name']}", field
            yield from parts(field["type"], f"{path}.{field['name']}")
        if avro["type"] == "array":
            yield from parts(avro["items"], path)


ALL_PARTS = [
    pytest.param(part, id=f"{path} v{version}")
    for name, version in VERSIONS
    for path, part in parts(kinds()[name].schema(version), name)
]
ALL_FIELDS = sorted(
    {
        part["name"]
        for name, version in VERSIONS
        for path, part in parts(kinds()[name].schema(version), name)
        if "." in path
    }
)


def test_there_are_five_flows_and_three_that_are_stated() -> None:
    assert [name for name, of in kinds().items() if of.flow] == [
        "bookings",
        "calls",
        "kiosk_transactions",
        "telemedicine",
        "uploads",
    ]
    assert [name for name, of in kinds().items() if not of.flow] == [
        "alerts",
        "institutions",
        "statements",
    ]


@pytest.mark.parametrize("name", KINDS)
def test_a_topic_file_agrees_with_its_schemas(name: str) -> None:
    of = kinds()[name]
    files = sorted((FOLDER / name).glob("v*.avsc"))
    assert [path.name for path in files] == [f"v{version}.avsc" for version in of.versions]
    assert of.versions == tuple(range(1, len(files) + 1))
    assert (FOLDER / name / "examples").is_dir()
    fields = {field["name"] for field in of.schema()["fields"]}
    assert {*of.key, *of.minimum} <= fields
    assert of.description
    assert of.owner
    assert of.producers
    assert of.consumers


@pytest.mark.parametrize("part", ALL_PARTS)
def test_every_record_enum_and_field_is_documented(part: dict[str, Any]) -> None:
    assert part["doc"].endswith(".")
    assert len(part["doc"]) > 8


@pytest.mark.parametrize("field", ALL_FIELDS)
def test_no_field_is_a_person(field: str) -> None:
    assert not PERSON_LIKE.search(field)


@pytest.mark.parametrize(("name", "version"), VERSIONS)
def test_every_version_begins_with_the_same_envelope(name: str, version: int) -> None:
    fields = kinds()[name].schema(version)["fields"]
    envelope = kinds()[KINDS[0]].schema()["fields"][: len(ENVELOPE)]
    assert [field["name"] for field in fields[: len(ENVELOPE)]] == ENVELOPE
    assert fields[: len(ENVELOPE)] == envelope


@pytest.mark.parametrize(("name", "version"), VERSIONS)
def test_unknown_is_null_by_default(name: str, version: int) -> None:
    for field in kinds()[name].schema(version)["fields"]:
        if isinstance(field["type"], list):
            assert field["type"][0] == "null"
            assert field["default"] is None


@pytest.mark.parametrize(("name", "version"), VERSIONS)
def test_enums_stand_at_the_top_where_the_decoder_checks_their_numbers(
    name: str, version: int
) -> None:
    nested = [
        path
        for path, part in parts(kinds()[name].schema(version), name)
        if part["type"] == "enum" and path.count(".") != 1
    ]
    assert nested == []


@pytest.mark.parametrize(("name", "version", "event"), EXAMPLES)
def test_an_example_keeps_the_rules_and_comes_back_from_bytes(
    name: str, version: int, event: dict[str, Any]
) -> None:
    of = kinds()[name]
    assert list(event) == [field["name"] for field in of.schema(version)["fields"]]
    if version == of.versions[-1]:
        check(of, event, event["occurred_at"])
        check_source(event)
        value = encode(of, 7, event)
        assert decode(OneSchema(of.schema()), value) == (7, event)


@pytest.mark.parametrize(("name", "version"), VERSIONS)
def test_examples_show_every_null_and_a_retraction(name: str, version: int) -> None:
    of = kinds()[name]
    events = of.examples(version)
    for field in of.schema(version)["fields"]:
        if isinstance(field["type"], list):
            assert any(event[field["name"]] is None for event in events), field["name"]
            assert any(event[field["name"]] is not None for event in events), field["name"]
    first = next(event for event in events if event["sign"] == 1)
    back = next(event for event in events if event["sign"] == -1)
    assert back["corrects"] == first["event_id"]
    own = {"event_id", "sign", "corrects"}
    assert {field: back[field] for field in back.keys() - own} == {
        field: first[field] for field in first.keys() - own
    }


@pytest.mark.parametrize(("name", "version"), VERSIONS)
def test_every_example_says_what_it_shows(name: str, version: int) -> None:
    of = kinds()[name]
    path = FOLDER / name / "examples" / f"v{version}.json"
    assert len(of.examples(version)) >= 3
    assert all(example["what"] for example in json.loads(path.read_text("utf-8")))


def test_the_key_is_the_event_id_but_for_the_register() -> None:
    for name, of in kinds().items():
        event = of.examples()[0]
        expected = "H001@2020-09-01" if name == "institutions" else event["event_id"]
        assert key(of, event) == expected.encode()
