"""What a rebuild asks of ClickHouse. Every statement may be done twice."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from clickhouse_connect.driver.client import Client

from clickhouse.client import errors_sorted
from streams.definitions import Definitions, Stated
from streams.rollups import GRAINS, Rollup
from streams.sink import SETTINGS

BLOCKS = """
SELECT epoch, kafka_partition, block, last_offset, sealed, toDate(last_appended, 'UTC')
FROM {db}.ledger FINAL
WHERE topic = '{kind}' AND counted > 0
ORDER BY epoch, kafka_partition, block
"""

# Events that count, each with its block. Of a block that grows meanwhile no more than was there
# when it was listed: raw has that much for certain.
EVENTS = """
(
    SELECT occurred_at, source, origin, sign, {fields}epoch, kafka_partition, kafka_offset
    FROM {db}.raw_{kind} FINAL
    WHERE counted AND epoch = {epoch} AND kafka_partition = {partition}
      AND kafka_offset BETWEEN {first} AND {last}
) AS r
ASOF INNER JOIN
(
    SELECT epoch, kafka_partition, block, least(last_offset, {last}) AS until,
        toDate(first_appended, 'UTC') AS append_day
    FROM {db}.ledger FINAL
    WHERE topic = '{kind}' AND epoch = {epoch} AND kafka_partition = {partition}
      AND block BETWEEN {first} AND {last}
) AS s
ON r.epoch = s.epoch AND r.kafka_partition = s.kafka_partition AND r.kafka_offset >= s.block
"""

# Minutes that expire today may be gone in the one definition and still be there in the other.
LIVING = "append_day + INTERVAL 90 DAY > today() + 1"

COUNT = """
INSERT INTO {db}.rollup_{kind} ({columns})
SELECT {definition}, grain,
    multiIf(grain = 'minute', toStartOfMinute(occurred_at),
            grain = 'hour', toStartOfHour(occurred_at),
            toStartOfDay(toTimeZone(occurred_at, 'Asia/Shanghai'))) AS bucket,
    source, origin, {fields_of_key}epoch, kafka_partition, block, 0,
    {sums}, any(append_day), any(until)
FROM
(
    SELECT r.*, s.block AS block, s.until AS until, s.append_day AS append_day
    FROM {events}
)
ARRAY JOIN ['minute', 'hour', 'day'] AS grain
WHERE grain != 'minute' OR {living}
GROUP BY grain, bucket, source, origin, {fields_of_key}epoch, kafka_partition, block
"""

COPY = """
INSERT INTO {db}.rollup_{kind} ({columns})
SELECT {definition}, {columns_but_definition}
FROM {db}.rollup_{kind} FINAL
WHERE definition = {before} AND taken_back = 0 AND epoch = {epoch}
  AND kafka_partition = {partition} AND block BETWEEN {first} AND {last}
