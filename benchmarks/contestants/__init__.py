"""Who is measured: one module each, each run in a process of its own.

A module has ``run(job)``, which does the work, measures it from the first fetch until everything is
where it belongs, checks the result, and returns what it measured.
"""

from dataclasses import dataclass

from benchmarks.traffic import Expected
from ningmai.settings import Settings

CONTESTANTS = {
    "ningmai": "ningmai",
    "faust": "faust_idiomatic",
    "hand-written": "peer",
    "arroyo": "peer",
    "bytewax": "peer",
    "quixstreams": "peer",
    "limit-aiokafka": "aiokafka_limit",
    "limit-librdkafka": "librdkafka_limit",
    "limit-decode": "decode_limit",
    "limit-clickhouse": "clickhouse_limit",
}
"""Modules of this package, in the order of a round."""
FEWER = ("faust",)
"""Contestants that are too slow for all the events and get the smaller topic."""


@dataclass(frozen=True, slots=True)
class Job:
    """What a contestant, by its name, works on: these settings' topic, and what is in it."""

    name: str
    settings: Settings
    expected: Expected
