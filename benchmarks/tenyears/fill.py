"""Ten years of totals, made by ClickHouse itself out of numbers.

The events of the last months are drawn and rolled up by hour and day, those of the last 90 days by
minute as well; of the last five weeks there are raw events. One month's totals are told again for
each month before: some 400 million events' worth. Figures mean nothing: their number does. A month
that is over is merged to one part a grain, as the tables' settings have it after an hour; the
current one is left as its inserts and background merges leave it.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from clickhouse_connect.driver.client import Client

from benchmarks.tenyears.known import tell
from clickhouse.migrate import statements
from ningmai.doing import Doing
from ningmai.settings import Settings
from streams.app import ROLLUPS
from streams.rollups import Rollup

MONTHS = 120
DRAWN_MONTHS = 5  # 90 days need four; among five there is one of 31 days to tell again
MINUTE_DAYS = 90
RAW_DAYS = 35
DRAWN = Path(__file__).with_name("drawn.sql")
FEW_PARTS = {"min_insert_block_size_rows": 4_000_000, "min_insert_block_size_bytes": 0}
ZONE = ZoneInfo("Asia/Shanghai")
STARTS = {
    "hour": "toStartOfHour(occurred_at, 'Asia/Shanghai')",
    "minute": "toStartOfMinute(occurred_at, 'Asia/Shanghai')",
}


def fill(client: Client, settings: Settings, doing: Doing) -> None:
    """Fill an empty migrated database with the ten years up to now. Takes minutes."""
    today = datetime.now(ZONE).date()
    months = list(_months(today))
    for statement in statements(DRAWN, settings):
        client.command(statement)
    tell(client, [first for first, _ in months])
    drawn = months[-DRAWN_MONTHS:]
    longest = next(first for first, last in drawn if last.day == 31)
    with doing.bar("ten years of totals", len(months)) as advance:
        for first, last in reversed(months):
            for rollup in ROLLUPS.values():
                if first < drawn[0][0]:
                    _tell_again(client, rollup, longest, first, last)
                    continue
                for since, until in _pieces(first, last, today):
                    _draw(client, rollup, since, until, today)
            if last < today:
                _merge(client, first)
            advance(1)
    client.command("OPTIMIZE TABLE ledger FINAL")


def _months(today: date) -> Iterator[tuple[date, date]]:
    """First and last day of each, oldest first; the last month ends today."""
    for ago in range(MONTHS - 1, -1, -1):
        month = today.year * 12 + today.month - 1 - ago
        following = date((month + 1) // 12, (month + 1) % 12 + 1, 1)
        yield date(month // 12, month % 12 + 1, 1), min(following - timedelta(1), today)


def _pieces(first: date, last: date, today: date) -> Iterator[tuple[date, date]]:
    """What goes in at once: a month that is over; of the current one a week, or a last day."""
    if last < today:
        yield first, last
        return
    while first <= last:
        until = min(first + timedelta(6), max(first, last - timedelta(2)))
        yield first, until
        first = until + timedelta(1)


def _draw(client: Client, rollup: Rollup, since: date, until: date, today: date) -> None:
    days = (until - since).days + 1
    drawn = f"drawn_{rollup.kind}(since = '{since}', days = {days})"
    _command(client, _totals(rollup, "hour", drawn))
    _command(client, _by_day(rollup), since=since, until=until)
    _command(client, LEDGER.format(kind=rollup.kind, drawn=drawn))
    if until > today - timedelta(MINUTE_DAYS):
        _command(client, _totals(rollup, "minute", drawn))
    if until > today - timedelta(RAW_DAYS):
        _command(client, _raw(rollup, drawn))


def _totals(rollup: Rollup, grain: str, drawn: str) -> str:
    keys = ", ".join(("source", *rollup.dimensions, "kafka_partition", "block"))
    sums = "".join(f", sum({name})" for name in rollup.measures)
    return (
        f"INSERT INTO rollup_{rollup.kind} ({_columns(rollup)}) "
        f"SELECT 1, '{grain}', {STARTS[grain]} AS start, 'live', 1, {keys}, count(){sums}, "
        f"toDate(min(occurred_at), 'UTC'), max(kafka_offset) FROM {drawn} GROUP BY start, {keys}"
    )


def _by_day(rollup: Rollup) -> str:
    keys = ", ".join(("source", *rollup.dimensions, "kafka_partition", "block"))
    sums = "".join(f", sum({name})" for name in rollup.sums)
    return (
        f"INSERT INTO rollup_{rollup.kind} ({_columns(rollup)}) "
        "SELECT 1, 'day', toStartOfDay(bucket, 'Asia/Shanghai') AS start, 'live', 1, "
        f"{keys}{sums}, min(append_day), max(last_offset) FROM rollup_{rollup.kind} "
        "WHERE grain = 'hour' AND bucket >= toDateTime({since:Date}, 'Asia/Shanghai') "
        "AND bucket < toDateTime({until:Date} + 1, 'Asia/Shanghai') "
        f"GROUP BY start, {keys}"
    )


def _columns(rollup: Rollup) -> str:
    first = ("definition", "grain", "bucket", "origin", "epoch", "source", *rollup.dimensions)
    last = ("kafka_partition", "block", *rollup.sums, "append_day", "last_offset")
    return ", ".join((*first, *last))


def _raw(rollup: Rollup, drawn: str) -> str:
    device = ("device",) if rollup.kind == "kiosk_transactions" else ()
    own = ", ".join((*rollup.dimensions, *rollup.measures, *device))
    return (
        f"INSERT INTO raw_{rollup.kind} (event_id, occurred_at, source, origin, sign, epoch, "
        f"kafka_partition, kafka_offset, appended_at, counted, {own}) "
        "SELECT hex(sipHash128(h, kafka_partition, kafka_offset)), occurred_at, source, 'live', 1, "
        f"1, kafka_partition, kafka_offset, occurred_at + 1, 1, {own} FROM {drawn}"
    )


def _tell_again(client: Client, rollup: Rollup, told: date, first: date, last: date) -> None:
    """Put the totals of the month that starts on ``told`` as another month's as well."""
    dated = ", t.business_date - {days:UInt16} AS business_date" if rollup.kind == "uploads" else ""
    known = {"told": told, "days": (told - first).days, "length": (last - first).days + 1}
    for grain in ("hour", "day"):
        again = AGAIN.format(kind=rollup.kind, grain=grain, dated=dated)
        _command(client, again, **known)
    _command(client, LEDGER_AGAIN, kind=rollup.kind, **known)


