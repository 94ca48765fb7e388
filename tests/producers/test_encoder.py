"""The fast encoder: the verdict and the bytes of schemas/, for any values."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from producers.encoder import Encoder, varint
from producers.events import EVENTS, Event, Label
from schemas.codec import encode, key
from schemas.errors import RuleBroken
from schemas.kinds import kind
from schemas.rules import check, check_source

NOW = 1_700_000_000_000
CLASSES = {of.KIND: of for of in EVENTS}
ENCODERS = {name: Encoder(kind(name), 3) for name in CLASSES}
ANYTHING = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 70),
    st.integers(),
    st.floats(),
    st.text(max_size=5),
    st.text("0123456789-", min_size=9, max_size=20),
    st.sampled_from(
        ["139" + "00001111", "live", "hotline", 10_956, 10_957, 2**31, 2**63, "x" * 65]
    ),
    st.sampled_from([NOW, NOW + 86_400_000, NOW + 86_400_001, 19_676, 19_677, 946_656_000_000]),
    st.datetimes(timezones=st.just(UTC)),
    st.dates(),
    st.lists(st.text(max_size=3), max_size=2),
    st.tuples(
        st.builds(Label, table=st.text(max_size=2), label=st.text(max_size=2), place=st.integers())
    ),
)


def verdict(event: Event) -> tuple[bytes, bytes] | None:
    """Key and value by the slow way, None for a broken rule."""
    of = kind(event.KIND)
    try:
        mapping = event.to_mapping()
        check(of, mapping, NOW)
        check_source(mapping)
    except RuleBroken:
        return None
    return key(of, mapping), encode(of, 3, mapping)


def fast(event: Event) -> tuple[bytes, bytes] | None:
    try:
        return ENCODERS[event.KIND].encode(event, NOW)
    except RuleBroken:
        return None


@st.composite
def events(draw: st.DrawFn) -> Event:
    """An example of any kind, with up to three of its fields replaced by anything."""
    name = draw(st.sampled_from(sorted(CLASSES)))
    values: dict[str, Any] = dict(draw(st.sampled_from(kind(name).examples())))
    for field in draw(st.lists(st.sampled_from(list(values)), max_size=3)):
        values[field] = draw(ANYTHING)
    return CLASSES[name](**values)


@settings(max_examples=1500, deadline=None)
@given(events())
def test_verdict_and_bytes_are_those_of_the_contract(event: Event) -> None:
    assert fast(event) == verdict(event)
    assert fast(event) == verdict(event)  # remembered, the same


@pytest.mark.parametrize("name", sorted(CLASSES))
def test_every_example_is_taken(name: str) -> None:
    for example in kind(name).examples():
        event = CLASSES[name](**example)
        assert fast(event) is not None
        assert fast(event) == verdict(event)


def test_what_python_finds_equal_is_not_taken_for_what_it_is_not() -> None:
    example = kind("calls").examples()[0]
    assert fast(CLASSES["calls"](**example)) is not None
    assert fast(CLASSES["calls"](**example | {"sign": True})) is None
    assert fast(CLASSES["calls"](**example | {"sign": 1.0})) is None


def test_a_business_date_is_held_to_the_clock_every_time() -> None:
    event = CLASSES["uploads"](
        **kind("uploads").examples()[0] | {"business_date": date(2023, 11, 16)}
    )
    day = 86_400_000
    encoder = ENCODERS["uploads"]
    today = int(datetime(2023, 11, 15, tzinfo=UTC).timestamp() * 1000)
    encoder.encode(event, today)
    with pytest.raises(RuleBroken, match="business_date"):
        encoder.encode(event, today - day)


@given(st.integers(-(2**63), 2**63 - 1))
def test_whole_numbers_are_written_as_avro_does(number: int) -> None:
    example = kind("statements").examples()[0]
    datum = encode(kind("statements"), 3, example | {"value": number})
    assert b"\x02" + varint(number) in datum


@pytest.mark.parametrize("number", [2**34 - 1, 2**34, 2**41 - 1, 2**41, -(2**34), 63, 64])
def test_whole_numbers_at_the_edge_of_the_short_way_too(number: int) -> None:
    example = kind("statements").examples()[0]
    assert b"\x02" + varint(number) in encode(kind("statements"), 3, example | {"value": number})
