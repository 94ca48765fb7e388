"""Ningmai's worker, started as anyone starts it, doing everything.

Fetch, decode, verify, dedupe, rollup by minute, hour and day; raw rows, rollups and ledger
acknowledged by ClickHouse; offsets committed. Its topics are full before it starts. Time counts
from the moment that it says where its first partition starts, which is before its first fetch, so
that imports and joining the group stay out; it ends when the committed offsets are the ends of the
topic. Commits go out once a second, so that up to one second of wall time is waiting.
"""

import os
import time
from collections import Counter
from typing import Any

import psutil

from benchmarks.contestants import Job
from benchmarks.contestants.processes import program, wait_until
from benchmarks.engines import (
    clickhouse_client,
    clickhouse_process,
    committed,
    start_over,
)
from benchmarks.measure import Measured, cpu_of
from benchmarks.traffic import KIND, Key, Unequal
from ningmai.stack import worker

STARTS = "starts at offset"


def run(job: Job) -> list[Measured]:
    """The worker alone, and the worker with ClickHouse."""
    settings, events = job.settings, job.expected.events
    start_over(settings)
    server = clickhouse_process(settings)
    part = worker.part(settings)
    log = settings.data_dir / "worker.log"
    environment = {**os.environ, **part.environment}
    with program(part.command, environment, log) as process:
        wait_until(lambda: STARTS in log.read_text(errors="replace"), process, log, 0.005)
        before = _now(process, server)
        topic = settings.topic(KIND)
        wait_until(lambda: committed(settings, topic) >= events, process, log, 0.05)
        after = _now(process, server)
    _check(job)
    wall, own, theirs = (late - early for early, late in zip(before, after, strict=True))
    return [
        Measured("ningmai-worker", events, own, wall),
        Measured("ningmai-total", events, own + theirs, wall),
    ]


def _now(process: psutil.Process, server: psutil.Process) -> tuple[float, float, float]:
    return time.monotonic(), cpu_of(process), cpu_of(server)


def _check(job: Job) -> None:
    """Every minute and dimension, the other grains' sums, the raw rows and the ledger."""
    rows = _rows(
        job,
        "SELECT intDiv(toUnixTimestamp(bucket), 60), line, city, category, sum(events) "
        "FROM rollup_calls FINAL WHERE grain = 'minute' GROUP BY 1, 2, 3, 4",
    )
    minutes: Counter[Key] = Counter()
    for minute, line, city, category, count in rows:
        minutes[int(minute), line, city, category] = int(count)
    job.expected.check(minutes)
    for wanted in (
        "SELECT sum(events) FROM rollup_calls FINAL WHERE grain = 'hour'",
        "SELECT sum(events) FROM rollup_calls FINAL WHERE grain = 'day'",
        "SELECT count() FROM raw_calls FINAL WHERE counted = 1",
        "SELECT sum(counted) FROM ledger FINAL",
    ):
        found = int(_rows(job, wanted)[0][0])
        if found != job.expected.events:
            raise Unequal(f"{wanted}: {found}, published {job.expected.events}")


def _rows(job: Job, query: str) -> Any:
    for table in ("rollup_calls", "raw_calls", "ledger"):
        query = query.replace(f" {table} ", f" {job.settings.database}.{table} ")
    return clickhouse_client(job.settings).query(query).result_rows
