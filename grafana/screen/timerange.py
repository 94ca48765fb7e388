"""Time ranges as Grafana writes them: ``now-6h``, ``now/d``, ISO, milliseconds since 1970."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

MATH = re.compile(r"(?P<sign>[+-])(?P<count>\d{0,9})(?P<unit>[smhdwMyQ])|/1?(?P<to>[smhdwMyQ])")
SPAN = {"s": timedelta(seconds=1), "m": timedelta(minutes=1), "h": timedelta(hours=1)}
DAYS = {"d": 1, "w": 7}
MONTHS = {"M": 1, "Q": 3, "y": 12}
MILLISECOND = timedelta(milliseconds=1)
SECOND, MINUTE, HOUR, DAY = 1, 60, 3600, 86400
# An interval below the first number of seconds becomes the second one; above all of them, a year.
ROUNDED = (
    (1.5, SECOND),
    (3.5, 2 * SECOND),
    (7.5, 5 * SECOND),
    (12.5, 10 * SECOND),
    (17.5, 15 * SECOND),
    (25, 20 * SECOND),
    (45, 30 * SECOND),
    (90, MINUTE),
    (210, 2 * MINUTE),
    (450, 5 * MINUTE),
    (750, 10 * MINUTE),
    (1050, 15 * MINUTE),
    (1500, 20 * MINUTE),
    (2700, 30 * MINUTE),
    (5400, HOUR),
    (9000, 2 * HOUR),
    (16200, 3 * HOUR),
    (32400, 6 * HOUR),
    (86400, 12 * HOUR),
    (604800, DAY),
    (1814400, 7 * DAY),
    (3628800, 30 * DAY),
)
YEAR = 365 * DAY


class BadTime(ValueError):
    """A viewer asked for a time that cannot be read; its text is for them."""


@dataclass(frozen=True)
class TimeRange:
    """What a board shows: both ends are in it, and know their zone."""

    start: datetime
    end: datetime


def parse(expr: str, now: datetime, zone: ZoneInfo, *, end: bool) -> datetime:
    """The instant that an expression means, in ``zone``; ``now`` is any aware time.

    ``end``: it is the end of a range, so that ``/d`` goes to the day's last millisecond and not to
    its first. Months are calendar months, weeks begin on Monday, days are as long as the zone says.
    Raises BadTime.
    """
    text = re.sub(r"\s", "", expr)
    try:
        if text.startswith("now"):
            return _calculated(now.astimezone(zone), text[3:], end=end)
        start, _, math = text.partition("||")
        return _calculated(_absolute(start, zone), math, end=end)
    except (ValueError, OverflowError, OSError) as error:
        raise BadTime(f"看不懂的时间：{expr}") from error


def interval_seconds(range: TimeRange, max_data_points: int = 1000, minimum: int = 1) -> int:
    """How long one point of a chart lasts, in whole seconds, rounded as ``$__interval`` is."""
    exact = (range.end - range.start).total_seconds() / max(1, max_data_points)
    rounded = next((length for limit, length in ROUNDED if exact < limit), YEAR)
    return max(rounded, minimum, 1)


def _absolute(text: str, zone: ZoneInfo) -> datetime:
    if re.fullmatch(r"-?\d+", text) and len(text) != len("20200901"):
        return datetime.fromtimestamp(0, zone) + timedelta(milliseconds=int(text))
    found = datetime.fromisoformat(text)
    return found.astimezone(zone) if found.tzinfo else found.replace(tzinfo=zone)


def _calculated(time: datetime, math: str, *, end: bool) -> datetime:
    at = 0
    while at < len(math):
        step = MATH.match(math, at)
        if not step:
            raise ValueError(math)
        at = step.end()
        if step["to"]:
            time = _rounded(time, step["to"], end=end)
        else:
            count = int(step["count"] or 1)
            time = _moved(time, step["unit"], -count if step["sign"] == "-" else count)
    return time


def _moved(time: datetime, unit: str, count: int) -> datetime:
    if unit in SPAN:
        return (time.astimezone(UTC) + count * SPAN[unit]).astimezone(time.tzinfo)
    if unit in DAYS:
        return _real(time + timedelta(days=count * DAYS[unit]))
    month = time.year * 12 + time.month - 1 + count * MONTHS[unit]
    year, month = month // 12, month % 12 + 1
    day = min(time.day, monthrange(year, month)[1])
    return _real(time.replace(year=year, month=month, day=day))


def _rounded(time: datetime, unit: str, *, end: bool) -> datetime:
    start = _start(time, unit)
    if not end:
        return start
    following = _moved(start, unit, 1)
    return (following.astimezone(UTC) - MILLISECOND).astimezone(time.tzinfo)


def _start(time: datetime, unit: str) -> datetime:
    whole = time.replace(microsecond=0)
    if unit == "s":
        return whole
    if unit == "m":
        return whole.replace(second=0)
    if unit == "h":
        return whole.replace(second=0, minute=0)
    midnight = whole.replace(second=0, minute=0, hour=0, fold=0)
    if unit == "w":
        midnight -= timedelta(days=midnight.weekday())
    elif unit in MONTHS:
        month = {"M": time.month, "Q": (time.month - 1) // 3 * 3 + 1, "y": 1}[unit]
        midnight = midnight.replace(month=month, day=1)
    return _real(midnight)


def _real(time: datetime) -> datetime:
    """The same, moved out of the hour that a zone leaves out in spring."""
    return time.astimezone(UTC).astimezone(time.tzinfo)
