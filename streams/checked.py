"""How far a search over raw has come, by partition: kept in a table, and in memory."""

from collections.abc import Mapping
from typing import Any

from clickhouse_connect.driver.client import Client

from clickhouse.client import errors_sorted
from streams.sink import SETTINGS

Ends = Mapping[tuple[int, int], int]
"""An offset by (epoch, partition)."""


class Search:
    """What searches of one kind over raw share: their statements, and where they go on. Blocks.

    ``table`` remembers how far it has come. Raises clickhouse.errors.ClickHouseError anywhere.
    """

    def __init__(self, client: Client, database: str, kind: str, table: str) -> None:
        self.client = client
        self.database = database
        self.kind = kind
        self.table = table
        self._checked: dict[tuple[int, int], int] = {}

    def since(self, epoch: int, number: int) -> int:
        """The first offset of a partition that was not looked at yet."""
        if (epoch, number) not in self._checked:
            rows = self.rows(
                "SELECT max(checked_to) FROM {db}.{table} "
                "WHERE topic = '{kind}' AND epoch = {epoch} AND kafka_partition = {number}",
                table=self.table,
                epoch=epoch,
                number=number,
            )
            self._checked[epoch, number] = int(rows[0][0])
        return self._checked[epoch, number]

    def remember(self, ends: Ends) -> None:
        """Everything below these offsets was looked at."""
        rows = ", ".join(f"('{self.kind}', {e}, {n}, {end})" for (e, n), end in ends.items())
        self.command(
            "INSERT INTO {db}.{table} (topic, epoch, kafka_partition, checked_to) "
            "SELECT * FROM VALUES('t String, e UInt16, n UInt16, c UInt64', {rows})",
            table=self.table,
            rows=rows,
        )
        self._checked.update(ends)

    def command(self, sql: str, **values: Any) -> None:
        """Run a statement that has ``{db}``, ``{kind}`` and these values in it."""
        with errors_sorted():
            text = sql.format(db=self.database, kind=self.kind, **values)
            self.client.command(text, settings=SETTINGS)

    def rows(self, sql: str, **values: Any) -> Any:
        """Ask such a statement."""
        with errors_sorted():
            text = sql.format(db=self.database, kind=self.kind, **values)
            return self.client.query(text).result_rows
