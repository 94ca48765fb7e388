"""ClickHouse against the oracle: L, C and S, exactly, with words for what differs."""

from collections.abc import Mapping, Sequence
from time import monotonic, sleep
from typing import Any

from clickhouse_connect.driver.client import Client

from tests.faults.log import KINDS, Log
from tests.faults.oracle import DIMENSIONS, MEASURES, Tables, expected

SHOWN = 4
LOOK_SECONDS = 0.5
Acknowledged = Mapping[tuple[str, int, int, int], str | None]
"""What Kafka has confirmed by kind, epoch, partition and offset; None: spoiled, may be anything."""


Ends = Mapping[tuple[str, int], int]
"""Offsets behind the last, by kind and partition."""


def behind(log: Log, client: Client, ends: Ends | None = None) -> dict[tuple[str, int], int]:
    """Messages that ClickHouse's ledger does not have, by kind and partition; S is: none.

    Of all there are now, or of those below certain offsets.
    """
    done = ledger_ends(log, client)
    ends = log.ends() if ends is None else ends
    return {at: end - done.get(at, 0) for at, end in ends.items() if end > done.get(at, 0)}


def ledger_ends(log: Log, client: Client) -> dict[tuple[str, int], int]:
    """What ClickHouse has of the topics as they are now, by kind and partition."""
    epochs = {kind: len(log.lives[kind]) for kind in KINDS}
    rows = client.query(
        "SELECT topic, epoch, kafka_partition, max(last_offset) + 1 FROM ledger GROUP BY 1, 2, 3"
    ).result_rows
    return {(kind, n): int(end) for kind, epoch, n, end in rows if epoch == epochs.get(kind)}


def caught_up(log: Log, client: Client, seconds: float, ends: Ends | None = None) -> list[str]:
    """Wait until ClickHouse has what Kafka has; what it lacks after so many seconds."""
    until = monotonic() + seconds
    while left := behind(log, client, ends):
        if monotonic() > until:
            return [f"S: after {seconds:.0f} s behind by {left}"]
        sleep(LOOK_SECONDS)
    return []


def far_repeats_found(tables: Mapping[str, Tables], client: Client, seconds: float) -> list[str]:
    """Wait until far repeats are taken back; which are not after so many seconds."""
    until = monotonic() + seconds
    while wrong := _far(tables, client):
        if monotonic() > until:
            return [f"S: far repeats, after {seconds:.0f} s: {each}" for each in wrong]
        sleep(LOOK_SECONDS * 4)
    return []


def _far(tables: Mapping[str, Tables], client: Client) -> list[str]:
    wrong = []
    for kind in KINDS:
        rolled = client.query(
            "SELECT epoch, kafka_partition, block FROM "
            f"rollup_{kind} FINAL WHERE taken_back AND grain = 'day'"
        ).result_rows
        if {*map(tuple, rolled)} != tables[kind].far.keys():
            wrong.append(f"{kind}: {len(rolled)} taken back, {len(tables[kind].far)} expected")
    return wrong


def differences(
    log: Log, tables: Mapping[str, Tables], client: Client, acknowledged: Acknowledged
) -> list[str]:
    """Everything that differs between what producers know, what Kafka has and what ClickHouse has.

    Call it when the log stands still, has been read to its end, and ClickHouse has caught up.
    """
    return [
        *_lost(log, acknowledged),
        *(line for kind in KINDS for line in _kind(kind, tables[kind], client)),
        *_audit(client),
    ]


def worked_out(log: Log, block_size: int, horizon: int) -> dict[str, Tables]:
    """Read the log to its end, and work out what the tables must hold."""
    log.read()
    return expected(log, block_size, horizon)


def _lost(log: Log, acknowledged: Acknowledged) -> list[str]:
    """L, between producers and Kafka: where it was confirmed, that event stands."""
    there = {
        (kind, epoch, number, m.offset): m.event["event_id"] if m.event else None
        for kind in KINDS
        for epoch, life in enumerate(log.lives[kind], 1)
        for number, messages in life.messages.items()
        for m in messages
    }
    return [
        f"L: confirmed at {at}: {one}; the log has {there.get(at, 'nothing')} there"
        for at, one in acknowledged.items()
        if at not in there or one not in (None, there[at])
    ][:SHOWN]


def _kind(kind: str, want: Tables, client: Client) -> list[str]:
    keys = "epoch, kafka_partition"
    raw = _rows(client, f"SELECT {keys}, kafka_offset, event_id, counted = 1 FROM raw_{kind} FINAL")
    dead = _rows(
        client, f"SELECT {keys}, kafka_offset FROM dead_letters FINAL WHERE topic = '{kind}'"
    )
    far = _rows(
        client,
        f"SELECT {keys}, kafka_offset, event_id FROM far_repeats FINAL WHERE topic = '{kind}'",
    )
    blocks = _rows(
        client,
        f"SELECT {keys}, block, last_offset, counted, repeats, dead, gaps FROM ledger FINAL "
        f"WHERE topic = '{kind}'",
    )
    return [
        *_compare(f"L: raw_{kind}", want.raw, {r[:3]: (r[3], bool(r[4])) for r in raw}),
        *_compare(f"L: dead letters of {kind}", want.dead, dict.fromkeys(dead)),
        *_compare(f"L: far repeats of {kind}", want.far, {r[:3]: r[3] for r in far}),
        *_compare(f"L: ledger of {kind}", want.blocks, {r[:3]: r[3:] for r in blocks}),
        *_compare(f"C: rollup_{kind}", want.totals, _totals(kind, client)),
    ]


def _totals(kind: str, client: Client) -> dict[tuple[Any, ...], tuple[int, ...]]:
    # Dates as days, times as seconds: the numbers that stand in the log.
    names = ["toUInt32(bucket)", "source", "origin", *DIMENSIONS[kind]]
    names = ["toInt32(business_date)" if n == "business_date" else n for n in names]
    keys = ["grain", *names, "epoch", "kafka_partition", "block", "taken_back"]
    sums = ["events", *MEASURES[kind]]
    rows = _rows(
        client,
        f"SELECT {', '.join([*keys, *sums])} FROM rollup_{kind} FINAL WHERE definition = 1",
    )
    return {row[: len(keys)]: row[len(keys) :] for row in rows}


def _compare(name: str, want: Mapping[Any, Any], found: Mapping[Any, Any]) -> list[str]:
    missing = [at for at in want if at not in found]
    extra = [at for at in found if at not in want]
    other = [at for at in want if at in found and found[at] != want[at]]
    lines = [
        f"{name}: {len(ats)} {what}: {_shown(ats)}"
        for what, ats in (("missing", missing), ("too many", extra))
        if ats
    ]
    if other:
        shown = "; ".join(f"{at}: {found[at]}, not {want[at]}" for at in other[:SHOWN])
        lines.append(f"{name}: {len(other)} differ: {shown}")
    return lines


def _shown(ats: Sequence[Any]) -> str:
    return f"{ats[:SHOWN]}{' …' if len(ats) > SHOWN else ''}"


def _audit(client: Client) -> list[str]:
    rows = _rows(
        client,
        "SELECT topic, unaccounted, missing, difference FROM audit(since = '2000-01-01 00:00:00')",
    )
    return [
        f"the audit finds a difference that the oracle did not: {r}" for r in rows if any(r[1:])
    ]


def _rows(client: Client, sql: str) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in client.query(sql).result_rows]
