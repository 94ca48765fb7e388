"""What is wrong with a running system, and what to do about it: one small question each."""

import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

import psutil
from clickhouse_connect.driver.client import Client

from clickhouse.client import connect, errors_sorted
from clickhouse.errors import ClickHouseError
from clickhouse.migrate import digest, files
from ningmai.lag import lags
from ningmai.settings import Settings
from ningmai.stack import control
from ningmai.stack.stack import SERVICES
from schemas import topics_admin
from schemas.errors import KafkaUnavailable, RegistryUnavailable, UnknownSchema
from schemas.kinds import kinds
from schemas.registry import Registry

State = Literal["well", "look", "ill"]
DAY = timedelta(days=1)
STILL_SECONDS = 30
"""A worker that has counted nothing for so long, with messages waiting, does not work."""
APART_SECONDS = 2.0
"""Clocks further apart than this bend the limits on times of events."""
PARTS = 300
"""Parts of one partition from which on merges do not keep up (ClickHouse refuses at 3,000)."""
ROOM_LOOK, ROOM_ILL = 0.15, 0.05
"""Part of a disk, or of memory, that is free."""
CORRECTIONS_DAYS = 7
DEAD_ILL = 0.01
"""Part of a day's messages that were no events."""


@dataclass(frozen=True)
class Finding:
    """What was asked, how it is, what was seen, and what to do unless it is well."""

    check: str
    state: State
    seen: str
    todo: str = ""


def examine(settings: Settings) -> Iterator[Finding]:
    """Asks everything, one after the other; what cannot be asked is ill. Changes nothing."""
    for name, ask in CHECKS.items():
        try:
            yield from (Finding(name, *answer) for answer in ask(settings))
        except (ClickHouseError, KafkaUnavailable, RegistryUnavailable) as error:
            yield Finding(name, "ill", str(error).splitlines()[0], "Start it: ningmai up")


Answer = tuple[State, str] | tuple[State, str, str]


def _parts(settings: Settings) -> Iterator[Answer]:
    stopped = [part.name for part in control.status(settings) if part.state == "stopped"]
    if stopped:
        # Where the settings name engines elsewhere, workers and screens may run elsewhere too.
        state: State = "ill" if set(stopped) - set(SERVICES) else "look"
        yield state, f"not running on this data folder: {', '.join(stopped)}", "ningmai up"
    else:
        yield "well", "every part runs"


def _topics(settings: Settings) -> Iterator[Answer]:
    wrong = topics_admin.problems(settings)
    for problem in wrong:
        yield "ill", problem, "Make missing topics with ningmai up; set others by kafka-configs.sh"
    if not wrong:
        yield "well", f"{len(kinds())} topics as they must be"


def _schemas(settings: Settings) -> Iterator[Answer]:
    registry = Registry(settings)
    missing = []
    for name in kinds():
        try:
            registry.ids(name)
        except UnknownSchema:
            missing.append(name)
    if missing:
        yield (
            "ill",
            f"this version's schemas are not all registered: {', '.join(missing)}",
            "Register them: ningmai up. If the registry has newer ones, install that version here",
        )
    else:
        yield "well", "the registry has every version of this repository"


def _migrations(settings: Settings) -> Iterator[Answer]:
    rows = _rows(settings, "SELECT name, sha256 FROM {db}.migrations FINAL")
    known = {str(name): str(sha) for name, sha in rows}
    here = {path.name: digest(path) for path in files()}
    pending = sorted(here.keys() - known.keys())
    changed = sorted(name for name in here.keys() & known.keys() if here[name] != known[name])
    newer = sorted(known.keys() - here.keys())
    if changed:
        yield "ill", f"changed after they were applied: {', '.join(changed)}", "Restore the files"
    if pending:
        yield "ill", f"not applied yet: {', '.join(pending)}", "Apply them: ningmai migrate"
    if newer:
        yield "look", f"ClickHouse is ahead: {', '.join(newer)}", "Install that version here too"
    if not (changed or pending or newer):
        yield "well", f"{len(here)} migrations applied"


def _lag(settings: Settings) -> Iterator[Answer]:
    client = connect(settings)
    behind = sum(each.lag for each in lags(settings, client))
    (quiet,) = _row(
        settings, "SELECT dateDiff('second', max(written_at), now64(3)) FROM {db}.ledger"
    )
    if behind and quiet > STILL_SECONDS:
        yield (
            "ill",
            f"{behind:,} messages wait, and nothing was counted for {quiet:,} s",
            f"See {settings.data_dir / 'logs' / 'worker.log'}; nothing is lost meanwhile",
        )
    else:
        yield "well", f"{behind:,} messages behind Kafka"


def _audit(settings: Settings) -> Iterator[Answer]:
    since = f"{datetime.now(UTC) - DAY:%Y-%m-%d %H:%M:%S}"
    wrong = _rows(
        settings,
        f"SELECT topic, unaccounted, missing, difference FROM {{db}}.audit(since = '{since}') "
        "WHERE unaccounted != 0 OR missing != 0 OR difference != 0",
    )
    for topic, *differences in wrong:
        yield (
            "ill",
            f"{topic}: log, raw and rollups differ by {differences}",
            "Keep the worker's log and the figures: this is a bug, tell those who build Ningmai",
        )
    if not wrong:
        yield "well", "log, raw and rollups of the last day agree"


