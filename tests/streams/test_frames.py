from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.kinds import kind
from streams.agents.calls import CALLS
from streams.batches import Batch
from streams.frames import CHUNK, DeadLetter, Decoder, Events, Layouts, stretches
from tests.streams.log import APPENDED, CALL, Schemas, batch

FIELDS = kind("calls").schema()["fields"]
OLDER = {"type": "record", "name": "Call", "fields": [f for f in FIELDS if f["name"] != "category"]}
LANE = {"name": "lane", "type": ["null", "string"], "default": None}
NEWER = {"type": "record", "name": "Call", "fields": [*FIELDS[:3], LANE, *FIELDS[3:]]}
SCHEMAS = Schemas(_90=OLDER, _91=NEWER)
DAY_MS = 86_400_000


def decoded(values: list[bytes | None]) -> tuple[dict[int, dict[str, Any]], dict[int, str]]:
    """Events and reasons of dead letters, by offset."""
    decoder = Decoder(Layouts(SCHEMAS, kind("calls")), CALLS.columns)
    events: dict[int, dict[str, Any]] = {}
    dead: dict[int, str] = {}
    for stretch in stretches(3, [batch(100, values)]):
        for found in decoder.decode(stretch):
            if isinstance(found, DeadLetter):
                dead[found.offset] = found.reason
            else:
                events |= {row["offset"]: row for row in found.frame.iter_rows(named=True)}
    return events, dead


def among_others(value: bytes | None) -> tuple[dict[int, dict[str, Any]], dict[int, str]]:
    """A message with good neighbours: these must come through whatever it is."""
    values = [SCHEMAS.call(event_id=f"n-{n}") for n in range(600)]
    values[300] = value  # type: ignore[call-overload] # None is a message too
    events, dead = decoded(values)
    assert set(events) - {400} == set(range(100, 700)) - {400}
    return events, dead


GOOD = SCHEMAS.call()


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (None, "empty"),
        (b"", "empty"),
        (b"\x01" + GOOD[1:], "magic"),
        (b"\x00\x00", "magic"),
        (GOOD[:-1], "undecodable"),
        (GOOD[:20], "undecodable"),
        (GOOD + b"\x00", "trailing"),
        (b"\x00\x00\x00\x00\x63" + GOOD[5:], "unknown_schema"),
        (SCHEMAS.value(SCHEMAS.ids["bookings"], kind("bookings").examples()[0]), "unknown_schema"),
        (GOOD[:5] + b"\xff" * 60, "undecodable"),
        (GOOD[:5] + b"A" * 5_000_000, "undecodable"),
        (SCHEMAS.call(event_id=""), "rule"),
        (SCHEMAS.call(event_id="no\nline"), "rule"),
        (SCHEMAS.call(source=""), "rule"),
        (SCHEMAS.call(city=""), "rule"),
        (SCHEMAS.call(sign=0), "rule"),
        (SCHEMAS.call(sign=-1), "rule"),
        (SCHEMAS.call(occurred_at=900_000_000_000), "rule"),
        (SCHEMAS.call(occurred_at=APPENDED + DAY_MS + 1), "rule"),
    ],
)
def test_a_bad_message_is_a_dead_letter_and_its_neighbours_count(
    value: bytes | None, reason: str
) -> None:
    assert among_others(value)[1] == {400: reason}


@pytest.mark.parametrize(
    "fields",
    [
        {"occurred_at": APPENDED - 365 * DAY_MS},
        {"occurred_at": APPENDED + DAY_MS},
        {"sign": -1, "corrects": "c-0"},
        {"city": None, "category": None},
        {"line": "order_province"},
    ],
)
def test_what_keeps_the_rules_counts(fields: dict[str, Any]) -> None:
    events, dead = among_others(SCHEMAS.call(**fields))
    assert dead == {}
    assert 400 in events


@pytest.mark.parametrize("good", [0, 1, 2, 599])
@pytest.mark.parametrize("length", range(5, len(GOOD)))
def test_a_message_cut_short_behind_all_others_spoils_none_of_them(good: int, length: int) -> None:
    values = [SCHEMAS.call(event_id=f"n-{n}") for n in range(good)]
    events, dead = decoded([*values, GOOD[:length]])
    assert set(events) == set(range(100, 100 + good))
    assert dead == {100 + good: "undecodable"}


@settings(deadline=None)  # panics take their time to unwind
@given(st.integers(0, len(GOOD) * 8 - 1))
def test_a_flipped_bit_is_a_dead_letter_or_another_event_and_spoils_no_neighbour(bit: int) -> None:
    damaged = bytearray(GOOD)
    damaged[bit // 8] ^= 1 << bit % 8
    events, dead = among_others(bytes(damaged))
    assert (400 in events) != (400 in dead)


def test_older_and_newer_writers_are_read_in_one_fetch() -> None:
    values = [
        SCHEMAS.call(category="crisis"),
        SCHEMAS.value(90, CALL),
        SCHEMAS.value(91, CALL | {"lane": "express", "category": "voice"}),
    ]
    events, dead = decoded(values * 100)
    assert dead == {}
    assert [events[100 + n]["category"] for n in range(3)] == ["crisis", None, "voice"]


def test_a_symbol_keeps_its_meaning_when_a_writer_numbers_it_otherwise() -> None:
    line = next(f for f in FIELDS if f["name"] == "line")
    turned = line | {
        "type": line["type"] | {"symbols": ["order_city", "order_province", "hotline"]}
    }
    writer = {
        "type": "record",
        "name": "Call",
        "fields": [turned if f["name"] == "line" else f for f in FIELDS],
    }
    schemas = Schemas(_92=writer)
    decoder = Decoder(Layouts(schemas, kind("calls")), CALLS.columns)
    (stretch,) = stretches(0, [batch(0, [schemas.value(92, CALL)])])
    (events,) = decoder.decode(stretch)
    assert isinstance(events, Events)
    assert events.frame["line"].to_list() == [0]


def test_stretches_end_where_the_low_bits_of_offsets_do() -> None:
    around = Batch(CHUNK - 2, CHUNK + 2, APPENDED, range(CHUNK - 2, CHUNK + 2), [GOOD] * 4)
    found = list(stretches(0, [around]))
    assert [s.offsets.tolist() for s in found] == [[CHUNK - 2, CHUNK - 1], [CHUNK, CHUNK + 1]]


def test_arrays_are_read_one_by_one() -> None:
    institutions = kind("institutions")
    decoder = Decoder(Layouts(SCHEMAS, institutions), ["event_id", "occurred_at", "sign"])
    values = [SCHEMAS.value(SCHEMAS.ids["institutions"], e) for e in institutions.examples()]
    (stretch,) = stretches(0, [batch(0, list(values))])
    (events,) = decoder.decode(stretch)
    assert isinstance(events, Events)
    assert np.array_equal(events.frame["offset"].to_numpy(), np.arange(len(values)))
