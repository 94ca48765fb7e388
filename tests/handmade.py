"""Rows put into the tables by hand, as the worker would have written them."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from clickhouse_connect.driver.client import Client

from producers.bulletin.plan import Plan
from schemas.kinds import kinds
from streams.app import ROLLUPS
from streams.standing import keep_standing

EPOCH = date(1970, 1, 1)
DAY = 86_400
SHANGHAI = 8 * 3600
IN_LOG = {"epoch": 1, "kafka_partition": 0, "appended_at": "2026-01-01 00:00:00", "counted": 1}
ROLLED = {
    "definition": 1,
    "grain": "day",
    "source": "by-hand",
    "origin": "live",
    "epoch": 1,
    "kafka_partition": 0,
    "block": 0,
    "taken_back": 0,
    "events": 1,
    "append_day": date.today(),  # minutes of older ones expire
    "last_offset": 1,
}
EVENT = {"occurred_at": "2021-02-10 04:00:00", "source": "by-hand", "origin": "live", "sign": 1}


def put(client: Client, table: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows as they are."""
    if rows:
        body = "\n".join(json.dumps(row, ensure_ascii=False, default=str) for row in rows)
        client.raw_insert(table, insert_block=body.encode(), fmt="JSONEachRow")


def totals(client: Client, kind: str, *rows: Mapping[str, Any]) -> None:
    """Put rows of a rollup; ``day`` (of Asia/Shanghai) stands for the bucket."""
    put(client, f"rollup_{kind}", [{**ROLLED, **_bucket(row)} for row in rows])


def events(client: Client, kind: str, *rows: Mapping[str, Any]) -> None:
    """Put raw events, one offset each."""
    numbered = (
        {**EVENT, **IN_LOG, "event_id": f"e{n}", "kafka_offset": n, **row}
        for n, row in enumerate(rows)
    )
    put(client, f"raw_{kind}", list(numbered))
    keep_standing(client, str(client.database), kind)


def planned(client: Client, plan: Plan) -> None:
    """Put what the worker makes of a replay: totals by day, statements, the register."""
    for kind in ROLLUPS:
        # In a life of the topic that no worker counts in: an audit would find what raw has not.
        totals(client, kind, *({**row, "epoch": 0} for row in _sums(plan, kind)))
    for kind, told in (("statements", plan.statements), ("institutions", plan.institutions)):
        dates = [
            field["name"]
            for field in kinds()[kind].schema()["fields"]
            if isinstance(field["type"], dict) and field["type"].get("logicalType") == "date"
        ]
        events(client, kind, *(_raw(one.to_mapping(), dates) for one in told))


def _bucket(row: Mapping[str, Any]) -> dict[str, Any]:
    rest = {name: value for name, value in row.items() if name != "day"}
    if "day" in row:
        rest["bucket"] = _utc((date.fromisoformat(str(row["day"])) - EPOCH).days * DAY - SHANGHAI)
    return rest


def _sums(plan: Plan, kind: str) -> list[dict[str, Any]]:
    """Half of each flow on the month's first day, half on its last: both must be counted."""
    rollup = ROLLUPS[kind]
    found: dict[tuple[Any, ...], Counter[str]] = {}
    for flow in plan.flows:
        if kind != flow.event.KIND:
            continue
        half = flow.count // 2
        parts = [(plan.month.first, half), (plan.month.last, flow.count - half)]
        if flow.at is not None:
            parts = [(EPOCH + timedelta(seconds=flow.at // 1000 + SHANGHAI), flow.count)]
        for day, count in parts:
            key = (day, *(getattr(flow.event, name) for name in rollup.dimensions))
            sums = found.setdefault(key, Counter())
            sums["events"] += count
            for name in rollup.measures:
                sums[name] += count * (getattr(flow.event, name) or 0)
    return [
        {**dict(zip(("day", *rollup.dimensions), key, strict=True)), **sums}
        for key, sums in found.items()
    ]


def _raw(event: dict[str, Any], dates: Sequence[str]) -> dict[str, Any]:
    days = {name: EPOCH + timedelta(event[name]) for name in dates}
    return {**event, **days, "occurred_at": _utc(event["occurred_at"] // 1000)}


def _utc(seconds: int) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M:%S}"
