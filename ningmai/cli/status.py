"""``ningmai status``."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import typer

from ningmai.cli.options import DataDir, Json, reached
from ningmai.cli.output import out, print_json

if TYPE_CHECKING:
    from ningmai.settings import Settings

LAST_SEEN = "SELECT topic, last_appended FROM freshness ORDER BY topic"
AUDIT = """
SELECT topic, toTimeZone(last_audit, 'UTC') AS at, blocks, unaccounted, missing, difference
FROM audits ORDER BY topic
"""
CORRECTIONS = """
SELECT topic, state, count() AS retractions FROM corrections
WHERE state != 'counted' GROUP BY topic, state ORDER BY topic, state
"""
WRONG = ("unaccounted", "missing", "difference")


def status(as_json: Json = False, data_dir: DataDir = None) -> None:
    """Each part with its port and state, the lag of each partition, the last event, the audit.

    Retractions that don't count (second) or don't fit (unknown, differs) are told where there are.

    The audit is the worker's last one: of the blocks sealed within an hour, what differs between
    log, raw and rollups. The exit status is 0 if every part runs (or is run elsewhere), else 1.
    """
    from ningmai.stack import control

    settings = reached(data_dir)
    parts = [asdict(part) for part in control.status(settings)]
    flow = _flow(settings, {str(part["name"]): part["state"] == "stopped" for part in parts})
    found = {"parts": parts, **flow}
    if as_json:
        print_json(found)
    else:
        _show(found)
    raise typer.Exit(int(any(part["state"] in ("starting", "stopped") for part in parts)))


def _flow(settings: "Settings", stopped: dict[str, bool]) -> dict[str, Any]:
    """Lag and last events; nothing of what cannot be asked because its part does not run."""
    from clickhouse.client import connect, errors_sorted
    from clickhouse.errors import ClickHouseError
    from ningmai.lag import lags
    from schemas.errors import KafkaUnavailable

    found: dict[str, Any] = {"partitions": [], "last_seen": {}, "audit": [], "corrections": []}
    if stopped["clickhouse"]:
        return found
    try:
        client = connect(settings)
        with errors_sorted():
            found["last_seen"] = {row[0]: row[1] for row in client.query(LAST_SEEN).result_rows}
            found["audit"] = list(client.query(AUDIT).named_results())
            found["corrections"] = list(client.query(CORRECTIONS).named_results())
        if not stopped["kafka"]:
            found["partitions"] = [
                {**asdict(each), "lag": each.lag} for each in lags(settings, client)
            ]
    except (ClickHouseError, KafkaUnavailable) as error:
        found["problem"] = str(error).splitlines()[0]
    return found


def _show(found: dict[str, Any]) -> None:
    from rich.table import Table

    screen = out()
    parts = Table("part", "state", "port", "pid")
    for part in found["parts"]:
        parts.add_row(part["name"], part["state"], *(str(part[n] or "") for n in ("port", "pid")))
    screen.print(parts)
    if found["partitions"]:
        topics = Table("topic", "#", "Kafka", "ClickHouse", "lag", "last event (UTC)")
        for each in found["partitions"]:
            seen = found["last_seen"].get(each["kind"], "")
            numbers = (f"{each[name]:,}" for name in ("partition", "end", "done", "lag"))
            topics.add_row(each["kind"], *numbers, f"{seen:%Y-%m-%d %H:%M:%S}" if seen else "")
        screen.print(topics)
    for each in found["audit"]:
        wrong = {name: each[name] for name in WRONG if each[name]}
        said = f"differs: {wrong}" if wrong else f"{each['blocks']:,} blocks agree"
        at = f"{each['at']:%H:%M:%S} UTC"
        screen.print(f"audit of {each['topic']}, {at}: {said}", style="red" if wrong else None)
    for each in found["corrections"]:
        what = f"retractions of {each['topic']}: {each['retractions']:,} {each['state']}"
        screen.print(f"{what} (see the view corrections)", style="yellow")
    if "problem" in found:
        screen.print(found["problem"], style="red", markup=False)
