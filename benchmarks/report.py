"""What a run found: a table for people, and results.json for programs."""

import json
import os
import platform
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any

from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from benchmarks.measure import Measured

RESULTS = Path(__file__).with_name("results.json")
PACKAGES = ("faust-streaming", "aiokafka", "confluent-kafka", "polars", "clickhouse-connect")


def summary(rounds: Mapping[str, Sequence[Measured]]) -> list[dict[str, Any]]:
    """A contestant a row: medians, and the least and the greatest rate."""
    rows = []
    for name, each in rounds.items():
        rates = [one.events / one.cpu_seconds for one in each]
        rows.append(
            {
                "name": name,
                "events": each[0].events,
                "cpu_seconds": round(median(one.cpu_seconds for one in each), 3),
                "wall_seconds": round(median(one.wall_seconds for one in each), 3),
                "events_per_cpu_second": round(median(rates)),
                "least": round(min(rates)),
                "greatest": round(max(rates)),
                "rounds": len(each),
            }
        )
    return rows


def show(rows: Sequence[Mapping[str, Any]], console: Console) -> None:
    """The table, fastest first."""
    rates = {row["name"]: row["events_per_cpu_second"] for row in rows}
    table = Table(
        box=SIMPLE,
        pad_edge=False,
        collapse_padding=True,
        title="events per CPU second, median of the rounds",
    )
    for heading in ("", "events/CPU s", "spread", "CPU s", "wall s", "× aiokafka", "× faust"):
        table.add_column(heading, justify="right" if heading else "left", no_wrap=True)
    for row in sorted(rows, key=lambda row: -row["events_per_cpu_second"]):
        rate = row["events_per_cpu_second"]
        table.add_row(
            row["name"],
            f"{rate:,}",
            f"{(row['greatest'] - row['least']) / rate:.0%}",
            f"{row['cpu_seconds']:.2f}",
            f"{row['wall_seconds']:.2f}",
            _ratio(rate, rates.get("limit-aiokafka"), 2),
            _ratio(rate, rates.get("faust"), 0),
        )
    console.print(table)


def write(path: Path, rows: Sequence[Mapping[str, Any]], run: Mapping[str, Any]) -> None:
    """Puts the rows, how they came about and on what, into a file."""
    machine = {
        "cpus": os.cpu_count(),
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "packages": {name: version(name) for name in PACKAGES},
    }
    told = {"throughput": rows, "run": run, "machine": machine}
    for name, found in told.items():
        put(path, name, found)


def put(path: Path, name: str, found: Any) -> None:
    """Puts one thing that was found into a file beside what is there already."""
    there = json.loads(path.read_text("utf-8")) if path.exists() else {}
    told = there | {name: found}
    path.write_text(json.dumps(told, indent=2, ensure_ascii=False) + "\n", "utf-8")


def _ratio(rate: float, of: float | None, digits: int) -> str:
    return f"{rate / of:,.{digits}f}" if of else ""
