"""What one kind's pipeline tells of itself: once a flush or a pause, never once an event."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from time import time

from streams import metrics
from streams.blocks import Block
from streams.counting import Flush
from streams.metrics import Metric


class Meter:
    """Advances the metrics of one kind."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self._known: dict[int, Block] = {}
        """The last block of each partition as it was told."""

    def flushed(self, flush: Flush, seconds: float, oldest: int | None) -> None:
        """A flush is acknowledged, after so long; ``oldest`` is its first append time in ms."""
        for number, block in flush.blocks:
            self._advance(number, block)
        for letters in flush.dead.values():
            for reason, count in Counter(letter.reason for letter in letters).items():
                metrics.add(Metric.DEAD_LETTERS, count, self.kind, reason)
        for table, rows in _rows(flush).items():
            metrics.add(Metric.ROWS, rows, self.kind, table)
        metrics.observe(Metric.FLUSH_SECONDS, seconds, self.kind)
        if oldest is not None:
            metrics.observe(Metric.VISIBLE_AFTER, max(0.0, time() - oldest / 1000), self.kind)
        newest = max((block.last_appended or 0 for _, block in flush.blocks), default=0)
        if newest:
            metrics.put(Metric.NEWEST_VISIBLE, newest / 1000, self.kind)

    def _advance(self, number: int, block: Block) -> None:
        known = self._known.get(number)
        if known is None or known.start != block.start:
            known = Block(block.start, block.start - 1)
        if block.last <= known.last:
            return  # read again, and told already
        metrics.add(Metric.EVENTS, block.counted - known.counted, self.kind)
        metrics.add(Metric.REPEATS, block.repeats - known.repeats, self.kind)
        metrics.add(Metric.GAPS, block.gaps - known.gaps, self.kind)
        metrics.add(Metric.BLOCKS_SEALED, int(block.sealed) - int(known.sealed), self.kind)
        self._known[number] = replace(block)

    def waits(self, whose: str, pause: float) -> None:
        """Somebody gave no answer, and is asked again after so many seconds."""
        metrics.add(Metric.RETRIES, 1, self.kind, whose)
        metrics.add(Metric.WAITED, pause, self.kind, whose)

    def stops(self) -> None:
        """Nearly everything is no event: the kind is not counted any more."""
        metrics.put(Metric.STOPPED, 1, self.kind)

    def recounts(self) -> None:
        """ClickHouse refused single events of a flush."""
        metrics.add(Metric.RECOUNTS, 1, self.kind)

    def far_repeats(self, found: int) -> None:
        """So many far repeats were taken back."""
        metrics.add(Metric.FAR_REPEATS, found, self.kind)

    def lags(self, by_partition: Mapping[int, int]) -> None:
        """The lag of each partition read here, once those of all kinds are cleared."""
        for number, lag in by_partition.items():
            metrics.put(Metric.LAG, lag, self.kind, str(number))


def _rows(flush: Flush) -> dict[str, int]:
    return {
        "raw": sum(len(each.stretch) for each in (*flush.raw, *flush.repeats)),
        "rollup": 0 if flush.totals is None else flush.totals.height,
        "dead_letters": sum(map(len, flush.dead.values())),
        "ledger": len(flush.blocks),
    }
