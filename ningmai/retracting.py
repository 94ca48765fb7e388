"""Events taken back by their ids: what was published is read from raw, whole, and retracted.

For an operator where the source system cannot do it itself; what both do is the same retraction.
"""

from collections.abc import Sequence
from dataclasses import fields
from typing import Any

from clickhouse_connect.driver.client import Client

from clickhouse.client import connect, errors_sorted
from ningmai.errors import Problem
from ningmai.settings import Settings
from producers import Publisher
from producers.events import EVENTS, Event, Label

FIRST = """
SELECT {columns} FROM {{db:Identifier}}.raw_{kind} FINAL
WHERE event_id = {{id:String}} AND counted
ORDER BY appended_at, epoch, kafka_partition, kafka_offset LIMIT 1
"""
# How fields that are no plain values leave ClickHouse, and become an event's.
AS_SQL = {
    "occurred_at": "toUnixTimestamp64Milli(occurred_at)",
    "labels": "arrayMap(row -> (row.table, row.label, row.place), labels)",
}
AS_FIELD: dict[str, Any] = {
    "labels": lambda rows: tuple(Label(table=t, label=la, place=p) for t, la, p in rows),
    "aliases": tuple,
    "provisional": bool,
}


def retract(settings: Settings, kind: str, ids: Sequence[str]) -> list[Event]:
    """Take these events back; returns their retractions, which Kafka has then.

    Doing it again is the same retractions. All are looked up before any is published. Raises
    Problem, clickhouse.errors, producers' and the registry's errors.
    """
    client = connect(settings)
    events = [recalled(client, kind, each) for each in ids]
    with Publisher(settings) as publisher:
        return [publisher.retract(event) for event in events]


def recalled(client: Client, kind: str, event_id: str) -> Event:
    """The event of that id as it was published. Raises Problem where it can't be taken back."""
    made = next((each for each in EVENTS if kind == each.KIND), None)
    if made is None:
        known = ", ".join(each.KIND for each in EVENTS)
        raise Problem(f"{kind} is no topic.", f"Topics are {known}.")
    names = [field.name for field in fields(made)]
    columns = ", ".join(AS_SQL.get(name, name) for name in names)
    rows = _rows(client, FIRST.format(kind=kind, columns=columns), id=event_id)
    if not rows:
        raise Problem(
            f"There is no event {event_id} in {kind}.",
            "Is it counted yet? `ningmai status` says how far ClickHouse is behind.",
        )
    values = dict(zip(names, rows[0], strict=True))
    if values["sign"] != 1:
        raise Problem(
            f"{event_id} takes back {values['corrects']}, and cannot be taken back itself.",
            "Have its source publish the event again, under another id.",
        )
    return made(**{name: AS_FIELD.get(name, _same)(value) for name, value in values.items()})


def _same(value: Any) -> Any:
    return value


def _rows(client: Client, sql: str, **values: Any) -> Any:
    with errors_sorted():
        return client.query(sql, parameters={"db": client.database, **values}).result_rows
