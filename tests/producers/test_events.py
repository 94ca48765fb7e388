"""Typed events: their fields are those of the schemas."""

import dataclasses
import typing
from datetime import UTC, date, datetime, timedelta, timezone
from types import NoneType
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from producers import Booking, Call, Institution, Label, Upload, amendment, retraction
from producers.events import EVENTS, Event
from schemas.errors import RuleBroken
from schemas.kinds import kind, kinds

CALL = Call(event_id="a", occurred_at=1_600_132_350_250, source="test", line="hotline")


def avro_fields(of: type[Event]) -> list[dict[str, Any]]:
    fields: list[dict[str, Any]] = kind(of.KIND).schema()["fields"]
    return fields


def test_there_is_one_class_for_each_kind() -> None:
    assert {of.KIND for of in EVENTS} == set(kinds())
    assert len(EVENTS) == len(kinds())


@pytest.mark.parametrize("of", EVENTS)
def test_fields_and_their_order_are_those_of_the_newest_schema(of: type[Event]) -> None:
    assert [each.name for each in dataclasses.fields(of)] == [f["name"] for f in avro_fields(of)]


@pytest.mark.parametrize("of", EVENTS)
def test_a_field_may_be_none_where_the_schema_says_null(of: type[Event]) -> None:
    hints = typing.get_type_hints(of)
    for field in avro_fields(of):
        nullable = NoneType in typing.get_args(hints[field["name"]])
        assert nullable == isinstance(field["type"], list), field["name"]


@pytest.mark.parametrize("of", EVENTS)
def test_literals_are_the_symbols_of_the_schema(of: type[Event]) -> None:
    hints = typing.get_type_hints(of)
    for field in avro_fields(of):
        branches = field["type"] if isinstance(field["type"], list) else [field["type"]]
        for branch in branches:
            if isinstance(branch, dict) and branch["type"] == "enum":
                hint = str(hints[field["name"]])
                assert all(f"'{symbol}'" in hint for symbol in branch["symbols"])
                assert hint.count("'") == 2 * len(branch["symbols"])


@pytest.mark.parametrize("of", EVENTS)
def test_defaults_are_those_of_the_schema_and_a_source_need_not_say_them(of: type[Event]) -> None:
    given = {"event_id": None, "origin": "live"}
    for own, field in zip(dataclasses.fields(of), avro_fields(of), strict=True):
        if own.name == "origin":
            assert own.default == given["origin"]
        elif own.name != "event_id":
            default = list(own.default) if own.default == () else own.default
            assert default == field.get("default", dataclasses.MISSING), own.name


@pytest.mark.parametrize("of", EVENTS)
def test_every_example_is_an_event_and_comes_back(of: type[Event]) -> None:
    for example in kind(of.KIND).examples():
        assert of(**example).to_mapping() == example


def test_an_event_is_frozen_and_takes_no_other_field() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        CALL.sign = -1  # type: ignore[misc]  # that is the point
    assert not hasattr(CALL, "__dict__")


def test_ids_are_made_anew_for_every_event() -> None:
    made = {Call(occurred_at=0, source="s", line="hotline").event_id for _ in range(100)}
    assert len(made) == 100


@pytest.mark.parametrize(
    "moment",
    [
        datetime(2020, 9, 15, 9, 12, 30, 250_999, ZoneInfo("Asia/Shanghai")),
        datetime(2020, 9, 15, 1, 12, 30, 250_000, UTC),
        datetime(2020, 9, 14, 20, 12, 30, 250_000, timezone(timedelta(hours=-5))),
        1_600_132_350_250,
    ],
)
def test_a_time_of_any_zone_becomes_utc_milliseconds(moment: datetime | int) -> None:
    event = dataclasses.replace(CALL, occurred_at=moment)
    assert event.to_mapping()["occurred_at"] == 1_600_132_350_250


def test_a_time_before_1970_is_rounded_like_any_other() -> None:
    event = dataclasses.replace(CALL, occurred_at=datetime(1969, 12, 31, 23, 59, 59, 1, UTC))
    assert event.to_mapping()["occurred_at"] == -1000


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(RuleBroken, match="zone"):
        dataclasses.replace(CALL, occurred_at=datetime(2020, 9, 15)).to_mapping()


def test_dates_become_days_and_records_mappings() -> None:
    entry = Institution(
        occurred_at=0,
        source="register",
        code="H001",
        valid_from=date(2000, 1, 1),
        name="示例医院",
        kind="hospital",
        labels=(Label(table="02", label="示例", place=1),),
    ).to_mapping()
    assert entry["valid_from"] == 10_957
    assert entry["labels"] == [{"table": "02", "label": "示例", "place": 1}]
    assert entry["aliases"] == []


def test_a_retraction_has_the_whole_content_and_an_id_of_its_own() -> None:
    upload = Upload(
        occurred_at=1_600_132_350_250,
        source="test",
        organisation="D320104",
        table_code="visits",
        business_date=date(2020, 9, 14),
        rows=7,
    )
    back = retraction(upload)
    assert back.event_id != upload.event_id
    assert (back.sign, back.corrects) == (-1, upload.event_id)
    again = dataclasses.replace(back, event_id=upload.event_id, sign=1, corrects=None)
    assert again == upload
    assert retraction(upload, event_id="back-1").event_id == "back-1"


def test_an_event_taken_back_twice_by_its_system_has_one_retraction() -> None:
    assert retraction(CALL) == retraction(CALL)
    others = (
        dataclasses.replace(CALL, event_id="another"),
        dataclasses.replace(CALL, source="another"),
        Booking(event_id=CALL.event_id, occurred_at=0, source=CALL.source),
    )
    ids = {retraction(one).event_id for one in (CALL, *others)}
    assert len(ids) == 4
    assert retraction(CALL).event_id != amendment(CALL).event_id


def test_an_amendment_has_the_other_fields_and_names_what_it_corrects() -> None:
    right = amendment(CALL, category="survey")
    assert (right.sign, right.corrects, right.category) == (1, CALL.event_id, "survey")
    assert right.event_id == amendment(CALL, category="voice").event_id != CALL.event_id
    assert amendment(CALL, event_id="mine").event_id == "mine"
    assert amendment(right).corrects == right.event_id
    with pytest.raises(ValueError, match="cannot be amended"):
        amendment(retraction(CALL))


def test_a_retraction_cannot_be_taken_back() -> None:
    with pytest.raises(ValueError, match="cannot be taken back"):
        retraction(retraction(CALL))
