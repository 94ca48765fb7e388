"""What is held in memory of one kind between two flushes, and what a flush makes of it.

Pure but for its own state: no Kafka, no ClickHouse, no clock. The pipeline around it decides when;
tests drive it with any split of a log into fetches and flushes.
"""

from collections.abc import Iterator, Sequence
from copy import copy
from dataclasses import dataclass, field

import numpy as np
import polars as pl
from numpy.typing import NDArray

from streams import blocks, rollups
from streams.batches import Fetch
from streams.blocks import Block, Cutter
from streams.frames import DeadLetter, Decoder, Events, Spliced, Stretch, stretches
from streams.repeats import Window, hashes
from streams.rollups import Rollup


@dataclass(slots=True)
class Partition:
    """Where one partition stands.

    ``next`` is the offset expected next, ``durable`` the one up to which ClickHouse has everything.
    Raw rows below ``resend_from`` are there already. ``refused`` are offsets that ClickHouse once
    refused: dead letters, whatever they decode to. ``epoch`` is the life of the topic.
    """

    number: int
    epoch: int
    next: int
    durable: int
    resend_from: int
    cutter: Cutter
    window: Window
    refused: frozenset[int] = frozenset()


@dataclass(slots=True)
class Flush:
    """What one flush writes, in this order: raw, dead letters, totals, ledger.

    ``raw`` are events that count, ``repeats`` those that don't. Once all is written, the partitions
    are durable up to these offsets. ``epochs`` are those of the partitions.
    """

    raw: list[Spliced] = field(default_factory=list)
    repeats: list[Spliced] = field(default_factory=list)
    dead: dict[int, list[DeadLetter]] = field(default_factory=dict)
    totals: pl.DataFrame | None = None
    blocks: list[tuple[int, Block]] = field(default_factory=list)
    durable: dict[int, int] = field(default_factory=dict)
    epochs: dict[int, int] = field(default_factory=dict)


class Counting:
    """Counts the events of one kind over the partitions that this worker has."""

    def __init__(self, decoder: Decoder, rollup: Rollup | None) -> None:
        self.decoder = decoder
        self.rollup = rollup
        self.partitions: dict[int, Partition] = {}
        self.events = 0
        """Messages taken since the last flush."""
        self._start_over()
        self._open: pl.DataFrame | None = None
        """Totals by minute of the blocks in progress, as far as they were flushed."""

    def _start_over(self) -> None:
        self._next = Flush()
        self._frames: list[pl.DataFrame] = []
        self._touched: dict[tuple[int, int], Block] = {}
        self.events = 0

    def decode(self, fetch: Fetch) -> list[tuple[Stretch, list[Events | DeadLetter]]]:
        """The events and dead letters of a fetch. Changes nothing here, so it may be tried again.

        Raises RegistryUnavailable when the schema of a message cannot be asked for.
        """
        refused = self.partitions[fetch.partition].refused
        found = []
        for stretch in stretches(fetch.partition, fetch.batches):
            good, dead = _without(stretch, refused)
            found.append((stretch, [*dead, *self.decoder.decode(good)]))
        return found

    def take(
        self, fetch: Fetch, decoded: Sequence[tuple[Stretch, Sequence[Events | DeadLetter]]]
    ) -> None:
        """Count a fetch that continues its partition: ``fetch.start`` is the offset expected."""
        state = self.partitions[fetch.partition]
        touched = state.cutter.cut(fetch.batches)
        for _, found in decoded:
            self._dead(state, touched, [d for d in found if isinstance(d, DeadLetter)])
            self._count(state, touched, [e for e in found if isinstance(e, Events)])
        self._touched.update(((state.number, block.start), block) for block in touched)
        state.next = fetch.end
        self.events += sum(len(batch.values) for batch in fetch.batches)

    def _dead(self, state: Partition, touched: Sequence[Block], dead: list[DeadLetter]) -> None:
        if dead:
            blocks.tally(touched, "dead", np.sort([letter.offset for letter in dead]))
            self._next.dead.setdefault(state.number, []).extend(dead)

    def _count(self, state: Partition, touched: Sequence[Block], found: list[Events]) -> None:
        if not found:
            return
        frame = found[0].frame if len(found) == 1 else _in_order(found)
        offsets = frame["offset"].to_numpy()
        again = state.window.repeats(offsets, hashes(frame["event_id"]))
        frame = frame.with_columns(
            block=pl.Series(blocks.starts(touched, offsets)),
            kafka_partition=pl.lit(state.number, pl.Int64),
        )
        new = [e.spliced for e in found if e.spliced.stretch.offsets[-1] >= state.resend_from]
        if again.any():
            blocks.tally(touched, "repeats", offsets[again])
            frame = frame.filter(~again)
            self._next.repeats += _with(new, offsets[again])
            new = _with(new, offsets[~again])
        blocks.tally(touched, "counted", offsets[~again])
        self._frames.append(frame.drop("event_id", "offset"))
        self._next.raw += new

    def flush(self) -> Flush | None:
        """What is to be written now; None when nothing came since the last time.

        The totals are absolute within their blocks and hold all that was taken. What was given
        must be written before what is given next.
        """
        if not self._touched:
            return None
        done = self._next
        done.blocks = [(number, copy(block)) for (number, _), block in self._touched.items()]
        done.durable = {n: self.partitions[n].next for n, _ in self._touched}
        done.epochs = {n: self.partitions[n].epoch for n, _ in self._touched}
        if self.rollup is not None:
            done.totals = self._totals(self.rollup, done.blocks)
        self._start_over()
        return done

    def _totals(self, rollup: Rollup, touched: Sequence[tuple[int, Block]]) -> pl.DataFrame | None:
        """Rows to write; the totals of the blocks in progress are brought up to date."""
        if not self._frames:
            self._open = _growing(self._open, touched)
            return None
        fresh = rollups.by_minute(pl.concat(self._frames), rollup)
        full, rows = fresh, []
        if self._open is not None and self._open.height:
            # Few blocks were in progress: only they are added up, and only what changed is written.
            known = self._open.select(list(BLOCK_KEY)).unique()
            grown = fresh.join(known, on=list(BLOCK_KEY), how="semi")
            fresh = fresh.join(known, on=list(BLOCK_KEY), how="anti")
            older = rollups.merged([self._open, grown], rollup)
            full = pl.concat([older, fresh])
            rows.append(rollups.grains(older, grown, rollup))
        rows.append(rollups.grains(fresh, None, rollup))
        self._open = _growing(full, touched)
        return _versioned(_labelled(rows), touched, self.partitions)

    def forget(self, numbers: Sequence[int]) -> None:
        """Drop partitions and all that was taken of them since the last flush."""
        gone = set(numbers)
        for number in gone:
            self.partitions.pop(number, None)
        keep = ~pl.col("kafka_partition").is_in(sorted(gone))
        self._frames = [frame.filter(keep) for frame in self._frames]
        self._touched = {at: b for at, b in self._touched.items() if at[0] not in gone}
        self._next.raw = [r for r in self._next.raw if r.stretch.partition not in gone]
        self._next.repeats = [r for r in self._next.repeats if r.stretch.partition not in gone]
        self._next.dead = {n: d for n, d in self._next.dead.items() if n not in gone}
        if self._open is not None:
            self._open = self._open.filter(keep)


