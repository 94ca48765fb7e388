"""Every metric of the worker: its name, kind, labels, unit and meaning. Served at ``/metrics``.

This table is the one place: the collectors are made from it, and ``docs/metrics.md`` is what
``python -m streams.metrics`` prints. Metrics are advanced once a flush, a pause or a check, never
once an event.
"""

import platform
from dataclasses import dataclass
from enum import Enum
from importlib.metadata import version
from typing import Any

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.process_collector import ProcessCollector

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300)
"""Upper bounds of the buckets of histograms."""
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
BY_KIND = ("kind",)


@dataclass(frozen=True, slots=True)
class About:
    """What one metric is."""

    name: str
    type: type[Counter] | type[Gauge] | type[Histogram]
    labels: tuple[str, ...]
    unit: str
    meaning: str

    def made(self, registry: CollectorRegistry) -> Any:
        """Its collector."""
        if self.type is Histogram:
            return Histogram(
                self.name, self.meaning, self.labels, registry=registry, buckets=SECONDS
            )
        return self.type(self.name, self.meaning, self.labels, registry=registry)


class Metric(Enum):
    """All metrics of the worker but the process's own. ``kind`` is the event kind: calls, …"""

    # What came of the log. A block that another worker had begun counts here from its start; in
    # the tables it does not count twice.
    EVENTS = About(
        *("ningmai_events_counted_total", Counter, BY_KIND, "events"),
        "Events that count and are in ClickHouse.",
    )
    REPEATS = About(
        *("ningmai_repeats_total", Counter, BY_KIND, "events"),
        "Events dropped because their id stands within the horizon before them.",
    )
    DEAD_LETTERS = About(
        *("ningmai_dead_letters_total", Counter, ("kind", "reason"), "messages"),
        "Messages that are no events, by the code of why.",
    )
    GAPS = About(
        *("ningmai_gaps_total", Counter, BY_KIND, "offsets"),
        "Offsets without a message: control records, aborted transactions, compaction.",
    )
    FAR_REPEATS = About(
        *("ningmai_far_repeats_total", Counter, BY_KIND, "events"),
        "Repeats from beyond the horizon or another partition, and second retractions of one event,"
        " found and taken back.",
    )
    BLOCKS_SEALED = About(
        *("ningmai_blocks_sealed_total", Counter, BY_KIND, "blocks"),
        "Blocks of the log that were completed.",
    )

    # How far, and how fresh.
    LAG = About(
        *("ningmai_lag_offsets", Gauge, ("kind", "partition"), "offsets"),
        "Offsets of the log that ClickHouse does not have yet, of the partitions read here. "
        "Kafka is asked at every scrape; while it does not answer, the last lag stays.",
    )
    VISIBLE_AFTER = About(
        *("ningmai_visible_after_seconds", Histogram, BY_KIND, "seconds"),
        "From the append of the oldest event of a flush to all of the flush being visible in SQL.",
    )
    NEWEST_VISIBLE = About(
        *("ningmai_newest_visible_timestamp_seconds", Gauge, BY_KIND, "seconds since 1970"),
        "Append time of the newest message that is visible; time() less it is how old figures are.",
    )

    # What writing costs, and what it waits for.
    FLUSH_SECONDS = About(
        *("ningmai_flush_seconds", Histogram, BY_KIND, "seconds"),
        "Time that a flush took until all of it was acknowledged, waiting included.",
    )
    ROWS = About(
        *("ningmai_rows_written_total", Counter, ("kind", "table"), "rows"),
        "Rows that ClickHouse acknowledged, by table: raw, rollup, dead_letters, ledger.",
    )
    RETRIES = About(
        *("ningmai_retries_total", Counter, ("kind", "of"), "tries"),
        "Requests done again because the ClickHouse or the schema registry gave no answer.",
    )
    WAITED = About(
        *("ningmai_waiting_seconds_total", Counter, ("kind", "of"), "seconds"),
        "Pauses before those tries: grows while the ClickHouse or the registry is away.",
    )
    RECOUNTS = About(
        *("ningmai_recounts_total", Counter, BY_KIND, "times"),
        "Flushes begun again because ClickHouse refused single events in them.",
    )

    STOPPED = About(
        *("ningmai_stopped", Gauge, BY_KIND, "1"),
        "1: counting has stopped, as nearly all messages are no events; the log says what to do.",
    )

    # The audit of the last hour's sealed blocks.
    AUDITED = About(
        *("ningmai_audited_blocks", Gauge, BY_KIND, "blocks"),
        "Blocks that the last audit looked at.",
    )
    DIFFERENCE = About(
        *("ningmai_audit_difference", Gauge, ("kind", "between"), "offsets, rows or events"),
        "What the last audit found to differ, between log (unaccounted), raw (missing) and rollups "
        "(difference): always 0, or something is wrong.",
    )
    AUDIT_AT = About(
        *("ningmai_audit_timestamp_seconds", Gauge, (), "seconds since 1970"),
        "When the last audit ended.",
    )

    BUILD = About(
        *("ningmai_build_info", Gauge, ("version", "python"), "1"),
        "The worker's version and its Python's.",
    )


