"""The audit, all the time: log, raw and rollups agree block by block, or somebody hears of it."""

import logging
from dataclasses import astuple, dataclass
from datetime import UTC, datetime
from time import time

from clickhouse_connect.driver.client import Client

from clickhouse.client import errors_sorted
from streams import metrics
from streams.metrics import Metric

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Audit:
    """What the audit of one kind found over some sealed blocks: all but ``blocks`` are 0."""

    kind: str
    blocks: int
    unaccounted: int
    """Offsets that are neither event, repeat, dead letter nor gap."""
    missing: int
    """Raw rows that the ledger counts and raw has not, or the other way round."""
    difference: int
    """What the rollups add up to more or less than raw."""

    @property
    def clean(self) -> bool:
        """True when nothing differs."""
        return not (self.unaccounted or self.missing or self.difference)


def audit(client: Client, database: str, since: datetime) -> list[Audit]:
    """Audit the blocks appended since; an error in the log for each kind that differs.

    What it finds is kept in audit_log. Blocks; raises clickhouse.errors.Unavailable.
    """
    with errors_sorted():
        rows = client.query(
            "SELECT topic, blocks, unaccounted, missing, difference "
            f"FROM {database}.audit(since = '{since:%Y-%m-%d %H:%M:%S}')"
        ).result_rows
        found = [Audit(str(kind), *map(int, counts)) for kind, *counts in rows]
        _keep(client, database, since, found)
    for each in found:
        _tell(each)
        if not each.clean:
            log.error("The audit of %s differs: %s", each.kind, each)
    metrics.put(Metric.AUDIT_AT, time())
    return found


def _keep(client: Client, database: str, since: datetime, found: list[Audit]) -> None:
    rows = [(each.kind, datetime.now(UTC), since, *astuple(each)[1:]) for each in found]
    columns = ("topic", "audited_at", "since", "blocks", "unaccounted", "missing", "difference")
    client.insert(f"{database}.audit_log", rows, columns)


def _tell(found: Audit) -> None:
    metrics.put(Metric.AUDITED, found.blocks, found.kind)
    for between in ("unaccounted", "missing", "difference"):
        metrics.put(Metric.DIFFERENCE, getattr(found, between), found.kind, between)
