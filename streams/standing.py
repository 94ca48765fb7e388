"""What stands of the statements and of the register, kept as tables that screens read fast.

The log decides: a later message replaces or takes back an earlier one, and the views ``…_told``
work that out. Here their rows are compared with those kept, and what differs is written, so that it
can be done at any time and any number of times, and heals whatever it finds.
"""

from dataclasses import dataclass

from clickhouse_connect.driver.client import Client

from clickhouse.client import errors_sorted

# Explicit as in streams/sink.py; two rows that are alike are still two.
SETTINGS = {"async_insert": "0", "insert_deduplicate": "0"}
# A row that was kept and is told no longer leaves a row that says so: only its key matters then.
KEEP = """
INSERT INTO {db}.{kept} ({columns}, gone, kept_at)
SELECT {columns}, 0, now64(6)
FROM
(
    SELECT {columns} FROM {db}.{told} EXCEPT
    SELECT {columns} FROM {db}.{kept} FINAL WHERE NOT gone
)
UNION ALL
SELECT {columns}, 1, now64(6)
FROM {db}.{kept} FINAL
WHERE NOT gone AND ({key}) NOT IN (SELECT {key} FROM {db}.{told})
"""


@dataclass(frozen=True, slots=True)
class Standing:
    """A table, the view that it keeps, and their columns: first the key, then what it says."""

    kept: str
    told: str
    key: tuple[str, ...]
    values: tuple[str, ...]


STANDING = {
    "statements": Standing(
        kept="standing_stocks",
        told="stocks_told",
        key=("figure", "subject", "as_of"),
        values=("value", "exponent", "unit", "origin", "amount"),
    ),
    "institutions": Standing(
        kept="standing_institutions",
        told="institutions_told",
        key=("code", "valid_from"),
        values=(
            *("name", "aliases", "kind", "district", "provisional", "labels"),
            *("campus_of", "merged_into"),
        ),
    ),
}
"""By event kind. What other kinds say is added up instead."""


def keep_standing(client: Client, database: str, kind: str) -> None:
    """Bring what stands of this kind up to date with its raw events. Does nothing for other kinds.

    Called whenever raw events of the kind were written, before they are durable. Blocks; raises
    clickhouse.errors.ClickHouseError.
    """
    standing = STANDING.get(kind)
    if standing is None:
        return
    sql = KEEP.format(
        db=database,
        kept=standing.kept,
        told=standing.told,
        key=", ".join(standing.key),
        columns=", ".join((*standing.key, *standing.values)),
    )
    with errors_sorted():
        client.command(sql, settings=SETTINGS)