AGAIN = """
INSERT INTO rollup_{kind}
SELECT * REPLACE (
    t.bucket - INTERVAL {{days:UInt16}} DAY AS bucket,
    t.block - {{days:UInt16}} * 345600 AS block,
    t.last_offset - {{days:UInt16}} * 345600 AS last_offset,
    t.append_day - {{days:UInt16}} AS append_day{dated})
FROM rollup_{kind} AS t
WHERE t.grain = '{grain}' AND t.bucket >= toDateTime({{told:Date}}, 'Asia/Shanghai')
    AND t.bucket < toDateTime({{told:Date}} + {{length:UInt16}}, 'Asia/Shanghai')
"""
LEDGER = """
INSERT INTO ledger (topic, epoch, kafka_partition, block, last_offset, counted, repeats, dead, gaps,
    skipped, first_appended, last_appended, sealed, written_at)
SELECT '{kind}', 1, kafka_partition, block, max(kafka_offset), count(), 0, 0, 0,
    0, min(occurred_at), max(occurred_at), 1, max(occurred_at)
FROM {drawn} GROUP BY kafka_partition, block
"""
LEDGER_AGAIN = """
INSERT INTO ledger
SELECT * REPLACE (
    t.block - {days:UInt16} * 345600 AS block,
    t.last_offset - {days:UInt16} * 345600 AS last_offset,
    t.first_appended - INTERVAL {days:UInt16} DAY AS first_appended,
    t.last_appended - INTERVAL {days:UInt16} DAY AS last_appended,
    t.written_at - INTERVAL {days:UInt16} DAY AS written_at)
FROM ledger AS t
WHERE t.topic = {kind:String} AND t.first_appended >= {told:Date}
    AND t.first_appended < addMonths({told:Date}, 1)
"""


def _merge(client: Client, month: date) -> None:
    for kind in ROLLUPS:
        for grain in ("minute", "hour", "day"):
            partition = f"('{grain}', {month:%Y%m})"
            client.command(f"OPTIMIZE TABLE rollup_{kind} PARTITION {partition} FINAL")


def _command(client: Client, sql: str, **parameters: Any) -> None:
    client.command(sql, parameters=parameters, settings=FEW_PARTS)
