"""polars.read_avro alone: the columns that the worker reads, from containers ready in memory."""

from io import BytesIO

import polars as pl

from benchmarks.contestants import Job
from benchmarks.contestants.spliced import containers
from benchmarks.measure import Measured, Timer
from streams.agents.calls import CALLS


def run(job: Job) -> list[Measured]:
    """Every event of the topic decoded once."""
    ready = [each.layout.frame_header + each.block for each in containers(job)]
    timer = Timer()
    rows = sum(pl.read_avro(BytesIO(data), columns=[*CALLS.columns]).height for data in ready)
    measured = timer.measured("limit-decode", rows)
    job.expected.check_total(rows)
    return [measured]
