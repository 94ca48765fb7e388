"""What a log amounts to, worked out the plain and slow way: dicts, loops and integer division.

Shares no code with streams/; what it is to find there stands in docs/decisions/0003.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from tests.faults.log import KINDS, Life, Log

DIMENSIONS = {
    "bookings": ("hospital", "channel", "route"),
    "calls": ("line", "city", "category"),
    "kiosk_transactions": ("institution", "service"),
    "telemedicine": ("platform", "item", "institution"),
    "uploads": ("organisation", "table_code", "business_date"),
}
MEASURES: dict[str, tuple[str, ...]] = {
    "bookings": (),
    "calls": (),
    "kiosk_transactions": ("amount_fen",),
    "telemedicine": ("images",),
    "uploads": ("rows", "persons"),
}
DAY_MS = 86_400_000
SHANGHAI = 8 * 3600

At = tuple[int, int, int]
"""Where a message stands: epoch, partition, offset."""
Row = tuple[Any, ...]


@dataclass
class Tables:
    """What the tables of one kind hold.

    ``raw``: event_id and whether it counted, by place. ``dead``: the places. ``far``: places of
    repeats and second retractions taken back, with the id. ``blocks``: (last offset, counted,
    repeats, dead, gaps) by place of the first offset. ``totals``: sums by (grain, bucket, source,
    origin, dimensions …, epoch, partition, block, taken back).
    """

    raw: dict[At, tuple[str, bool]] = field(default_factory=dict)
    dead: dict[At, None] = field(default_factory=dict)
    far: dict[At, str] = field(default_factory=dict)
    blocks: dict[At, tuple[int, ...]] = field(default_factory=dict)
    totals: dict[Row, tuple[int, ...]] = field(default_factory=dict)


def expected(log: Log, block_size: int, horizon: int) -> dict[str, Tables]:
    """The tables of every kind, by the log alone."""
    return {kind: tables(kind, log.lives[kind], block_size, horizon) for kind in KINDS}


def tables(kind: str, lives: list[Life], block_size: int, horizon: int) -> Tables:
    """The tables of one kind, given the lives of its topic in order."""
    found = Tables()
    counted: dict[str, list[tuple[int, At, dict[str, Any]]]] = {}
    for epoch, life in enumerate(lives, 1):
        for number, messages in life.messages.items():
            blocks = dict(_blocks(life, number, block_size))
            counts = {start: [0, 0, 0, 0] for start in set(blocks.values())}
            lasts: dict[int, int] = {}
            by_offset = {message.offset: message for message in messages}
            seen: dict[str, int] = {}
            for offset, start in blocks.items():
                at, message = (epoch, number, offset), by_offset.get(offset)
                lasts[start] = offset
                if message is None:
                    counts[start][3] += 1
                    continue
                if message.event is None:
                    counts[start][2] += 1
                    found.dead[at] = None
                    continue
                event = message.event
                one = event["event_id"]
                repeat = one in seen and offset - seen[one] <= horizon
                seen[one] = offset
                found.raw[at] = (one, not repeat)
                counts[start][1 if repeat else 0] += 1
                if not repeat:
                    counted.setdefault(one, []).append((message.appended, at, event))
                    _add(found, kind, event, (epoch, number, start, 0), 1)
            for start, count in counts.items():
                found.blocks[epoch, number, start] = (lasts[start], *count)
    back: dict[str, list[tuple[int, At, dict[str, Any]]]] = {}
    for places in counted.values():
        for place in places:
            if place[2]["sign"] == -1:
                back.setdefault(place[2]["corrects"], []).append(place)
    # Of events of one id the first counts, and of retractions of one event.
    for places in (*counted.values(), *back.values()):
        for _, at, event in sorted(places, key=lambda place: place[:2])[1:]:
            if at not in found.far:
                found.far[at] = event["event_id"]
                _add(found, kind, event, (*at, 1), -1)
    return found


def _blocks(life: Life, number: int, size: int) -> Iterator[tuple[int, int]]:
    """The start of the block of every offset, gaps included, in order of offsets.

    Cut where the offset is a multiple of the size, at a message of another append day (UTC) than
    the messages before it in the block, and where a worker began when the log had lost the start
    of the block.
    """
    days = {message.offset: message.appended // DAY_MS for message in life.messages[number]}
    eaten = life.eaten.get(number, {})
    start, day = 0, None
    for offset in range(life.ends[number]):
        today = days.get(offset)
        another_day = None not in (day, today) and day != today
        if offset % size == 0 or another_day or start < eaten.get(offset, 0):
            start, day = offset, None
        day = today if day is None else day
        yield offset, start


def _add(found: Tables, kind: str, event: dict[str, Any], place: Row, sign: int) -> None:
    seconds = event["occurred_at"] // 1000
    buckets = {
        "minute": seconds // 60 * 60,
        "hour": seconds // 3600 * 3600,
        "day": (seconds + SHANGHAI) // 86_400 * 86_400 - SHANGHAI,
    }
    dimensions = tuple(event[name] for name in ("source", "origin", *DIMENSIONS[kind]))
    factor = sign * event["sign"]
    more = (factor, *(factor * (event[name] or 0) for name in MEASURES[kind]))
    for grain, bucket in buckets.items():
        key = (grain, bucket, *dimensions, *place)
        before = found.totals.get(key, (0,) * len(more))
        found.totals[key] = tuple(a + b for a, b in zip(before, more, strict=True))
