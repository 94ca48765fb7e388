"""The others: Bytewax, Quix Streams, Arroyo and a loop written by hand, with the same outcome.

Each is a program of benchmarks/peers, run by a Python of its own environment, which is made the
first time: peers pin clients that Ningmai does not use. It measures itself from its first messages
on, so that its start stays out.
"""

import json
import os
import subprocess
import sys
import uuid
from collections import Counter
from pathlib import Path

from benchmarks.contestants import Job
from benchmarks.contestants.processes import program, wait_until
from benchmarks.engines import clickhouse_client, start_over
from benchmarks.measure import Measured
from benchmarks.traffic import KIND, Key
from schemas.kinds import kind

PROGRAMS = Path(__file__).parents[1] / "peers"
ENVIRONMENTS = Path(sys.prefix) / "peers"
COMMON = ("clickhouse-connect==1.12.0", "fastavro==1.13.1")
PEERS = {
    "hand-written": ("hand_written.py", ("confluent-kafka==2.16.1",)),
    "arroyo": ("arroyo_loop.py", ("sentry-arroyo==2.48.0",)),
    "bytewax": ("bytewax_flow.py", ("bytewax==0.21.1", "confluent-kafka==2.16.1")),
    "quixstreams": ("quixstreams_loop.py", ("quixstreams==3.28.1",)),
}


def run(job: Job) -> list[Measured]:
    """One pass over the topic by the peer of the job's name."""
    file, packages = PEERS[job.name]
    python = _environment(job.name, packages)
    settings = job.settings
    start_over(settings)
    group = f"bench-{job.name}-{uuid.uuid4().hex[:8]}"
    result, log = settings.data_dir / f"{group}.json", settings.data_dir / f"{job.name}.log"
    environment = {
        **os.environ,
        "BENCH_KAFKA": settings.kafka_servers,
        "BENCH_TOPIC": settings.topic(KIND),
        "BENCH_GROUP": group,
        "BENCH_EVENTS": str(job.expected.events),
        "BENCH_SCHEMA": json.dumps(kind(KIND).schema()),
        "BENCH_RESULT": str(result),
        "BENCH_CLICKHOUSE": settings.clickhouse_url,
        "BENCH_DATABASE": settings.database,
        "BENCH_PASSWORD": settings.clickhouse_password,
        "Quix__State__Dir": str(settings.data_dir / group),
    }
    with program([str(python), str(PROGRAMS / file)], environment, log) as process:
        wait_until(result.exists, process, log, 0.05)
    told = json.loads(result.read_text())
    minutes: Counter[Key] = Counter({tuple(key): count for *key, count in told["minutes"]})
    job.expected.check(minutes)
    rows = clickhouse_client(settings).query(f"SELECT count() FROM {settings.database}.raw_calls")
    job.expected.check_total(int(rows.result_rows[0][0]))
    return [Measured(job.name, job.expected.events, told["cpu_seconds"], told["wall_seconds"])]


def _environment(name: str, packages: tuple[str, ...]) -> Path:
    """The Python of a peer, with its packages; made where it is not there yet."""
    folder = ENVIRONMENTS / name
    python, ready = folder / "bin" / "python", folder / ".ready"
    if not ready.exists():
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder)], check=True)
        install = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*install, *packages, *COMMON], check=True)
        ready.touch()
    return python
