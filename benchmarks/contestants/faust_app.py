"""Counting calls by minute, line, city and category the idiomatic way: an event at a time.

A record type with an Avro codec, an agent, a table of ids seen, a windowed table of counts, and
rows to ClickHouse in batches, as Faust's documentation shows each of them.
"""

import asyncio
import json
import os
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import faust
from fastavro import parse_schema, schemaless_reader
from faust.serializers import codecs

from benchmarks.engines import clickhouse_client
from benchmarks.measure import Timer
from ningmai.settings import Settings
from schemas.kinds import kind

SETTINGS = Settings()
EVENTS = int(os.environ["BENCH_EVENTS"])
RESULT = Path(os.environ["BENCH_RESULT"])
AT_ONCE = 5000
HEADER = 5
SCHEMA = parse_schema(kind("calls").schema())
COLUMNS = (
    *("event_id", "occurred_at", "source", "origin", "sign", "line", "city", "category"),
    *("epoch", "kafka_partition", "kafka_offset", "appended_at", "counted"),
)


class ConfluentAvro(codecs.Codec):  # type: ignore[misc] # faust is not followed
    """Avro behind a magic byte and a schema id."""

    def _loads(self, s: bytes) -> Any:
        event: Any = schemaless_reader(BytesIO(s[HEADER:]), SCHEMA, None)
        event["occurred_at"] = event["occurred_at"].timestamp()
        return event


codecs.register("confluent-avro", ConfluentAvro())


class Call(faust.Record, serializer="confluent-avro"):  # type: ignore[misc,call-arg] # faust is not followed
    """What is read of a call."""

    event_id: str
    occurred_at: float
    source: str
    origin: str
    sign: int
    line: str
    city: str | None = None
    category: str | None = None


app = faust.App(
    os.environ["BENCH_APP"],
    broker=f"kafka://{SETTINGS.kafka_servers}",
    store="memory://",
    datadir=SETTINGS.data_dir / os.environ["BENCH_APP"],
    topic_partitions=SETTINGS.partitions,
    consumer_auto_offset_reset="earliest",
    web_enabled=False,
)
calls = app.topic(SETTINGS.topic("calls"), key_type=bytes, key_serializer="raw", value_type=Call)
seen = app.Table("seen", default=bool, partitions=SETTINGS.partitions)
counts = (
    app.Table("counts", default=int, partitions=SETTINGS.partitions)
    .tumbling(60.0)
    .relative_to_field(Call.occurred_at)
)


@app.agent(calls)  # type: ignore[untyped-decorator] # faust is not followed
async def count(stream: Any) -> None:
    """Counts each event once, and keeps its row."""
    client, table = clickhouse_client(SETTINGS), f"{SETTINGS.database}.raw_calls"
    rows: list[tuple[Any, ...]] = []
    done = 0
    timer: Timer | None = None
    async for event in stream.events():
        timer = timer or Timer()
        call = event.value
        if not seen[call.event_id]:
            seen[call.event_id] = True
            counts[f"{call.line}|{call.city or ''}|{call.category or ''}"] += call.sign
            rows.append(_row(event))
        done += 1
        if len(rows) >= AT_ONCE or done == EVENTS:
            await asyncio.to_thread(client.insert, table, rows, COLUMNS)
            rows = []
        if done == EVENTS:
            _tell(timer)


def _row(event: Any) -> tuple[Any, ...]:
    call, message = event.value, event.message
    return (
        call.event_id,
        datetime.fromtimestamp(call.occurred_at, UTC),
        call.source,
        call.origin,
        call.sign,
        call.line,
        call.city,
        call.category,
        1,
        message.partition,
        message.offset,
        datetime.fromtimestamp(message.timestamp, UTC),
        1,
    )


def _tell(timer: Timer) -> None:
    """Writes what was measured, and the counts."""
    measured = timer.measured("faust", EVENTS)
    minutes = []
    for (key, window), events in counts.table.items():
        line, city, category = key.split("|")
        minutes.append((int(window[0]) // 60, line, city or None, category or None, events))
    told = measured.plain() | {"minutes": minutes}
    part = RESULT.with_suffix(".part")
    part.write_text(json.dumps(told))
    part.rename(RESULT)
