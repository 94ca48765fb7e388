"""Events of the five kinds at random, and messages that are none."""

import struct
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

from producers import Booking, Call, Event, KioskTransaction, Telemedicine, Upload
from producers.encoder import varint

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS


def event(draw: Random, event_id: str, now_ms: int) -> Event:
    """One event of any kind: most of them of this minute, some early, late or taken back."""
    sign = -1 if draw.random() < 0.03 else 1
    common: dict[str, Any] = {
        "event_id": event_id,
        "occurred_at": now_ms + _away(draw),
        "source": draw.choice(("hotline-12320", "platform")),
        "origin": draw.choice(("live", "live", "replay", "simulated")),
        "sign": sign,
        # Some of what is taken back was taken back before, by another system.
        "corrects": f"taken-back-{draw.randrange(200)}" if sign < 0 else None,
    }
    return draw.choice(list(MADE.values()))(draw, common)


def event_of(kind: str, draw: Random, event_id: str, at_ms: int) -> Event:
    """One event of a kind, of this very time."""
    return MADE[kind](
        draw, {"event_id": event_id, "occurred_at": at_ms, "source": "platform", "origin": "live"}
    )


def _away(draw: Random) -> int:
    """Milliseconds from now: yesterday, last month, another year, and the other way hours."""
    if draw.random() < 0.9:
        return -draw.randrange(5_000)
    longest = draw.choice((DAY_MS, 31 * DAY_MS, 20 * 365 * DAY_MS, -23 * HOUR_MS))
    return -int(draw.random() * longest)


def _booking(draw: Random, common: Mapping[str, Any]) -> Event:
    return Booking(
        **common,
        hospital=draw.choice(("h01", "h02", "h03", None)),
        channel=draw.choice(("online", "phone", "clinic", "third_party", None)),
        route=draw.choice(("a", None)),
    )


def _call(draw: Random, common: Mapping[str, Any]) -> Event:
    return Call(
        **common,
        line=draw.choice(("hotline", "order_city", "order_province")),
        city=draw.choice(("nanjing", "苏州", None)),
        category=draw.choice(("crisis", "voice", None)),
    )


def _kiosk(draw: Random, common: Mapping[str, Any]) -> Event:
    return KioskTransaction(
        **common,
        institution=draw.choice(("h01", "h02")),
        device=draw.choice(("k1", None)),
        service=draw.choice(("registration", "payment")),
        amount_fen=draw.choice((0, 1, 2_500, 10**9)),
    )


def _telemedicine(draw: Random, common: Mapping[str, Any]) -> Event:
    return Telemedicine(
        **common,
        platform=draw.choice(("consultation", "ecg", "lab", "imaging")),
        item=draw.choice(("report", "specimen")),
        institution=draw.choice(("h01", None)),
        images=draw.choice((0, 3, 700, None)),
    )


def _upload(draw: Random, common: Mapping[str, Any]) -> Event:
    day = datetime.now(UTC).date() - timedelta(days=draw.choice((0, 1, 1, 40)))
    return Upload(
        **common,
        organisation=draw.choice(("d01", "d02")),
        table_code=draw.choice(("t1", "t2")),
        business_date=draw.choice((day, day, date(2020, 9, 30))),
        rows=draw.choice((0, 12, 4_000)),
        persons=draw.choice((7, None)),
    )


MADE: Mapping[str, Callable[[Random, Mapping[str, Any]], Event]] = {
    "bookings": _booking,
    "calls": _call,
    "kiosk_transactions": _kiosk,
    "telemedicine": _telemedicine,
    "uploads": _upload,
}

Spoil = Callable[[Random, bytes], bytes | None]


def _flipped(draw: Random, value: bytes) -> bytes:
    """One bit of the datum is another: no event, or another valid one."""
    at = draw.randrange(5, len(value))
    return value[:at] + bytes([value[at] ^ 1 << draw.randrange(8)]) + value[at + 1 :]


SPOILED: Mapping[str, Spoil] = {
    "nothing at all": lambda draw, value: None,
    "no bytes": lambda draw, value: b"",
    "a wrong magic byte": lambda draw, value: b"\x01" + value[1:],
    "a schema that nobody knows": lambda draw, value: struct.pack(">bI", 0, 987_654) + value[5:],
    "cut short": lambda draw, value: value[: draw.randrange(1, len(value))],
    "padded": lambda draw, value: value + b"\0" * draw.randrange(1, 9),
    "a bit flipped": _flipped,
    "text": lambda draw, value: b'{"event_id": "c-1"}',
    "too far ahead": lambda draw, value: value[:5] + _ahead(value[5:]),
    "large": lambda draw, value: value[:5] + b"A" * 5_000_000,
}
"""What a message can be instead of an event, made from one."""


def _ahead(datum: bytes) -> bytes:
    """The same event in the year 2038: the id stands first, the time behind it has six bytes."""
    behind_id = 1 + datum[0] // 2
    return datum[:behind_id] + varint(2_150_000_000_000) + datum[behind_id + 6 :]
