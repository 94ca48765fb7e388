"""A plain, slow computation of what a log amounts to, and a store that keeps what is written.

Shares no code with what it judges: rows are dicts, repeats a dictionary, grains integer division.
"""

from collections import defaultdict
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import polars as pl

from streams.blocks import Cutter
from streams.counting import Counting, Flush, Partition
from streams.repeats import Window, hashes
from streams.resume import Ends, Line, known_up_to, start

Totals = dict[tuple[Any, ...], tuple[int, ...]]


@dataclass
class Message:
    """One offset of a log: an event, or bytes that are none (event None)."""

    offset: int
    appended: int
    value: bytes
    event: dict[str, Any] | None


def expected(
    log: dict[int, list[Message]], horizon: int, dimensions: tuple[str, ...]
) -> tuple[Totals, set[tuple[int, int, bool]], set[tuple[int, int]]]:
    """Totals by grain, bucket, dimensions; raw rows (partition, offset, counted); dead letters."""
    totals: dict[tuple[Any, ...], int] = defaultdict(int)
    raw, dead = set(), set()
    for partition, messages in log.items():
        seen: dict[str, int] = {}
        for message in messages:
            event = message.event
            if event is None:
                dead.add((partition, message.offset))
                continue
            last = seen.get(event["event_id"])
            counted = last is None or message.offset - last > horizon
            seen[event["event_id"]] = message.offset
            raw.add((partition, message.offset, counted))
            if counted:
                for key in _buckets(event, dimensions):
                    totals[key] += event["sign"]
    return {k: (v,) for k, v in totals.items()}, raw, dead


def _buckets(event: dict[str, Any], dimensions: tuple[str, ...]) -> list[tuple[Any, ...]]:
    seconds = event["occurred_at"] // 1000
    rest = tuple(event[d] for d in dimensions)
    day = (seconds + 28_800) // 86_400 * 86_400 - 28_800
    grains = (("minute", seconds // 60 * 60), ("hour", seconds // 3600 * 3600), ("day", day))
    return [(grain, bucket, *rest) for grain, bucket in grains]


@dataclass
class Store:
    """ClickHouse's tables as their engines leave them: the greatest version of each key."""

    block_size: int
    horizon: int
    raw: dict[tuple[int, int], tuple[bool, str]] = field(default_factory=dict)
    dead: set[tuple[int, int]] = field(default_factory=set)
    rollup: dict[tuple[Any, ...], tuple[int, dict[str, Any]]] = field(default_factory=dict)
    ledger: dict[tuple[int, int], Any] = field(default_factory=dict)

    def write(self, flush: Flush, ids: dict[tuple[int, int], str], parts: int = 4) -> None:
        """Write the first so many of the four parts of a flush, in their order."""
        if parts > 0:
            for spliced, counted in ((flush.raw, True), (flush.repeats, False)):
                for each in spliced:
                    for offset in each.stretch.offsets.tolist():
                        at = (each.stretch.partition, offset)
                        self.raw[at] = (counted, ids[at])
        if parts > 1:
            self.dead |= {(n, d.offset) for n, letters in flush.dead.items() for d in letters}
        if parts > 2 and flush.totals is not None:
            for row in flush.totals.iter_rows(named=True):
                self._replace(row)
        if parts > 3:
            for number, block in flush.blocks:
                known = self.ledger.get((number, block.start))
                if known is None or known.last <= block.last:
                    self.ledger[number, block.start] = block

    def _replace(self, row: dict[str, Any]) -> None:
        values = ("events", "last_offset", "append_day")
        key = tuple(v for k, v in sorted(row.items()) if k not in values)
        known = self.rollup.get(key)
        if known is None or known[0] <= row["last_offset"]:
            self.rollup[key] = (row["last_offset"], row)

    def backup(self) -> "Store":
        """All tables as they are."""
        return deepcopy(self)

    def restored(self, backup: "Store") -> "Store":
        """Go back to a backup; returns one of what was."""
        was = self.backup()
        self.raw, self.dead = dict(backup.raw), set(backup.dead)
        self.rollup, self.ledger = dict(backup.rollup), deepcopy(backup.ledger)
        return was

    def totals(self, dimensions: tuple[str, ...], symbols: dict[str, list[str]]) -> Totals:
        """What a query would sum: events by grain, bucket and dimensions."""
        found: dict[tuple[Any, ...], int] = defaultdict(int)
        for _, row in self.rollup.values():
            named = [symbols[d][row[d]] if d in symbols else row[d] for d in dimensions]
            found[row["grain"], row["bucket"], *named] += row["events"]
        return {k: (v,) for k, v in found.items()}

    def assign(self, counting: Counting, number: int, committed: int | None, end: int) -> int:
        """Make the state of a partition as a worker does; returns where it reads on."""
        ends = Ends(committed, 0, end)
        mine = {s: b for (n, s), b in self.ledger.items() if n == number}
        ledger_end = max((b.last + 1 for b in mine.values()), default=None)
        c = known_up_to(ends, ledger_end)
        line = next((Line(s, b.last) for s, b in mine.items() if s <= c - 1 <= b.last), None)
        begin = start(ends, ledger_end, line, self.block_size)
        window = Window(self.horizon)
        oldest = begin.offset - self.horizon
        before = sorted((o, i) for (n, o), (_, i) in self.raw.items() if n == number)
        before = [(o, i) for o, i in before if oldest <= o < begin.offset]
        if before:
            offsets = np.array([o for o, _ in before])
            window.repeats(offsets, hashes(pl.Series([i for _, i in before])))
        state = Partition(
            number,
            1,
            begin.offset,
            begin.offset,
            begin.resend_from,
            Cutter(self.block_size),
            window,
        )
        counting.forget([number])
        counting.partitions[number] = state
        return begin.offset
