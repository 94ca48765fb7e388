"""What the stream writes to ClickHouse, and how: raw events, dead letters, totals, ledger lines.

Every write is absolute and keyed, so that any of it can be done twice. Calls block: they belong in
a thread. They raise clickhouse.errors.Unavailable, to be tried again for ever, and Refused, for
which the data are to blame.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import polars as pl
from clickhouse_connect.driver.client import Client

from clickhouse.client import errors_sorted
from schemas.kinds import Kind
from streams.blocks import Block
from streams.definitions import Definitions
from streams.frames import CHUNK, DeadLetter, Spliced
from streams.layouts import Layout, symbols_of
from streams.rollups import Rollup
from streams.standing import keep_standing

# Explicit, since newer servers have other defaults: an insert is there when it is acknowledged,
# and what it replaces is decided by keys alone.
SETTINGS = {
    "async_insert": "0",
    "insert_deduplicate": "0",
    "max_partitions_per_insert_block": "0",
    # Merges do both anyway, and readers ask with FINAL: a tenth of ClickHouse's CPU saved.
    "optimize_on_insert": "0",
    "materialize_skip_indexes_on_insert": "0",
}
LOG_COLUMNS = ("epoch", "kafka_partition", "kafka_offset", "appended_at", "counted")
TRAILING = ["_low UInt16", "_high UInt64", "_partition UInt16", "_appended DateTime64(3, 'UTC')"]


@dataclass(frozen=True, slots=True)
class Place:
    """A partition in one life of its topic."""

    topic: str
    epoch: int
    partition: int


class Sink:
    """Writes one kind's events, and totals by the definitions that are to be written."""

    def __init__(
        self, client: Client, database: str, kind: Kind, rollup: Rollup | None = None
    ) -> None:
        self.client = client
        self.database = database
        self.kind = kind.name
        self._definitions = Definitions(client, database, rollup) if rollup else None
        self._symbols = {
            field["name"]: pl.Series(symbols)
            for field in kind.schema()["fields"]
            if (symbols := symbols_of(field["type"]))
        }
        self._columns: dict[str, str] | None = None

    @property
    def columns(self) -> dict[str, str]:
        """Columns of the raw table that events fill, with their types."""
        if self._columns is None:
            with errors_sorted():
                rows = self.client.query(
                    f"DESCRIBE TABLE {self.database}.raw_{self.kind}"
                ).result_rows
            self._columns = {row[0]: row[1] for row in rows if row[0] not in LOG_COLUMNS}
        return self._columns

    def raw(self, epoch: int, spliced: Sequence[Spliced], *, counted: bool) -> None:
        """Insert messages of one writer's schema as they are: nothing is encoded again."""
        layout = spliced[0].layout
        # The statement goes before the data, not to client.command: that decodes all data as text.
        statement = self._raw_statement(layout, epoch, _framed(spliced), counted=counted)
        body = b"".join(
            (statement.encode(), b"\n", layout.table_header, *(each.block for each in spliced))
        )
        with errors_sorted():
            self.client.raw_insert(
                None,  # type: ignore[arg-type] # the driver's own way to bring one's INSERT along
                insert_block=body,
                settings=SETTINGS,
            )

    def _raw_statement(self, layout: Layout, epoch: int, framed: str, *, counted: bool) -> str:
        own = [c for c in self.columns if c in layout.fields or layout.defaults.get(c) is not None]
        values = [c if c in layout.fields else repr(layout.defaults[c]) for c in own]
        structure = [f"{c} {self.columns[c]}" for c in own if c in layout.fields]
        structure += TRAILING
        return (
            f"INSERT INTO {self.database}.raw_{self.kind} ({', '.join((*own, *LOG_COLUMNS))}) "
            f"SELECT {', '.join(values)}, {epoch}, _partition, _high * 65536 + _low, _appended, "
            f"{int(counted)} FROM input('{escaped(', '.join(structure))}') "
            f"WHERE {framed} FORMAT Avro"
        )

    def dead_letters(self, place: Place, letters: Sequence[DeadLetter]) -> None:
        """Insert messages that are no events."""
        rows = [
            (
                place.topic,
                place.epoch,
                place.partition,
                letter.offset,
                letter.appended,
                letter.reason,
                letter.detail,
                letter.schema_id,
                letter.value,
            )
            for letter in letters
        ]
        self._insert("dead_letters", pl.DataFrame(rows, schema=DEAD_LETTERS, orient="row"))

    def totals(self, rows: pl.DataFrame) -> None:
        """Insert rollup rows of each definition in one insert; symbols are still numbers.

        ``rows`` have all columns of the rollup table but the definition.
        """
        if self._definitions is None:
            raise TypeError(f"bug: {self.kind} is not rolled up")
        written = self._definitions.written()
        if not written:
            return  # the one in force counts other columns; it waits for ningmai rebuild
        labels = [
            pl.lit(self._symbols[c]).gather(pl.col(c)).alias(c)
            for c in rows.columns
            if c in self._symbols
        ]
        days = [pl.col(c).cast(pl.Date) for c in ("append_day", "business_date") if c in rows]
        rows = rows.with_columns(*labels, *days)
        each = [rows.with_columns(definition=pl.lit(d, pl.UInt16)) for d in written]
        self._insert(f"rollup_{self.kind}", pl.concat(each))

    def standing(self) -> None:
        """Bring what stands of this kind up to date with its raw events."""
        keep_standing(self.client, self.database, self.kind)

    def ledger(self, blocks: Sequence[tuple[Place, Block]]) -> None:
        """Insert the line of each block."""
        rows = [
            (
                place.topic,
                place.epoch,
                place.partition,
                block.start,
                block.last,
                block.counted,
                block.repeats,
                block.dead,
                block.gaps,
                block.first_appended or 0,
                block.last_appended or 0,
                int(block.sealed),
            )
            for place, block in blocks
        ]
        self._insert("ledger", pl.DataFrame(rows, schema=LEDGER, orient="row"))

    def _insert(self, table: str, frame: pl.DataFrame) -> None:
        body = BytesIO()
        frame.write_ipc_stream(body, compat_level=pl.CompatLevel.oldest())
        with errors_sorted():
            self.client.raw_insert(
                f"{self.database}.{table}",
                column_names=frame.columns,
                insert_block=body.getvalue(),
                settings=SETTINGS,
                fmt="ArrowStream",
            )


