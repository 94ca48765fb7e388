"""ClickHouse, inserting raw rows alone: bodies ready in memory, client and server counted."""

from collections.abc import Iterator, Sequence

from benchmarks.contestants import Job
from benchmarks.contestants.spliced import containers
from benchmarks.engines import clickhouse_client, clickhouse_process, start_over
from benchmarks.measure import Measured, Timer
from schemas.kinds import kind
from streams.frames import Spliced
from streams.sink import Sink

AT_ONCE = 5
"""Containers of one insert: about 200,000 events, as a worker that catches up writes them."""


def run(job: Job) -> list[Measured]:
    """Every event of the topic inserted once, acknowledged."""
    start_over(job.settings)
    client = clickhouse_client(job.settings)
    sink = Sink(client, job.settings.database, kind("calls"))
    inserts = list(_inserts(list(containers(job))))
    timer = Timer([clickhouse_process(job.settings)])
    for some in inserts:
        sink.raw(1, some, counted=True)
    measured = timer.measured("limit-clickhouse", job.expected.events)
    count = client.query(f"SELECT count() FROM {job.settings.database}.raw_calls").result_rows
    job.expected.check_total(int(count[0][0]))
    return [measured]


def _inserts(ready: Sequence[Spliced]) -> Iterator[Sequence[Spliced]]:
    for start in range(0, len(ready), AT_ONCE):
        yield ready[start : start + AT_ONCE]
