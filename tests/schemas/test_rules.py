"""The rules besides types, each with what keeps and what breaks it."""

import uuid
from typing import Any

import pytest

from schemas.errors import RuleBroken
from schemas.kinds import kind, kinds
from schemas.rules import (
    DAY_MS,
    EARLIEST_DAY,
    EARLIEST_MS,
    SHANGHAI_MS,
    append_day,
    check,
    check_source,
    date_fields,
)

NOW = 1_600_132_350_250
PHONE = "139" + "12345678"
ID_CARD = "320104" + "19700101" + "123" + "X"


def example(name: str, /, **changes: Any) -> dict[str, Any]:
    return kind(name).examples()[0] | changes


def broken(name: str, now: int = NOW + DAY_MS, /, **changes: Any) -> tuple[str, str]:
    with pytest.raises(RuleBroken) as caught:
        check(kind(name), example(name, **changes), now)
    assert caught.value.detail
    return caught.value.field, caught.value.rule


@pytest.mark.parametrize(
    ("name", "field", "value", "rule"),
    [
        ("calls", "event_id", "", "empty"),
        ("calls", "event_id", "x" * 65, "id"),
        ("calls", "event_id", "热线", "id"),
        ("calls", "event_id", "a\n", "id"),
        ("calls", "event_id", None, "type"),
        ("calls", "occurred_at", EARLIEST_MS - 1, "too_early"),
        ("calls", "occurred_at", "2020-09-15", "type"),
        ("calls", "occurred_at", True, "type"),
        ("calls", "source", "", "empty"),
        ("calls", "source", "s" * 65, "too_long"),
        ("calls", "origin", "printed", "symbol"),
        ("calls", "origin", ["live"], "symbol"),
        ("calls", "sign", 0, "sign"),
        ("calls", "sign", 2, "sign"),
        ("calls", "sign", True, "sign"),
        ("calls", "corrects", "", "empty"),
        ("calls", "line", None, "symbol"),
        ("calls", "city", "", "empty"),
        ("calls", "city", 25, "type"),
        ("bookings", "channel", "fax", "symbol"),
        ("telemedicine", "images", -1, "minimum"),
        ("telemedicine", "images", 2**63, "range"),
        ("uploads", "rows", -1, "minimum"),
        ("uploads", "rows", None, "type"),
        ("uploads", "rows", 1.0, "type"),
        ("uploads", "persons", -1, "minimum"),
        ("uploads", "business_date", EARLIEST_DAY - 1, "too_early"),
        ("uploads", "business_date", 2**31, "type"),
        ("kiosk_transactions", "amount_fen", -1, "minimum"),
        ("statements", "as_of", EARLIEST_DAY - 1, "too_early"),
        ("statements", "exponent", -1, "minimum"),
        ("statements", "exponent", 2**31, "range"),
        ("statements", "value", 2**63, "range"),
        ("institutions", "valid_from", EARLIEST_DAY - 1, "too_early"),
        ("institutions", "aliases", "示例", "type"),
        ("institutions", "aliases", [""], "empty"),
        ("institutions", "provisional", 1, "type"),
        ("institutions", "labels", [{"table": "02"}], "type"),
        ("institutions", "name", "", "empty"),
    ],
)
def test_a_broken_rule_is_named_with_its_field(
    name: str, field: str, value: object, rule: str
) -> None:
    assert broken(name, **{field: value}) == (field, rule)


def test_a_rule_within_a_record_names_the_field_within() -> None:
    label = {"table": "02", "label": "", "place": 1}
    assert broken("institutions", labels=[label]) == ("labels.label", "empty")


def test_an_event_may_lie_a_day_ahead_of_its_append_time_and_no_more() -> None:
    check(kind("calls"), example("calls", occurred_at=NOW + DAY_MS), NOW)
    assert broken("calls", NOW, occurred_at=NOW + DAY_MS + 1) == ("occurred_at", "too_late")


def test_a_business_date_may_be_tomorrow_in_shanghai_and_no_later() -> None:
    midnight = 18_520 * DAY_MS - SHANGHAI_MS
    assert append_day(midnight) == 18_520
    assert append_day(midnight - 1) == 18_519
    event = {"occurred_at": midnight - DAY_MS}
    check(kind("uploads"), example("uploads", business_date=18_521, **event), midnight)
    with pytest.raises(RuleBroken, match="business_date"):
        check(kind("uploads"), example("uploads", business_date=18_521, **event), midnight - 1)


def test_stocks_may_be_stated_for_a_day_to_come() -> None:
    check(kind("statements"), example("statements", as_of=30_000), NOW + 30 * DAY_MS)


def test_a_retraction_names_what_it_takes_back() -> None:
    assert broken("calls", sign=-1, corrects=None) == ("corrects", "needed")


def test_a_field_missing_or_unknown_is_named() -> None:
    event = example("calls")
    del event["city"]
    with pytest.raises(RuleBroken, match=r"city \[required\]"):
        check(kind("calls"), event, NOW)
    assert broken("calls", colour="blue") == ("colour", "unknown_field")


def test_dates_are_found_by_their_type() -> None:
    assert {name: date_fields(of) for name, of in kinds().items() if date_fields(of)} == {
        "institutions": ("valid_from",),
        "statements": ("as_of",),
        "uploads": ("business_date",),
    }


@pytest.mark.parametrize(
    "text",
    [
        PHONE,
        f"+86{PHONE}",
        f"86 {PHONE}",
        "139-1234-5678",
        "139 1234 5678",
        f"市民{PHONE}来电",
        f"tel{PHONE}",
        "１３９１２３４５６７８",
        ID_CARD,
        ID_CARD.lower(),
        f"id:{ID_CARD}",
    ],
)
@pytest.mark.parametrize("field", ["event_id", "source", "corrects", "city"])
def test_a_text_like_a_phone_or_identity_number_is_refused_and_not_repeated(
    field: str, text: str
) -> None:
    with pytest.raises(RuleBroken) as caught:
        check_source(example("calls", **{field: text}))
    assert (caught.value.field, caught.value.rule) == (field, "personal")
    assert text not in str(caught.value)


@pytest.mark.parametrize("text", ["r2020-09-0a1b2c3d-b-1700003", "1600132350250", "12320", "12345"])
def test_ids_and_numbers_of_other_shapes_are_taken(text: str) -> None:
    check_source(example("calls", event_id=text))


def test_made_up_ids_are_never_taken_for_a_number() -> None:
    for seed in range(20_000):
        made = uuid.UUID(int=uuid.uuid5(uuid.NAMESPACE_OID, str(seed)).int, version=4)
        check_source(example("calls", event_id=made.hex, city=str(made)))


def test_names_within_lists_and_records_are_held_to_the_same() -> None:
    for changes in (
        {"aliases": [PHONE]},
        {"labels": [{"table": "02", "label": PHONE, "place": 1}]},
    ):
        with pytest.raises(RuleBroken, match="personal"):
            check_source(example("institutions", **changes))


@pytest.mark.parametrize(("text", "rule"), [("字" * 201, "too_long"), ("\ud800", "unicode")])
def test_endless_and_broken_texts_are_refused(text: str, rule: str) -> None:
    with pytest.raises(RuleBroken, match=rule):
        check_source(example("calls", city=text))