"""

# Sums of every grain in one array a block, of both definitions.
ROLLED = """
(
    SELECT block, {new} AS new, {old} AS old,
        maxIf(last_offset, definition = {definition}) AS new_last,
        maxIf(last_offset, definition = {before}) AS old_last
    FROM {db}.rollup_{kind} FINAL
    WHERE definition IN ({definition}, {before}) AND taken_back = 0 AND epoch = {epoch}
      AND kafka_partition = {partition} AND block BETWEEN {first} AND {last}
      AND (grain != 'minute' OR {living})
    GROUP BY block
)
"""

STORED = "(SELECT s.block AS block, {stored} AS stored FROM {events} GROUP BY s.block)"

SEALED_UNLIKE_RAW = """
SELECT l.block
FROM
(
    SELECT block FROM {db}.ledger FINAL
    WHERE topic = '{kind}' AND epoch = {epoch} AND kafka_partition = {partition}
      AND block BETWEEN {first} AND {last} AND counted > 0 AND sealed
) AS l
LEFT JOIN {counted} AS e ON e.block = l.block
LEFT JOIN {rolled} AS t ON t.block = l.block
WHERE t.new != e.stored
"""

UNLIKE_BEFORE = "SELECT block FROM {rolled} WHERE new != old"


@dataclass(frozen=True, slots=True)
class Block:
    """A block in which something counts, as the ledger has it. ``last_day`` is a day of UTC."""

    epoch: int
    partition: int
    start: int
    last: int
    sealed: bool
    last_day: date

    @property
    def offsets(self) -> int:
        """How long it is."""
        return self.last - self.start + 1


class Tables:
    """The tables of one kind. Methods block; they raise clickhouse.errors.ClickHouseError.

    Where blocks are given, they are of one partition, ascending.
    """

    def __init__(self, client: Client, database: str, rollup: Rollup) -> None:
        self.client = client
        self.rollup = rollup
        self._definitions = Definitions(client, database, rollup)
        key = ("source", "origin", *rollup.dimensions, "epoch", "kafka_partition", "block")
        rest = ("grain", "bucket", *key, "taken_back", *rollup.sums, "append_day", "last_offset")
        signed = ["sum(sign)", *(f"sum(sign * ifNull({m}, 0))" for m in rollup.measures)]
        fields = "".join(f"{field}, " for field in (*rollup.dimensions, *rollup.measures))
        self._known = {
            "db": database,
            "kind": rollup.kind,
            "living": LIVING,
            "fields": fields,
            "fields_of_key": "".join(f"{d}, " for d in rollup.dimensions),
            "columns": ", ".join(("definition", *rest)),
            "columns_but_definition": ", ".join(rest),
            "sums": ", ".join(signed),
            "stored": _array(
                f"if({LIVING.replace('append_day', 'any(append_day)')}, {s}, 0)"
                if grain == "minute"
                else s
                for grain in GRAINS
                for s in signed
            ),
        }

    def blocks(self) -> list[Block]:
        """Every block in which something counts."""
        rows = self._rows(BLOCKS)
        return [Block(int(e), int(p), int(b), int(x), bool(s), d) for e, p, b, x, s, d in rows]

    def count(self, definition: int, blocks: Sequence[Block]) -> None:
        """Count these blocks from the raw events."""
        at = self._at(blocks)
        self._command(COUNT, definition=definition, events=self._filled(EVENTS, at), **at)

    def copy(self, before: int, definition: int, blocks: Sequence[Block]) -> None:
        """Take over what another definition has of these blocks."""
        self._command(COPY, before=before, definition=definition, **self._at(blocks))

    def unlike_raw(self, before: int, definition: int, blocks: Sequence[Block]) -> set[int]:
        """Starts of the blocks of which a definition's sums are not those of the raw events."""
        at = self._at(blocks)
        rolled, counted = self._rolled(before, definition, at), self._stored(at)
        rows = self._rows(SEALED_UNLIKE_RAW, counted=counted, rolled=rolled, **at)
        growing = [block for block in blocks if not block.sealed]
        wrong = {b.start for b in growing if self._growing_unlike_raw(before, definition, b)}
        return wrong | {int(row[0]) for row in rows}

    def _growing_unlike_raw(self, before: int, definition: int, block: Block) -> bool:
        """Whether a block that grows has other sums than raw, or is behind the one in force.

        Its sums are as of their newest row; raw, asked afterwards, has all up to there.
        """
        at = self._at([block]) | {"last": block.start}
        rolled = self._rolled(before, definition, at)
        rows = self._rows(f"SELECT new, new_last, old_last FROM {rolled}")
        if not rows or rows[0][1] < max(block.last, rows[0][2]):
            return True
        new, last, _ = rows[0]
        counted = self._rows(f"SELECT stored FROM {self._stored(at | {'last': last})}")
        return not counted or list(new) != list(counted[0][0])

    def unlike_before(self, before: int, definition: int, blocks: Sequence[Block]) -> set[int]:
        """Starts of the blocks of which two definitions have not the same sums."""
        rolled = self._rolled(before, definition, self._at(blocks))
        return {int(row[0]) for row in self._rows(UNLIKE_BEFORE, rolled=rolled)}

    def stated(self) -> list[Stated]:
        """All that is known of the kind's definitions."""
        return self._definitions.stated()

    def state(self, definition: int, columns: str, since: date | None, state: str) -> None:
        """Say what becomes of a definition: workers take notice within FRESH_SECONDS."""
        self._command(
            "INSERT INTO {db}.rebuilds (topic, definition, columns, from_day, state) "
            "SELECT '{kind}', {definition}, '{shape}', '{since}', '{state}'",
            definition=definition,
            shape=columns,
            since=since or date(1970, 1, 1),
            state=state,
        )

    def from_day(self, definition: int) -> date:
        """Since which day a definition in making is counted from raw."""
        (row,) = self._rows(
            "SELECT from_day FROM {db}.rebuilds FINAL "
            "WHERE topic = '{kind}' AND definition = {definition}",
            definition=definition,
        )
        day: date = row[0]
        return day

    def show(self, definition: int) -> None:
        """Have the views show a definition from now on."""
        self._command(
            "INSERT INTO {db}.definitions (topic, definition, since) "
            "SELECT '{kind}', {definition}, greatest(now(), max(since) + 1) "
            "FROM {db}.definitions WHERE topic = '{kind}'",
            definition=definition,
        )

    def done(self, definition: int) -> dict[tuple[int, int], int]:
        """How far a definition in making has come, by epoch and partition."""
        rows = self._rows(
            "SELECT epoch, kafka_partition, done_to FROM {db}.rebuilt FINAL "
            "WHERE topic = '{kind}' AND definition = {definition}",
            definition=definition,
        )
        return {(int(epoch), int(number)): int(to) for epoch, number, to in rows}

    def remember(self, definition: int, blocks: Sequence[Block]) -> None:
        """These blocks are done, and all before them."""
        self._command(
            "INSERT INTO {db}.rebuilt (topic, definition, epoch, kafka_partition, done_to) "
            "SELECT '{kind}', {definition}, {epoch}, {partition}, {last} + 1",
            definition=definition,
            **self._at(blocks),
        )

    def remove(self, which: str) -> None:
        """Remove the rows of definitions, given a comparison: ``< 3``."""
        self._command("DELETE FROM {db}.rollup_{kind} WHERE definition {which}", which=which)

    def _rolled(self, before: int, definition: int, at: dict[str, Any]) -> str:
        sums = {"new": self._sums_of(definition), "old": self._sums_of(before)}
        return self._filled(ROLLED, {"before": before, "definition": definition, **sums, **at})

    def _stored(self, at: dict[str, Any]) -> str:
        return self._filled(STORED, {"events": self._filled(EVENTS, at)})

    def _sums_of(self, definition: int) -> str:
        return _array(
            f"sumIf({column}, definition = {definition} AND grain = '{grain}')"
            for grain in GRAINS
            for column in self.rollup.sums
        )

    def _at(self, blocks: Sequence[Block]) -> dict[str, Any]:
        return {
            "epoch": blocks[0].epoch,
            "partition": blocks[0].partition,
            "first": blocks[0].start,
            "last": blocks[-1].last,
        }

    def _filled(self, sql: str, values: dict[str, Any]) -> str:
        return sql.format(**{**self._known, **values})

    def _command(self, sql: str, **values: Any) -> None:
        with errors_sorted():
            self.client.command(self._filled(sql, values), settings=SETTINGS)

    def _rows(self, sql: str, **values: Any) -> Sequence[Sequence[Any]]:
        with errors_sorted():
            found: Sequence[Sequence[Any]] = self.client.query(
                self._filled(sql, values)
            ).result_rows
        return found


def _array(elements: Iterable[str]) -> str:
    return f"[{', '.join(f'toInt64({element})' for element in elements)}]"