BLOCK_KEY = {"kafka_partition": pl.Int64, "block": pl.Int64}


def _labelled(rows: Sequence[dict[str, pl.DataFrame]]) -> pl.DataFrame:
    """The totals of all grains as one frame that says which is which."""
    return pl.concat(
        totals.with_columns(grain=pl.lit(grain))
        for grains in rows
        for grain, totals in grains.items()
    )


def _growing(
    totals: pl.DataFrame | None, touched: Sequence[tuple[int, Block]]
) -> pl.DataFrame | None:
    """Totals of the blocks that may still grow: all but those sealed by now."""
    sealed = [(number, block.start) for number, block in touched if block.sealed]
    if totals is None or not sealed:
        return totals
    done = pl.DataFrame(sealed, schema=BLOCK_KEY, orient="row")
    return totals.join(done, on=list(BLOCK_KEY), how="anti")


def _versioned(
    rows: pl.DataFrame,
    touched: Sequence[tuple[int, Block]],
    partitions: dict[int, Partition],
) -> pl.DataFrame:
    """Rows of the rollup table, of any definition: totals with what their block says of them."""
    known = pl.DataFrame(
        [(n, b.start, b.last, b.append_day or 0, partitions[n].epoch) for n, b in touched],
        schema=BLOCK_KEY | {"last_offset": pl.Int64, "append_day": pl.Int32, "epoch": pl.UInt16},
        orient="row",
    )
    return rows.join(known, on=list(BLOCK_KEY)).with_columns(
        taken_back=pl.lit(0, pl.UInt8),
        bucket=pl.col("bucket") * 60,
    )


def _in_order(found: Sequence[Events]) -> pl.DataFrame:
    return pl.concat([events.frame for events in found]).sort("offset")


def _with(spliced: Sequence[Spliced], offsets: NDArray[np.int64]) -> list[Spliced]:
    """The same, with these offsets only."""
    kept = [(each, np.isin(each.stretch.offsets, offsets)) for each in spliced]
    return [each.take(np.flatnonzero(rows)) for each, rows in kept if rows.any()]


def _without(stretch: Stretch, refused: frozenset[int]) -> tuple[Stretch, Iterator[DeadLetter]]:
    """A stretch without the offsets refused before, and those as the dead letters they are."""
    if not refused:
        return stretch, iter(())
    bad = np.isin(stretch.offsets, list(refused))
    dead = (
        stretch.dead(row, "refused", "数据库拒收该事件") for row in np.flatnonzero(bad).tolist()
    )
    return stretch.take(np.flatnonzero(~bad)), dead
