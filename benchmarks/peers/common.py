"""What every peer's program needs: the job, decoding, rows to ClickHouse, and what it cost."""

import json
import os
import resource
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import clickhouse_connect
from fastavro import parse_schema, schemaless_reader

HEADER = 5
AT_ONCE = 20_000
"""Rows of an insert."""
COLUMNS = (
    *("event_id", "occurred_at", "source", "origin", "sign", "line", "city", "category"),
    *("epoch", "kafka_partition", "kafka_offset", "appended_at", "counted"),
)
Key = tuple[int, str, str | None, str | None]


class Job:
    """What the environment says is to be done."""

    def __init__(self) -> None:
        self.servers = os.environ["BENCH_KAFKA"]
        self.topic = os.environ["BENCH_TOPIC"]
        self.group = os.environ["BENCH_GROUP"]
        self.events = int(os.environ["BENCH_EVENTS"])
        self.schema = parse_schema(json.loads(os.environ["BENCH_SCHEMA"]))
        self.result = Path(os.environ["BENCH_RESULT"])

    def decode(self, value: bytes) -> dict[str, Any]:
        """One message as an event."""
        event: Any = schemaless_reader(BytesIO(value[HEADER:]), self.schema, None)
        return dict(event)


class Work:
    """One process's part: ids seen, counts by minute, rows on their way to ClickHouse."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._seen: set[str] = set()
        self._rows: list[tuple[Any, ...]] = []
        self._wall, self._cpu = time.monotonic(), spent()
        self.minutes: Counter[Key] = Counter()
        self.done = 0
        address = urlsplit(os.environ["BENCH_CLICKHOUSE"])
        self._client = clickhouse_connect.get_client(
            host=address.hostname,
            port=address.port,
            username="ningmai",
            password=os.environ["BENCH_PASSWORD"],
            database=os.environ["BENCH_DATABASE"],
            autogenerate_session_id=False,
        )

    def take(self, value: bytes, partition: int, offset: int, appended_ms: int) -> None:
        """Count one message."""
        event = self._job.decode(value)
        self.done += 1
        if event["event_id"] in self._seen:
            return
        self._seen.add(event["event_id"])
        minute = int(event["occurred_at"].timestamp()) // 60
        self.minutes[minute, event["line"], event["city"], event["category"]] += event["sign"]
        appended = datetime.fromtimestamp(appended_ms / 1000, UTC)
        place = (1, partition, offset, appended, 1)
        self._rows.append((*(event[column] for column in COLUMNS[:8]), *place))

    def due(self) -> bool:
        """Whether rows should be written now."""
        return len(self._rows) >= AT_ONCE or self.done >= self._job.events

    def write(self) -> None:
        """Have ClickHouse acknowledge the rows so far."""
        if self._rows:
            self._client.insert("raw_calls", self._rows, COLUMNS)
            self._rows = []

    def finished(self) -> bool:
        """Whether it was the last message; what was measured is then in the file."""
        if self.done < self._job.events:
            return False
        self.write()
        told = {
            "cpu_seconds": spent() - self._cpu,
            "wall_seconds": time.monotonic() - self._wall,
            "minutes": [[*key, count] for key, count in self.minutes.items()],
        }
        part = self._job.result.with_suffix(".part")
        part.write_text(json.dumps(told))
        part.rename(self._job.result)
        return True


def spent() -> float:
    """CPU seconds of this process so far."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def committed(work: Work, commit: Callable[[], object]) -> bool:
    """Write what is due, commit after it, and say whether all is done."""
    if not work.due():
        return False
    work.write()
    commit()
    return work.finished()
