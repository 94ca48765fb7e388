"""What events add up to: pure functions from a frame of events to totals by minute, hour and day.

Totals are absolute within a block of the log, so that writing them twice changes nothing. Hours are
summed from minutes and days from hours: one pass over the events serves the three grains.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

MINUTE_MS = 60_000
# Asia/Shanghai is eight hours ahead of UTC in every year that an event may be of (2000 and later).
SHANGHAI_MINUTES = 480
GRAINS: Mapping[str, tuple[int, int]] = {
    "minute": (1, 0),
    "hour": (60, 0),
    "day": (1440, SHANGHAI_MINUTES),
}


@dataclass(frozen=True, slots=True)
class Rollup:
    """What is counted of one kind: its dimensions, and the fields summed beside the events.

    ``definition`` is the version with which an installation begins: raise it when dimensions or
    measures change. `ningmai rebuild` makes others (streams/definitions.py).
    """

    kind: str
    dimensions: tuple[str, ...]
    measures: tuple[str, ...] = ()
    definition: int = 1

    @property
    def keys(self) -> tuple[str, ...]:
        """Columns that tell the totals of a block apart."""
        return ("kafka_partition", "block", "bucket", "source", "origin", *self.dimensions)

    @property
    def sums(self) -> tuple[str, ...]:
        """Columns that are summed."""
        return ("events", *self.measures)

    @property
    def shape(self) -> str:
        """What tells one way of counting from another: dimensions | measures."""
        return f"{','.join(self.dimensions)}|{','.join(self.measures)}"

    @property
    def columns(self) -> tuple[str, ...]:
        """Fields of an event that counting it takes."""
        own = (*self.dimensions, *self.measures)
        return ("event_id", "occurred_at", "source", "origin", "sign", *own)


def by_minute(events: pl.DataFrame, rollup: Rollup) -> pl.DataFrame:
    """Totals of counted events by partition, block, minute of occurred_at and dimensions.

    ``events`` has rollup.columns, ``kafka_partition`` and ``block``. The result has rollup.keys,
    ``bucket`` in whole minutes since 1970 UTC, and rollup.sums: sums of sign times the field, to
    which null adds nothing.
    """
    signed = [(pl.col("sign") * pl.col(m)).alias(m) for m in rollup.measures]
    return (
        events.select(
            "kafka_partition",
            "block",
            (pl.col("occurred_at") // MINUTE_MS).alias("bucket"),
            "source",
            "origin",
            *rollup.dimensions,
            pl.col("sign").cast(pl.Int64).alias("events"),
            *signed,
        )
        .group_by(rollup.keys)
        .agg(pl.col(rollup.sums).sum())
    )


def merged(totals: Sequence[pl.DataFrame], rollup: Rollup) -> pl.DataFrame:
    """Totals of the same grain added up by key."""
    return pl.concat(totals).group_by(rollup.keys).agg(pl.col(rollup.sums).sum())


def coarser(totals: pl.DataFrame, rollup: Rollup, grain: str) -> pl.DataFrame:
    """Totals by the minute or hour, summed by a grain that holds them whole."""
    width, ahead = GRAINS[grain]
    bucket = (pl.col("bucket") + ahead) // width * width - ahead
    return totals.with_columns(bucket=bucket).group_by(rollup.keys).agg(pl.col(rollup.sums).sum())


def grains(
    totals: pl.DataFrame, changed: pl.DataFrame | None, rollup: Rollup
) -> dict[str, pl.DataFrame]:
    """The rows to write of each grain: all totals, or only those that ``changed`` touches.

    Both are by minute; ``changed`` needs the keys alone.
    """
    rows = {}
    for grain in GRAINS:
        if grain != "minute":
            totals = coarser(totals, rollup, grain)
            changed = None if changed is None else coarser(changed, rollup, grain)
        rows[grain] = totals
        if changed is not None:
            rows[grain] = totals.join(changed, on=rollup.keys, how="semi", nulls_equal=True)
    return rows
