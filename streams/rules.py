"""The rules of schemas/ over whole columns: which events of a frame may break one.

The verdict is schemas.rules' own, event by event; here is only the sieve before it, which lets no
event through that breaks a rule and keeps back few others.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from schemas.errors import RuleBroken
from schemas.rules import (
    AHEAD_DATES,
    AHEAD_DAYS,
    AHEAD_MS,
    DAY_MS,
    EARLIEST_DAY,
    EARLIEST_MS,
    LONGEST,
    SHANGHAI_MS,
    check,
    date_fields,
)
from streams.layouts import Layout

PRINTABLE = rf"^[ -~]{{1,{LONGEST}}}$"
FIRST, LAST = np.uint8(ord(" ")), np.uint8(ord("~"))


def suspects(
    frame: pl.DataFrame, layout: Layout, appended: NDArray[np.int64]
) -> NDArray[np.bool_] | None:
    """Which rows may break a rule; None when none does.

    Limits on time are against the append time of the message (ms), never against a clock.
    """
    times = pl.lit(pl.Series(appended))
    tests = [t for c in frame.columns if (t := _test(frame, c, layout, times)) is not None]
    rows = frame.select(pl.any_horizontal(tests).fill_null(False).alias("rows"))["rows"]
    return rows.to_numpy() if rows.any() else None


def _test(frame: pl.DataFrame, column: str, layout: Layout, appended: pl.Expr) -> pl.Expr | None:
    """True where the column may break a rule, null or False elsewhere; None: it has no rule."""
    value = pl.col(column)
    if column == "occurred_at":
        return (value < EARLIEST_MS) | (value > appended + AHEAD_MS)
    if column == "sign":
        return value != 1  # a retraction must name what it corrects: look at each
    if column in AHEAD_DATES:
        latest = (appended + SHANGHAI_MS) // DAY_MS + AHEAD_DAYS
        return (value < EARLIEST_DAY) | (value > latest)
    if column in date_fields(layout.kind):
        return value < EARLIEST_DAY
    if column in layout.enums:
        return (value < 0) | (value >= len(layout.enums[column]))
    if column == "event_id":
        long = ~value.str.len_bytes().is_between(1, LONGEST)
        return long if _printable(frame[column]) else ~value.str.contains(PRINTABLE)
    if layout.types.get(column) is pl.String:
        longest = LONGEST if column == "source" else 2**31
        return ~value.str.len_bytes().is_between(1, longest)
    least = layout.kind.minimum.get(column)
    return None if least is None else value < least


def _printable(texts: pl.Series) -> bool:
    """Whether all are printable ASCII: one pass over the bytes, a third of what a pattern takes."""
    found = np.frombuffer(texts.str.join("").item().encode(), dtype=np.uint8)
    return not ((found - FIRST) > LAST - FIRST).any()  # what lies below the first wraps round


def verdict(layout: Layout, event: Mapping[str, Any], appended: int) -> str | None:
    """What rule an event breaks, in words for its source (Chinese); None: it is good.

    ``event`` is as its writer's schema has it; what the writer lacks is the reader's default.
    """
    known = {f["name"] for f in layout.kind.schema()["fields"]}
    complete = {**layout.defaults, **{n: v for n, v in event.items() if n in known}}
    try:
        check(layout.kind, complete, appended)
    except RuleBroken as error:
        return f"{error.field}：{error.detail}"
    return None