PROCESS = {
    "process_resident_memory_bytes": ("bytes", "Memory of the worker that is in RAM."),
    "process_virtual_memory_bytes": ("bytes", "Address space of the worker."),
    "process_cpu_seconds_total": ("seconds", "CPU time used, in user and system mode."),
    "process_start_time_seconds": ("seconds since 1970", "When the worker was started."),
    "process_open_fds": ("files", "Open file descriptors."),
    "process_max_fds": ("files", "How many may be open."),
}
"""The process's own, as every Prometheus client names them (Linux only)."""

# Else a series of start times stands beside each counter, which nobody asks for.
disable_created_metrics()  # type: ignore[no-untyped-call] # theirs
REGISTRY = CollectorRegistry()
_collectors: dict[Metric, Any] = {metric: metric.value.made(REGISTRY) for metric in Metric}
ProcessCollector(registry=REGISTRY)


def add(metric: Metric, amount: float, *labels: str) -> None:
    """Advance a counter. Nothing is shown of labels to which nothing was ever added."""
    if amount > 0:
        _at(metric, labels).inc(amount)


def put(metric: Metric, value: float, *labels: str) -> None:
    """Set a gauge."""
    _at(metric, labels).set(value)


def observe(metric: Metric, value: float, *labels: str) -> None:
    """Add a value to a histogram."""
    _at(metric, labels).observe(value)


def clear(metric: Metric) -> None:
    """Forget what a metric shows, for labels that are gone."""
    _collectors[metric].clear()


def _at(metric: Metric, labels: tuple[str, ...]) -> Any:
    return _collectors[metric].labels(*labels) if labels else _collectors[metric]


def page() -> bytes:
    """All metrics in Prometheus' text format."""
    put(Metric.BUILD, 1, version("ningmai"), platform.python_version())
    return generate_latest(REGISTRY)


def markdown() -> str:
    """The table as a page of the docs."""
    rows = [
        f"| `{about.name}` | {about.type.__name__.lower()} | {', '.join(about.labels)} | "
        f"{about.unit} | {about.meaning} |"
        for about in (metric.value for metric in Metric)
    ]
    rows += [
        f"| `{name}` | {'counter' if name.endswith('_total') else 'gauge'} | | {unit} | {meaning} |"
        for name, (unit, meaning) in PROCESS.items()
    ]
    return HEAD + "\n".join(rows) + "\n"


HEAD = """# Metrics

Each worker serves these at `http://127.0.0.1:16066/metrics` (`NINGMAI_WORKER_PORT`; loopback
only) in Prometheus' text format; one started with `--without-web` serves none. `kind` is the event
kind. This page is printed by `python -m streams.metrics` from `streams/metrics.py`.

Worth an alert: `ningmai_audit_difference` other than 0; `ningmai_lag_offsets` that only grows;
`ningmai_waiting_seconds_total` that grows; more `ningmai_dead_letters_total` than usual;
`ningmai_audit_timestamp_seconds` older than five minutes.

| metric | type | labels | unit | meaning |
|---|---|---|---|---|
"""

if __name__ == "__main__":
    print(markdown(), end="")