_TIME = pl.Datetime("ms", "UTC")
LEDGER: dict[str, Any] = {
    "topic": pl.String,
    "epoch": pl.UInt16,
    "kafka_partition": pl.UInt16,
    "block": pl.UInt64,
    "last_offset": pl.UInt64,
    "counted": pl.UInt64,
    "repeats": pl.UInt64,
    "dead": pl.UInt64,
    "gaps": pl.UInt64,
    "first_appended": _TIME,
    "last_appended": _TIME,
    "sealed": pl.UInt8,
}
DEAD_LETTERS: dict[str, Any] = {
    "topic": pl.String,
    "epoch": pl.UInt16,
    "kafka_partition": pl.UInt16,
    "kafka_offset": pl.UInt64,
    "appended_at": _TIME,
    "reason": pl.String,
    "detail": pl.String,
    "schema_id": pl.Int32,
    "value": pl.Binary,
}


def _framed(spliced: Sequence[Spliced]) -> str:
    """Lets no row in of which ClickHouse finds another place than was appended to it.

    It would have read the event otherwise than the worker did, such as the number of a union's
    branch that there is not; behind a row it finds that out by itself, but not behind the last.
    """
    stretches = [each.stretch for each in spliced]
    partitions = sorted({stretch.partition for stretch in stretches})
    highs = sorted({int(stretch.offsets[0]) // CHUNK for stretch in stretches})
    first = min(int(stretch.appended.min()) for stretch in stretches)
    last = max(int(stretch.appended.max()) for stretch in stretches)
    return (
        f"throwIf(_partition NOT IN ({', '.join(map(str, partitions))}) "
        f"OR _high NOT IN ({', '.join(map(str, highs))}) "
        f"OR toUnixTimestamp64Milli(_appended) NOT BETWEEN {first} AND {last}) = 0"
    )


def escaped(text: str) -> str:
    """Text for between single quotes in SQL."""
    return text.replace("\\", "\\\\").replace("'", "\\'")
