"""The audit, all the time: log, raw and rollups agree block by block, or somebody hears of it."""

import logging
from dataclasses import dataclass
from datetime import datetime
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

    Blocks; raises clickhouse.errors.Unavailable.
    """
    with errors_sorted():
        rows = client.query(
            "SELECT topic, blocks, unaccounted, missing, difference "
            f"FROM {database}.audit(since = '{since:%Y-%m-%d %H:%M:%S}')"
        ).result_rows
    found = [Audit(str(kind), *map(int, counts)) for kind, *counts in rows]
    for each in found:
        _tell(each)
        if not each.clean:
            log.error("The audit of %s differs: %s", each.kind, each)
    metrics.put(Metric.AUDIT_AT, time())
    return found


def _tell(found: Audit) -> None:
    metrics.put(Metric.AUDITED, found.blocks, found.kind)
    for between in ("unaccounted", "missing", "difference"):
        metrics.put(Metric.DIFFERENCE, getattr(found, between), found.kind, between)
