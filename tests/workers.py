"""Real workers on real engines: started, killed, and judged by what ClickHouse holds in the end."""

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from time import monotonic, sleep

import pytest
from clickhouse_connect.driver.client import Client

from clickhouse.client import connect
from clickhouse.migrate import migrate
from ningmai.lag import PartitionLag, lags
from ningmai.settings import Settings
from producers import Call, Publisher
from schemas import topics_admin
from schemas.errors import KafkaUnavailable
from schemas.registry import Registry

CATEGORIES = ("consultation", "complaint", "booking", "crisis", "survey", "voice", None)
SEPTEMBER = 1_598_889_600_000  # 2020-09-01 in Asia/Shanghai
DRAINED_WITHIN = 90.0


def prepared(settings: Settings) -> Client:
    """Topics, schemas and tables of a namespace; returns a client to look at them with."""
    client = connect(settings)
    migrate(client, settings)
    Registry(settings).register_all()
    topics_admin.ensure(settings)
    return client


@contextmanager
def worker(
    settings: Settings, log: Path, *, web: bool = False
) -> Iterator[subprocess.Popen[bytes]]:
    """A worker process, as ``faust -A streams.app worker`` starts it; stopped at the end."""
    command = [sys.executable, "-m", "faust", "-A", "streams.app", "--loglevel", "info", "worker"]
    if not web:
        command.append("--without-web")  # several on one machine
    environment = os.environ | settings.environment() | {"RUST_BACKTRACE": "0"}
    with log.open("ab") as out:
        process = subprocess.Popen(command, stdout=out, stderr=out, env=environment)
    try:
        yield process
    finally:
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def has_partitions(log: Path) -> None:
    """Wait until the worker that writes this log reads something."""
    until = monotonic() + DRAINED_WITHIN
    while b"starts at offset" not in log.read_bytes():
        if monotonic() > until:
            pytest.fail(f"no partition came to it: {log.read_text()[-2000:]}")
        sleep(0.1)


def publish(settings: Settings, ids: range) -> Counter[tuple[str, str | None]]:
    """Publish calls of September 2020, one for each number; returns them by day and category."""
    found: Counter[tuple[str, str | None]] = Counter()
    with Publisher(settings) as publisher:
        ready = [
            publisher.prepare(
                Call(
                    occurred_at=SEPTEMBER,
                    source="hotline-12320",
                    line="hotline",
                    city="nanjing",
                    category=category,
                )
            )
            for category in CATEGORIES
        ]
        for n in ids:
            day, kind = n % 30, n % len(CATEGORIES)
            ready[kind].send(f"c-{n}", SEPTEMBER + day * 86_400_000 + n % 86_400_000)
            found[f"2020-09-{day + 1:02}", CATEGORIES[kind]] += 1
    return found


def drained(settings: Settings, client: Client) -> None:
    """Wait until ClickHouse has all that Kafka has."""
    until = monotonic() + DRAINED_WITHIN
    while behind := [each for each in _lags(settings, client) if each.lag]:
        if monotonic() > until:
            pytest.fail(f"not drained: {behind}")
        sleep(0.2)


def _lags(settings: Settings, client: Client) -> list[PartitionLag]:
    """The lags, once every partition of topics just made has its leader."""
    for _ in range(50):
        with suppress(KafkaUnavailable):
            return lags(settings, client)
        sleep(0.2)
    return lags(settings, client)


def by_day(client: Client) -> Counter[tuple[str, str | None]]:
    """Calls by day and category, as analysts see them."""
    rows = client.query(
        "SELECT toString(day), category, sum(events) AS n FROM calls_by_day GROUP BY 1, 2"
    )
    return Counter({(day, category): n for day, category, n in rows.result_rows if n})


def audited(client: Client) -> list[tuple[str, int, int, int]]:
    """What the audit finds wrong."""
    sql = "SELECT topic, unaccounted, missing, difference FROM audit(since = '2000-01-01 00:00:00')"
    return [row for row in client.query(sql).result_rows if any(row[1:])]