def _dead_letters(settings: Settings) -> Iterator[Answer]:
    since = "last_appended > now() - INTERVAL 1 DAY"
    dead, counted = _row(
        settings, f"SELECT sum(dead), sum(counted) FROM {{db}}.blocks WHERE {since}"
    )
    if dead:
        state: State = "ill" if dead > DEAD_ILL * (dead + counted) else "look"
        yield (
            state,
            f"{dead:,} messages of the blocks of a day were no events ({counted:,} were)",
            "See why, and tell their source: "
            'ningmai sql "SELECT * FROM dead_letters_by_reason ORDER BY last DESC"',
        )
    else:
        yield "well", "none in a day"


def _corrections(settings: Settings) -> Iterator[Answer]:
    since = f"appended_at >= now() - INTERVAL {CORRECTIONS_DAYS} DAY"
    found = {
        str(state): int(count)
        for state, count in _rows(
            settings, f"SELECT state, count() FROM {{db}}.corrections WHERE {since} GROUP BY state"
        )
    }
    counted = found.pop("counted", 0)
    if found:
        told = ", ".join(f"{count:,} {state}" for state, count in sorted(found.items()))
        yield (
            "look",
            f"retractions of {CORRECTIONS_DAYS} days: {told} (and {counted:,} that fit)",
            "Second ones don't count, the others do. Ask their source: ningmai sql "
            "\"SELECT * FROM corrections WHERE state != 'counted' ORDER BY appended_at DESC\"",
        )
    else:
        yield "well", f"{counted:,} retractions in {CORRECTIONS_DAYS} days, each of an event"


def _merges(settings: Settings) -> Iterator[Answer]:
    rows = _rows(
        settings,
        "SELECT table, count() AS parts FROM system.parts WHERE active AND database = '{db}' "
        "GROUP BY table, partition ORDER BY parts DESC LIMIT 1",
    )
    table, parts = rows[0] if rows else ("no table", 0)
    seen = f"at most {parts:,} parts in a partition ({table})"
    if parts > PARTS:
        yield "ill", seen, "Merges don't keep up: give ClickHouse more disk speed or fewer workers"
    else:
        yield "well", seen


def _disks(settings: Settings) -> Iterator[Answer]:
    disks = [
        (f"ClickHouse's disk {name}", free, total)
        for name, free, total in _rows(
            settings, "SELECT name, free_space, total_space FROM system.disks WHERE total_space > 0"
        )
    ]
    if settings.data_dir.exists():
        usage = shutil.disk_usage(settings.data_dir)
        disks.append((f"the disk of {settings.data_dir}", usage.free, usage.total))
    for name, free, total in disks:
        yield _room(name, free, total, "Make room: when it is full, the worker waits")


def _memory(_settings: Settings) -> Iterator[Answer]:
    memory = psutil.virtual_memory()
    yield _room("this machine's memory", memory.available, memory.total, "Stop what else runs here")


def _clocks(settings: Settings) -> Iterator[Answer]:
    before = time.time()
    (theirs,) = _row(settings, "SELECT toUnixTimestamp64Milli(now64(3)) / 1000")
    apart = float(theirs) - (before + time.time()) / 2
    (ahead,) = _row(
        settings,
        "SELECT dateDiff('millisecond', now64(3), max(last_appended)) / 1000 FROM {db}.ledger",
    )
    wrong = [
        (f"ClickHouse's clock is {apart:+.1f} s from this machine's", abs(apart)),
        (f"Kafka's clock is at least {ahead:.1f} s ahead of ClickHouse's", max(ahead, 0)),
    ]
    for seen, seconds in wrong:
        if seconds > APART_SECONDS:
            yield "ill", seen, "Set the clocks by NTP on every machine"
    if all(seconds <= APART_SECONDS for _, seconds in wrong):
        yield "well", "Kafka's, ClickHouse's and this machine's agree"


def _room(name: str, free: int, total: int, todo: str) -> Answer:
    seen = f"{name}: {free / 1024**3:.1f} of {total / 1024**3:.1f} GiB free"
    if free > ROOM_LOOK * total:
        return "well", seen
    return "ill" if free < ROOM_ILL * total else "look", seen, todo


def _rows(settings: Settings, sql: str) -> list[tuple[Any, ...]]:
    with errors_sorted():
        client: Client = connect(settings)
        return list(map(tuple, client.query(sql.replace("{db}", settings.database)).result_rows))


def _row(settings: Settings, sql: str) -> tuple[Any, ...]:
    return _rows(settings, sql)[0]


CHECKS: dict[str, Callable[[Settings], Iterator[Answer]]] = {
    "parts": _parts,
    "topics": _topics,
    "schemas": _schemas,
    "migrations": _migrations,
    "lag": _lag,
    "audit": _audit,
    "dead letters": _dead_letters,
    "corrections": _corrections,
    "merges": _merges,
    "disks": _disks,
    "memory": _memory,
    "clocks": _clocks,
}
