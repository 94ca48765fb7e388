"""Where a partition starts: what the ledger, the group's offset and the log say together.

Asked when a partition is assigned, and when a fetch does not continue what was read. Calls block.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from clickhouse_connect.driver.client import Client

from clickhouse.client import errors_sorted
from ningmai.settings import Settings
from streams.blocks import Cutter
from streams.counting import Partition
from streams.repeats import Window, hashes

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Ends:
    """A partition as Kafka has it: the group's offset (None: none), first offset, end offset."""

    committed: int | None
    begin: int
    end: int


@dataclass(frozen=True, slots=True)
class Line:
    """A block as the ledger has it."""

    block: int
    last: int
    skipped: bool = False


@dataclass(frozen=True, slots=True)
class Start:
    """Read from ``offset``; raw rows below ``resend_from`` are there already."""

    offset: int
    resend_from: int


def start(ends: Ends, ledger_end: int | None, line: Line | None, size: int) -> Start:
    """Where to start reading. ``line`` is the ledger's line that holds C - 1, if one does.

    C is the lesser of the group's offset and the ledger's end: a ClickHouse restored from an older
    backup is filled up again, offsets set back by hand are right. From C itself only at a multiple
    of the block size; else from the start of its block, so that the block comes out the same.
    """
    c = known_up_to(ends, ledger_end)
    if line is not None and line.block < ends.begin:
        c = max(line.last + 1, ends.begin)  # retention has eaten its start: it stays as it is
        return Start(c, c)
    if line is not None and line.skipped and c == line.last + 1:
        return Start(c, c)  # an operator has said so
    if c % size == 0 or c <= ends.begin:
        return Start(max(c, ends.begin), c)
    if line is not None:
        return Start(line.block, c)
    return Start(max(c // size * size, ends.begin), c)


def known_up_to(ends: Ends, ledger_end: int | None) -> int:
    """C: the offset up to which both the group and ClickHouse have everything there is.

    Never below the log's first: what is gone needs no reading, and a block that it was the start
    of holds what came of it.
    """
    if ledger_end is None:
        return ends.begin
    known = ledger_end if ends.committed is None else min(ends.committed, ledger_end)
    return max(known, ends.begin)


class Resume:
    """Asks ClickHouse where partitions of one kind stand, and makes their state."""

    def __init__(self, client: Client, settings: Settings, kind: str) -> None:
        self.client = client
        self.settings = settings
        self.kind = kind

    def partitions(self, topic_id: str, ends: Mapping[int, Ends]) -> dict[int, Partition]:
        """The state to read these partitions with, in the topic's present life.

        Raises clickhouse.errors.Unavailable, to be tried again.
        """
        epoch, ledger = self.life(topic_id, ends)
        return {n: self._partition(n, epoch, each, ledger.get(n)) for n, each in ends.items()}

    def life(self, topic_id: str, ends: Mapping[int, Ends]) -> tuple[int, dict[int, int]]:
        """The topic's present life, and where the ledger ends in each partition of it.

        Written down where it is only beginning: a topic made again, or whose log was cut back.
        """
        epoch, fresh = self._epoch(topic_id)
        ledger = {} if fresh else self._ledger_ends(epoch)
        if any(each.end < ledger.get(number, 0) for number, each in ends.items()):
            cut_back = f"{topic_id}@{epoch + 1}"
            epoch, ledger = self._next_epoch(epoch, cut_back, "its log was cut back"), {}
        return epoch, ledger

    def _partition(self, number: int, epoch: int, ends: Ends, ledger_end: int | None) -> Partition:
        c = known_up_to(ends, ledger_end)
        line = self._line(epoch, number, c - 1) if ledger_end is not None and c > 0 else None
        begin = start(ends, ledger_end, line, self.settings.block_size)
        return Partition(
            number=number,
            epoch=epoch,
            next=begin.offset,
            durable=max(begin.offset, min(c, ends.committed or 0)),
            resend_from=begin.resend_from,
            cutter=Cutter(self.settings.block_size, self._cuts(epoch, number, begin.offset)),
            window=self._window(epoch, number, begin.offset),
            refused=self._refused(epoch, number, begin.offset),
        )

    def _epoch(self, topic_id: str) -> tuple[int, bool]:
        """The number of the topic's present life, and whether it is only beginning."""
        rows = self._rows(
            "SELECT epoch, topic_id FROM {db:Identifier}.epochs FINAL WHERE topic = {kind:String} "
            "ORDER BY epoch DESC, since LIMIT 1"
        )
        if rows and rows[0][1].partition("@")[0] == topic_id:
            return int(rows[0][0]), False
        last = int(rows[0][0]) if rows else 0
        return self._next_epoch(last, topic_id, "it was made again" if rows else "first seen"), True

    def _next_epoch(self, last: int, topic_id: str, why: str) -> int:
        log.warning("Topic %s begins life %d: %s", self.kind, last + 1, why)
        with errors_sorted():
            self.client.command(
                "INSERT INTO {db:Identifier}.epochs (topic, epoch, topic_id, since) "
                "SELECT {kind:String}, {epoch:UInt16}, {topic_id:String}, now64(3)",
                parameters={
                    "db": self.settings.database,
                    "kind": self.kind,
                    "epoch": last + 1,
                    "topic_id": topic_id,
                },
            )
        return last + 1

    def _ledger_ends(self, epoch: int) -> dict[int, int]:
        rows = self._rows(
            "SELECT kafka_partition, max(last_offset) + 1 FROM {db:Identifier}.ledger "
            "WHERE topic = {kind:String} AND epoch = {epoch:UInt16} GROUP BY kafka_partition",
            epoch=epoch,
        )
        return {int(number): int(end) for number, end in rows}

    def _line(self, epoch: int, number: int, offset: int) -> Line | None:
        rows = self._rows(
            "SELECT block, last_offset, skipped FROM {db:Identifier}.ledger FINAL "
            "WHERE topic = {kind:String} AND epoch = {epoch:UInt16} "
            "AND kafka_partition = {number:UInt16} AND block <= {at:UInt64} "
            "AND last_offset >= {at:UInt64} ORDER BY block DESC LIMIT 1",
            epoch=epoch,
            number=number,
            at=offset,
        )
        return Line(int(rows[0][0]), int(rows[0][1]), bool(rows[0][2])) if rows else None

    def _cuts(self, epoch: int, number: int, behind: int) -> list[int]:
        """Where blocks begin behind an offset: some are there when offsets were set back."""
        rows = self._rows(
            "SELECT DISTINCT block FROM {db:Identifier}.ledger "
            "WHERE topic = {kind:String} AND epoch = {epoch:UInt16} "
            "AND kafka_partition = {number:UInt16} AND block > {behind:UInt64} ORDER BY block",
            epoch=epoch,
            number=number,
            behind=behind,
        )
        return [int(row[0]) for row in rows]

    def _window(self, epoch: int, number: int, before: int) -> Window:
        """The ids of the horizon before an offset; nothing later, or a block would drop itself."""
        window = Window(self.settings.dedupe_horizon)
        if before == 0:
            return window
        with errors_sorted():
            table = self.client.query_arrow(
                "SELECT DISTINCT kafka_offset, event_id FROM {db:Identifier}.{raw:Identifier} "
                "WHERE epoch = {epoch:UInt16} AND kafka_partition = {number:UInt16} "
                "AND kafka_offset >= {oldest:UInt64} AND kafka_offset < {before:UInt64} "
                "ORDER BY kafka_offset",
                parameters={
                    "db": self.settings.database,
                    "raw": f"raw_{self.kind}",
                    "epoch": epoch,
                    "number": number,
                    "oldest": max(0, before - self.settings.dedupe_horizon),
                    "before": before,
                },
                use_strings=True,
            )
        frame = pl.from_arrow(table)
        assert isinstance(frame, pl.DataFrame)
        if frame.height:
            offsets = frame["kafka_offset"].to_numpy().astype(np.int64)
            window.repeats(offsets, hashes(frame["event_id"].cast(pl.String)))
        return window

    def _refused(self, epoch: int, number: int, since: int) -> frozenset[int]:
        rows = self._rows(
            "SELECT kafka_offset FROM {db:Identifier}.dead_letters FINAL "
            "WHERE topic = {kind:String} AND epoch = {epoch:UInt16} AND reason = 'refused' "
            "AND kafka_partition = {number:UInt16} AND kafka_offset >= {since:UInt64}",
            epoch=epoch,
            number=number,
            since=since,
        )
        return frozenset(int(row[0]) for row in rows)

    def _rows(self, query: str, **parameters: Any) -> Sequence[Sequence[Any]]:
        known = {"db": self.settings.database, "kind": self.kind, **parameters}
        with errors_sorted():
            rows: Sequence[Sequence[Any]] = self.client.query(query, parameters=known).result_rows
        return rows
