"""Which versions of a rollup's definition the worker writes: the one in force, and one in making.

``ningmai rebuild`` announces a new one in the table ``rebuilds``; from then on workers write both,
until the views show the new one. What was asked holds for FRESH_SECONDS: an insert that begins
later than that after the announcement has both.
"""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from time import monotonic

from clickhouse_connect.driver.client import Client

from clickhouse.client import errors_sorted
from streams.rollups import Rollup

log = logging.getLogger(__name__)

FRESH_SECONDS = 2.0

# One query: between two, the one in making could come into force and be seen by neither.
ASK = """
SELECT definition, columns, state FROM {db:Identifier}.rebuilds FINAL WHERE topic = {kind:String}
UNION ALL
SELECT definition, '', 'shown' FROM {db:Identifier}.definitions FINAL WHERE topic = {kind:String}
"""


@dataclass(frozen=True, slots=True)
class Stated:
    """What a table says of a definition: ``making``, ``done`` or ``given up``, or ``shown``.

    ``columns`` are those of its rollup; the first definition, which nobody rebuilt, has none.
    """

    definition: int
    columns: str
    state: str


def shown(stated: Iterable[Stated], rollup: Rollup) -> int:
    """The definition that the views show."""
    return next((s.definition for s in stated if s.state == "shown"), rollup.definition)


def to_write(stated: Iterable[Stated], rollup: Rollup) -> tuple[int, ...]:
    """The definitions to write, ascending: in force or in making, and counted as the code counts.

    A definition of other columns is another version's to write.
    """
    stated = list(stated)
    in_force = shown(stated, rollup)
    rebuilt = {s.definition: s for s in stated if s.state != "shown"}
    found = {d for d, s in rebuilt.items() if d >= in_force and s.state != "given up"} | {in_force}
    return tuple(sorted(d for d in found if columns_of(d, rebuilt, rollup) == rollup.shape))


def columns_of(definition: int, rebuilt: dict[int, Stated], rollup: Rollup) -> str:
    """The columns of a definition; empty where no version that is known here counted it so."""
    if definition in rebuilt:
        return rebuilt[definition].columns
    return rollup.shape if definition == rollup.definition else ""


class Definitions:
    """Asks ClickHouse about the definitions of one rollup. Calls block."""

    def __init__(self, client: Client, database: str, rollup: Rollup) -> None:
        self.client = client
        self.database = database
        self.rollup = rollup
        self._asked: float | None = None
        self._written: tuple[int, ...] = ()

    def written(self) -> tuple[int, ...]:
        """The definitions to write now, ascending. Raises clickhouse.errors.ClickHouseError."""
        now = monotonic()
        if self._asked is None or now - self._asked > FRESH_SECONDS:
            found = to_write(self.stated(), self.rollup)
            if found != self._written:
                log.info("%s is written by definition %s", self.rollup.kind, found or "none")
            self._asked, self._written = now, found
        return self._written

    def stated(self) -> list[Stated]:
        """All that is known of this rollup's definitions. Raises ClickHouseError."""
        parameters = {"db": self.database, "kind": self.rollup.kind}
        with errors_sorted():
            rows = self.client.query(ASK, parameters=parameters).result_rows
        return [Stated(int(definition), columns, state) for definition, columns, state in rows]
