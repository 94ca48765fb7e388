"""Faust as its documentation teaches it: the program is faust_app.py, started with ``worker``.

It measures itself from its first event on, so that its start stays out. It gets fewer events, and
its rate is what is compared.
"""

import json
import os
import sys
import uuid
from collections import Counter

from benchmarks.contestants import Job
from benchmarks.contestants.processes import program, wait_until
from benchmarks.engines import clickhouse_client, start_over
from benchmarks.measure import Measured
from benchmarks.traffic import Key

APP = "benchmarks.contestants.faust_app"


def run(job: Job) -> list[Measured]:
    """One pass over the smaller topic."""
    settings = job.settings
    start_over(settings)
    name = f"bench-faust-{uuid.uuid4().hex[:8]}"
    result, log = settings.data_dir / f"{name}.json", settings.data_dir / "faust.log"
    environment = {
        **os.environ,
        **settings.environment(),
        "BENCH_APP": name,
        "BENCH_EVENTS": str(job.expected.events),
        "BENCH_RESULT": str(result),
    }
    command = [sys.executable, "-m", "faust", "-A", APP, "worker", "--without-web"]
    with program(command, environment, log) as process:
        wait_until(result.exists, process, log, 0.05)
    told = json.loads(result.read_text())
    minutes: Counter[Key] = Counter()
    for *key, count in told["minutes"]:
        minutes[tuple(key)] += count
    job.expected.check(minutes)
    rows = clickhouse_client(settings).query(f"SELECT count() FROM {settings.database}.raw_calls")
    job.expected.check_total(int(rows.result_rows[0][0]))
    return [Measured("faust", job.expected.events, told["cpu_seconds"], told["wall_seconds"])]
