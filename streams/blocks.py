"""Blocks of the log: where a partition is cut, and what one block holds.

A cut is where the offset is a multiple of B and where the append day (UTC) changes. Any reader that
starts at a cut finds the same ones, whatever its fetches were, so that totals by block are a
function of the log alone. Where an operator skipped offsets, the ledger has two cuts more.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from streams.batches import Batch

DAY_MS = 86_400_000


@dataclass(slots=True)
class Block:
    """One block so far. Its counts account for every offset from start to last."""

    start: int
    last: int
    counted: int = 0
    repeats: int = 0
    dead: int = 0
    gaps: int = 0
    first_appended: int | None = None
    last_appended: int | None = None
    sealed: bool = False

    @property
    def append_day(self) -> int | None:
        """Days since 1970 UTC on which its messages were appended; None before the first."""
        return None if self.first_appended is None else self.first_appended // DAY_MS

    @property
    def accounted(self) -> bool:
        """True when every offset is an event, a dead letter or a gap."""
        total = self.counted + self.repeats + self.dead + self.gaps
        return total == self.last - self.start + 1


class Cutter:
    """Cuts one partition into blocks as it is read. ``open`` is the block in progress.

    ``cuts`` are offsets at which the ledger has a block begin already, ascending: there a cut is
    kept that no other reader could know of, such as where offsets were skipped.
    """

    def __init__(self, size: int, cuts: Sequence[int] = ()) -> None:
        self.size = size
        self.cuts = cuts
        self.open: Block | None = None

    def cut(self, batches: Sequence[Batch]) -> list[Block]:
        """The blocks that these batches touch, in order; the last may stay open.

        Batches continue each other and what was cut before. Gaps are counted here, as they are
        known from the batches alone.
        """
        touched: list[Block] = []
        for batch in batches:
            first = batch.offsets[0] if batch.offsets else batch.end
            self._span(touched, batch.start, first, None, 0)
            if batch.offsets:
                self._messages(touched, batch, first)
        return touched

    def _messages(self, touched: list[Block], batch: Batch, first: int) -> None:
        day = (batch.appended or 0) // DAY_MS
        block = self.open
        if block is not None and block.append_day is not None and block.append_day != day:
            block.sealed = True
            _touch(touched, block)
            self.open = None
        whole = len(batch.offsets) == batch.end - first
        offsets = None if whole else np.asarray(batch.offsets)
        self._span(touched, first, batch.end, batch.appended, offsets)

    def _span(
        self,
        touched: list[Block],
        start: int,
        end: int,
        appended: int | None,
        messages: NDArray[np.int64] | int | None,
    ) -> None:
        """Go over [start, end); ``messages``: offsets that carry one, None for all, 0 for none."""
        while start < end:
            if self.open is None:
                self.open = Block(start, start - 1)
            block = self.open
            limit = self._limit(block.start)
            stop = min(end, limit)
            gaps = _gaps(start, stop, messages)
            block.gaps += gaps
            block.last = stop - 1
            if appended is not None and gaps < stop - start:
                block.first_appended = block.first_appended or appended
                block.last_appended = appended
            _touch(touched, block)
            if stop == limit:
                block.sealed = True
                self.open = None
            start = stop

    def _limit(self, start: int) -> int:
        """Where the block that starts here ends, unless a day does before."""
        limit = (start // self.size + 1) * self.size
        later = bisect_right(self.cuts, start)
        return min(limit, self.cuts[later]) if later < len(self.cuts) else limit


def _gaps(start: int, stop: int, messages: NDArray[np.int64] | int | None) -> int:
    if messages is None:
        return 0
    if isinstance(messages, int):
        return stop - start
    return stop - start - int(np.count_nonzero((messages >= start) & (messages < stop)))


def _touch(touched: list[Block], block: Block) -> None:
    if not touched or touched[-1] is not block:
        touched.append(block)


def starts(blocks: Sequence[Block], offsets: NDArray[np.int64]) -> NDArray[np.int64]:
    """The start of the block that each offset lies in."""
    firsts = np.array([block.start for block in blocks], dtype=np.int64)
    found: NDArray[np.int64] = firsts[np.searchsorted(firsts, offsets, side="right") - 1]
    return found


def tally(blocks: Sequence[Block], field: str, offsets: NDArray[np.int64]) -> None:
    """Add to a count of the blocks (counted, repeats or dead) the offsets that lie in each."""
    firsts = np.array([block.start for block in blocks], dtype=np.int64)
    rows = np.searchsorted(firsts, offsets, side="right") - 1
    for block, more in zip(blocks, np.bincount(rows, minlength=len(blocks)).tolist(), strict=True):
        if more:
            setattr(block, field, getattr(block, field) + more)
