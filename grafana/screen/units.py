"""Numbers and times as Grafana's units write them, with Chinese words for times."""

import math
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, time, tzinfo
from decimal import ROUND_HALF_UP, Context, Decimal

from grafana.screen import formats

Number = int | float | Decimal
WIDE = Context(prec=700, rounding=ROUND_HALF_UP)
"""Enough for every number that ClickHouse has."""
LOCALE_DECIMALS = 3
PER_SECOND = {
    "cps": "c/s",
    "ops": "ops/s",
    "reqps": "req/s",
    "rps": "rd/s",
    "wps": "wr/s",
    "iops": "io/s",
    "eps": "evt/s",
    "mps": "msg/s",
    "recps": "rec/s",
    "opm": "ops/m",
}
SECONDS = (
    (Decimal("1e-6"), Decimal("1e-9"), "纳秒"),
    (Decimal("1e-3"), Decimal("1e-6"), "微秒"),
    (Decimal(1), Decimal("1e-3"), "毫秒"),
    (Decimal(60), Decimal(1), "秒"),
    (Decimal(3600), Decimal(60), "分钟"),
    (Decimal(86400), Decimal(3600), "小时"),
    (Decimal(604800), Decimal(86400), "天"),
    (Decimal(31536000), Decimal(604800), "周"),
    (Decimal("Infinity"), Decimal(31536000), "年"),
)
"""(below this many seconds, in units of so many, called)."""
IN_SECONDS = {
    "ns": "1e-9",
    "µs": "1e-6",
    "ms": "1e-3",
    "s": "1",
    "m": "60",
    "h": "3600",
    "d": "86400",
}
BOOLEANS = {"bool": ("是", "否"), "bool_yes_no": ("是", "否"), "bool_on_off": ("开", "关")}
TIMES = frozenset(
    {"dateTimeAsIso", "dateTimeAsIsoNoDateIfToday", "dateTimeAsSystem", "dateTimeFromNow"}
)
PATTERN = "YYYY-MM-DD HH:mm:ss"


def written(value: Number, unit: str = "", decimals: int | None = None) -> str:
    """A finite number with its unit; as many decimals as Grafana finds fit where none are stated.

    A unit that is not known stands behind the number as it is called.
    """
    exact = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    if unit in SIMPLE:
        return SIMPLE[unit](exact, decimals)
    if unit in IN_SECONDS:
        return _lasting(WIDE.multiply(exact, Decimal(IN_SECONDS[unit])), decimals)
    if unit in PER_SECOND:
        return _counted(exact, decimals, PER_SECOND[unit])
    kind, colon, own = unit.partition(":")
    if colon and kind == "prefix":
        return f"{own}{fixed(exact, decimals)}"
    if colon and kind == "count":
        return _counted(exact, decimals, own)
    if kind.startswith("currency"):
        symbol = own or {"CNY": "¥", "USD": "$", "EUR": "€"}.get(kind[8:], kind[8:])
        return symbol + _scaled(exact, decimals, 1000, ("", "K", "M", "B", "T"))
    return f"{fixed(exact, decimals)} {own if colon and kind == 'suffix' else unit}"


def fixed(value: Decimal, decimals: int | None = None) -> str:
    """A number with so many decimals, halves away from zero."""
    places = _fitting(value) if decimals is None else max(0, decimals)
    return f"{value.quantize(Decimal(1).scaleb(-places), context=WIDE):f}"


def _fitting(value: Decimal) -> int:
    """Decimals that show two or three digits that matter; none of a whole number."""
    if value == value.to_integral_value(context=WIDE):
        return 0
    places = 1 - value.adjusted()
    return max(0, places + 1 if value.scaleb(places) > Decimal("2.25") else places)


def _grouped(value: Decimal, decimals: int | None) -> str:
    places = LOCALE_DECIMALS if decimals is None else max(0, decimals)
    text = f"{value.quantize(Decimal(1).scaleb(-places), context=WIDE):,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _scaled(value: Decimal, decimals: int | None, by: int, marks: Sequence[str]) -> str:
    steps = 0
    while abs(value) >= by and steps < len(marks) - 1:
        value, steps = WIDE.divide(value, Decimal(by)), steps + 1
    return fixed(value, decimals) + marks[steps]


