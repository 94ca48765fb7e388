"""Stocks and the register of every month: September 2020's, told again for each of them."""

import json
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from clickhouse_connect.driver.client import Client

from producers.bulletin import read
from producers.bulletin.plan import plan
from streams.standing import keep_standing

EPOCH = date(1970, 1, 1)
MONTH = "2020-09"
AGAIN = {
    "statements": "toLastDayOfMonth({month:Date}) AS as_of",
    "institutions": "{month:Date} AS valid_from",
}


def tell(client: Client, months: Iterable[date]) -> None:
    """Put what is stated and registered for each month, by its first day."""
    told = plan(read(MONTH))
    _put(client, "statements", [one.to_mapping() for one in told.statements], "as_of")
    _put(client, "institutions", [one.to_mapping() for one in told.institutions], "valid_from")
    for number, month in enumerate(months, 1):
        for kind, dated in AGAIN.items():
            client.command(
                f"INSERT INTO raw_{kind} SELECT * REPLACE ({dated}, "
                "told.kafka_offset + {shift:UInt64} AS kafka_offset) "
                f"FROM raw_{kind} AS told WHERE told.kafka_offset < 1000",
                parameters={"month": month, "shift": 1000 * number},
            )
    for kind in AGAIN:
        client.command(f"OPTIMIZE TABLE raw_{kind} FINAL")
        keep_standing(client, str(client.database), kind)


def _put(client: Client, kind: str, events: list[dict[str, Any]], dated: str) -> None:
    appended = datetime.now(UTC).replace(tzinfo=None, microsecond=0)
    log = {"epoch": 1, "kafka_partition": 0, "counted": 1, "appended_at": appended}
    rows = [
        event
        | log
        | {"kafka_offset": offset, "occurred_at": appended}
        | {dated: EPOCH + timedelta(event[dated])}
        for offset, event in enumerate(events)
    ]
    body = "\n".join(json.dumps(row, ensure_ascii=False, default=str) for row in rows)
    client.raw_insert(f"raw_{kind}", insert_block=body.encode(), fmt="JSONEachRow")
