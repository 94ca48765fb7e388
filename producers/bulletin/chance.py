"""Chance that comes out the same on every machine and with every version of every library.

Whole numbers only: splitmix64, counted up from a seed, and weights that are whole. numpy's own
generators may change their streams, and an event id must never stand for two events.
"""

import numpy as np
import numpy.typing as npt

from producers.bulletin.month import DAY_MS, OFFSET_MS, Month
from producers.rhythm import HOURS, WEEKDAYS

Int64s = npt.NDArray[np.int64]

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_FIRST = np.uint64(0xBF58476D1CE4E5B9)
_SECOND = np.uint64(0x94D049BB133111EB)
_HOUR_MS = 3_600_000


def draws(seed: int, count: int, below: int) -> Int64s:
    """``count`` whole numbers from 0 to ``below`` − 1, those of this seed."""
    with np.errstate(over="ignore"):
        mixed = np.uint64(seed & (2**64 - 1)) + np.arange(1, count + 1, dtype=np.uint64) * _GOLDEN
        mixed = (mixed ^ (mixed >> np.uint64(30))) * _FIRST
        mixed = (mixed ^ (mixed >> np.uint64(27))) * _SECOND
        mixed ^= mixed >> np.uint64(31)
    return ((mixed >> np.uint64(1)) % np.uint64(below)).astype(np.int64)


def moments(kind: str, month: Month, seed: int, count: int) -> Int64s:
    """``count`` moments of the month, in UTC milliseconds, at times plausible for a kind."""
    weekdays = WEEKDAYS[kind]
    weights = np.array(
        [
            weekdays[(month.first.weekday() + day) % 7] * hour
            for day in range(month.days)
            for hour in HOURS[kind]
        ],
        dtype=np.int64,
    )
    ends = np.cumsum(weights)
    slots = np.searchsorted(ends, draws(seed, count, int(ends[-1])), side="right")
    return month.start_ms + slots * _HOUR_MS + draws(seed + 1, count, _HOUR_MS)


def times_of_day(kind: str, seed: int, count: int) -> Int64s:
    """``count`` times in milliseconds since midnight, at hours plausible for a kind."""
    ends = np.cumsum(np.array(HOURS[kind], dtype=np.int64))
    hours = np.searchsorted(ends, draws(seed, count, int(ends[-1])), side="right")
    times: Int64s = hours * _HOUR_MS + draws(seed + 1, count, _HOUR_MS)
    return times


def midnight(day: int) -> int:
    """Start of a day (days since 1970-01-01) in Asia/Shanghai, in UTC milliseconds."""
    return day * DAY_MS - OFFSET_MS