def _scaling(by: int, marks: Sequence[str]) -> Callable[[Decimal, int | None], str]:
    return lambda value, decimals: _scaled(value, decimals, by, marks)


def _counted(value: Decimal, decimals: int | None, symbol: str) -> str:
    return f"{_scaled(value, decimals, 1000, ('', 'K', 'M', 'B', 'T'))} {symbol}"


def _lasting(seconds: Decimal, decimals: int | None) -> str:
    if not seconds:
        return "0 秒"
    length, name = next((one, name) for limit, one, name in SECONDS if abs(seconds) < limit)
    return f"{fixed(WIDE.divide(seconds, length), decimals)} {name}"


def _percent(value: Decimal, decimals: int | None) -> str:
    return f"{fixed(value, decimals)}%"


_SHORT = ("", " K", " Mil", " Bil", " Tri", " Quadr", " Quint", " Sext", " Sept")
_DECIMAL, _BINARY = ("", "k", "M", "G", "T", "P"), ("", "Ki", "Mi", "Gi", "Ti", "Pi")
SIMPLE: Mapping[str, Callable[[Decimal, int | None], str]] = {
    "": fixed,
    "none": fixed,
    "string": fixed,
    "short": _scaling(1000, _SHORT),
    "locale": _grouped,
    "percent": _percent,
    "percentunit": lambda value, decimals: _percent(value * 100, decimals),
    "bytes": _scaling(1024, [f" {mark}B" for mark in _BINARY]),
    "decbytes": _scaling(1000, [f" {mark}B" for mark in _DECIMAL]),
    "binBps": _scaling(1024, [f" {mark}B/s" for mark in _BINARY]),
    "Bps": _scaling(1000, [f" {mark}B/s" for mark in _DECIMAL]),
}


def is_time(unit: str) -> bool:
    """Whether a unit makes a time of a number of milliseconds."""
    return unit in TIMES or unit.startswith("time:")


def moment(value: date | Number, zone: tzinfo) -> datetime:
    """A time in the zone; a number is in milliseconds, a day begins where it is shown.

    A time that knows no zone is in UTC.
    """
    if isinstance(value, datetime):
        return (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(zone)
    if isinstance(value, date):
        return datetime.combine(value, time(), zone)
    return datetime.fromtimestamp(float(value) / 1000, zone)


def written_time(value: date | Number, unit: str, zone: tzinfo, now: datetime) -> str:
    """A time with its unit; a day without one is only a day."""
    if isinstance(value, date) and not isinstance(value, datetime) and not unit:
        return value.isoformat()
    at = moment(value, zone)
    if unit == "dateTimeFromNow":
        return _away((now - at).total_seconds())
    pattern = unit.removeprefix("time:") if unit.startswith("time:") else PATTERN
    if unit == "dateTimeAsIsoNoDateIfToday" and at.date() == now.astimezone(zone).date():
        pattern = "HH:mm:ss"
    return formats.date(str(math.floor(at.timestamp() * 1000)), pattern, zone)


def _away(seconds: float) -> str:
    """``3 分钟前``, ``2 天后``."""
    direction = "前" if seconds >= 0 else "后"
    if abs(seconds) < 1:
        return "刚刚"
    exact = Decimal(int(abs(seconds)))
    length, name = next((one, name) for limit, one, name in SECONDS if exact < limit)
    return f"{int(exact // length)} {name}{direction}"


def boolean(value: bool, unit: str) -> str:
    """Yes or no, as the unit calls it; ``bool:开/关`` has words of its own."""
    own = re.fullmatch(r"bool:([^/]*)(?:/(.*))?", unit)
    yes, no = (own[1], own[2] or "-") if own else BOOLEANS.get(unit, BOOLEANS["bool"])
    return yes if value else no
