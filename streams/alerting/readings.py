"""What a rule reads off a subject's totals: how much, how much is usual, and where the limit is.

Totals are whole numbers of events by quarter of an hour, oldest first. Every reading at a tick
looks at the quarters that are over by then and at nothing later, so it is the same whenever.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

STEP_SECONDS = 900
"""Length of a tick: rolling windows move by a quarter of an hour."""
HOUR = 3600 // STEP_SECONDS
DAY = 24 * HOUR
WEEK = 7 * DAY

WEEKS = (1, 2, 3, 4)
LEAST_WEEKS = 2
"""A habit of the week is known from two weeks on, as in the view quiet_sources."""
DAYS = 28
LEAST_DAYS = 7
"""A habit of the day is known from seven days on, as in the view calls_against_habit."""
GRACE_HOURS = 2.0
"""Quiet so much longer than ever at this hour of the week."""
BEHIND_HOURS = 24.0
"""No upload for so much longer than ever in four weeks: one more morning."""
DEVIATIONS = 6.0
"""Twice what calls_against_habit calls at_most: chance exceeds three deviations of an hour in some
of a month's thousands of windows, and six in none."""
ENOUGH_PAYMENTS = 20.0
"""Payments usual in an hour below which too few say nothing."""
FAILING_SHARE = 0.2
MENDED_SHARE = 0.5

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Readings:
    """One value a tick. Where nothing is known of the habit, neither ``over`` nor ``calm``."""

    measured: Floats
    usual: Floats
    limit: Floats
    over: Flags
    """Beyond the limit."""
    calm: Flags
    """Well within it: between the two, nothing changes."""


def quiet(totals: Ints) -> Readings:
    """Hours without an event, against the longest at this hour of the week in four weeks."""
    measured = _hours_since_last(totals)
    past = np.stack([_back(measured, week * WEEK) for week in WEEKS])
    usual = _most(past, LEAST_WEEKS)
    return _above(measured, usual, usual + GRACE_HOURS, calm_below=1.0)


def behind(totals: Ints) -> Readings:
    """Hours without an upload, against the longest pause that ended in the past four weeks."""
    measured = _hours_since_last(totals)
    usual = _longest_pause(totals, measured)
    return _above(measured, usual, usual + BEHIND_HOURS, calm_below=1.0 + BEHIND_HOURS)


def crowded(totals: Ints) -> Readings:
    """Events of the past hour, against the mean at this time of the day over 28 days."""
    measured = _of_the_hour(totals)
    days = np.stack([_back(measured, day * DAY) for day in range(1, DAYS + 1)])
    usual = _mean(days, LEAST_DAYS)
    margin = DEVIATIONS * np.sqrt(np.maximum(usual, 1.0))
    found = _above(measured, usual, usual + margin, calm_below=0.0)
    return Readings(measured, usual, found.limit, found.over, measured < usual + margin / 2)


def failing(totals: Ints) -> Readings:
    """Payments of the past hour, far fewer than the mean of this hour of the week.

    A payment that is taken back counts on neither side: payments that fail and are reversed are as
    many as none.
    """
    measured = _of_the_hour(totals)
    usual = _mean(np.stack([_back(measured, week * WEEK) for week in WEEKS]), LEAST_WEEKS)
    enough = usual >= ENOUGH_PAYMENTS
    limit = usual * FAILING_SHARE
    return Readings(
        measured,
        usual,
        limit,
        enough & (measured < limit),
        enough & (measured > usual * MENDED_SHARE),
    )


def _above(measured: Floats, usual: Floats, limit: Floats, calm_below: float) -> Readings:
    # Comparisons with an unknown (NaN) are false.
    calm = measured < np.where(np.isnan(limit), 0.0, calm_below)
    return Readings(measured, usual, limit, measured > limit, calm)


def _hours_since_last(totals: Ints) -> Floats:
    """Whole quarters since the last one with an event, in hours; NaN before the first."""
    ticks = np.arange(len(totals))
    last = np.maximum.accumulate(np.where(totals > 0, ticks, -1))
    return np.where(last < 0, np.nan, (ticks - last) / HOUR)


def _longest_pause(totals: Ints, measured: Floats) -> Floats:
    """At each tick: the longest pause that an event ended in four weeks; NaN in the first two."""
    ended = np.zeros(len(totals))
    heard = np.flatnonzero(totals > 0)
    if not len(heard):
        return np.full(len(totals), np.nan)
    ended[heard[1:]] = np.diff(heard) / HOUR
    longest: Floats = np.array(
        [ended[max(0, at - 4 * WEEK) : at + 1].max() for at in range(len(ended))]
    )
    longest[: heard[0] + LEAST_WEEKS * WEEK] = np.nan
    longest[np.isnan(measured)] = np.nan
    return longest


def _of_the_hour(totals: Ints) -> Floats:
    """Sum of the four quarters up to each tick; NaN before there are four since the first event."""
    sums: Ints = np.cumsum(np.concatenate([np.zeros(HOUR, np.int64), totals]))
    hours: Floats = (sums[HOUR:] - sums[:-HOUR]).astype(np.float64)
    heard = np.flatnonzero(totals != 0)
    hours[: (heard[0] if len(heard) else len(totals)) + HOUR - 1] = np.nan
    return hours


def _back(values: Floats, ticks: int) -> Floats:
    """The values of so many ticks before; NaN before the first."""
    found = np.full(len(values), np.nan)
    found[ticks:] = values[: max(0, len(values) - ticks)]
    return found


def _mean(past: Floats, least: int) -> Floats:
    known = np.sum(~np.isnan(past), axis=0)
    return np.where(known >= least, np.nansum(past, axis=0) / np.maximum(known, 1), np.nan)


def _most(past: Floats, least: int) -> Floats:
    known = np.sum(~np.isnan(past), axis=0)
    longest: Floats = np.nan_to_num(past, nan=0.0).max(axis=0)
    return np.where(known >= least, longest, np.nan)
