"""How a column or series is shown: Grafana's field configuration, and what it makes of values."""

import dataclasses
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from decimal import Decimal
from typing import Any, Literal
from zoneinfo import ZoneInfo

from grafana.screen import palette, units
from grafana.screen.board import TIMEZONE, Panel

Kind = Literal["number", "string", "time", "other"]
Json = Mapping[str, Any]
ZONE = ZoneInfo(TIMEZONE)
BY_THRESHOLDS = frozenset({"stat", "bargauge", "table", "state-timeline"})
"""Panel types whose values take the colour of their threshold where the dashboard says nothing."""


@dataclass(frozen=True)
class Thresholds:
    """From each value on, a colour; the first has None and holds for all below.

    ``percentage``: the values are percent of the way from the field's min to its max.
    """

    steps: tuple[tuple[float | None, str], ...] = ()
    percentage: bool = False


@dataclass(frozen=True)
class Field:
    """How a column is shown, overrides included; ``title`` is what people call it."""

    name: str
    title: str
    kind: Kind
    unit: str = ""
    decimals: int | None = None
    min: float | None = None
    max: float | None = None
    no_value: str = ""
    mappings: tuple[Json, ...] = ()
    thresholds: Thresholds = Thresholds()
    color_mode: str = "thresholds"
    fixed_color: str | None = None
    custom: Json = dataclasses.field(default_factory=dict)
    links: tuple[Json, ...] = ()
    index: int = 0
    zone: tzinfo = ZONE


@dataclass(frozen=True)
class Shown:
    """What people see of a value; no colour is the colour of all text."""

    text: str
    colour: str | None


def field(panel: Panel, name: str, kind: Kind, index: int, ref_id: str = "") -> Field:
    """How a panel shows the column of that name: its defaults, then each override that fits.

    ``index`` counts the panel's series, ``ref_id`` is the query that gave the column, if known.
    """
    found: dict[str, Any] = {}
    for path, value in _properties(panel, name, kind, ref_id):
        if path == "custom":
            found["custom"] = {**found.get("custom", {}), **value}
        elif path.startswith("custom."):
            found["custom"] = {**found.get("custom", {}), path[len("custom.") :]: value}
        else:
            found[path] = value
    color = found.get("color") or {}
    default = "thresholds" if panel.type in BY_THRESHOLDS else "palette-classic"
    return Field(
        name=name,
        title=(found.get("displayName") or name).replace("${__field.name}", name),
        kind=kind,
        unit=found.get("unit") or "",
        decimals=found.get("decimals"),
        min=found.get("min"),
        max=found.get("max"),
        no_value=found.get("noValue") or "",
        mappings=tuple(found.get("mappings") or ()),
        thresholds=_thresholds(found.get("thresholds") or {}),
        color_mode=color.get("mode") or default,
        fixed_color=palette.colour(color["fixedColor"]) if color.get("fixedColor") else None,
        custom=found.get("custom", {}),
        links=tuple(found.get("links") or ()),
        index=index,
    )


def _properties(panel: Panel, name: str, kind: Kind, ref_id: str) -> Iterator[tuple[str, Any]]:
    yield from panel.defaults.items()
    for override in panel.overrides:
        if _fits(override["matcher"], panel, name, kind, ref_id):
            for stated in override.get("properties") or ():
                yield stated["id"], stated.get("value")


def _fits(matcher: Json, panel: Panel, name: str, kind: Kind, ref_id: str) -> bool:
    how, wanted = matcher["id"], str(matcher.get("options"))
    if how == "byName":
        return wanted == name
    if how == "byRegexp":
        return pattern(wanted).search(name) is not None
    if how == "byType":
        return wanted == kind
    if how == "byFrameRefID":
        given = {ref_id} if ref_id else {target.ref_id for target in panel.targets}
        return given == {wanted}
    return False


def pattern(text: str) -> re.Pattern[str]:
    """A regular expression as dashboards write it: ``/…/i``, or a bare one for the whole text."""
    slashed = re.fullmatch(r"/(.*)/([a-z]*)", text, re.DOTALL)
    if not slashed:
        return re.compile(f"^(?:{text})$")
    return re.compile(slashed[1], re.IGNORECASE if "i" in slashed[2] else 0)


def _thresholds(stated: Json) -> Thresholds:
    steps = tuple(
        (step.get("value"), palette.colour(step["color"]) or "inherit")
        for step in stated.get("steps") or ()
    )
    return Thresholds(steps, stated.get("mode") == "percentage")


def shown(field: Field, value: Any, now: datetime | None = None) -> Shown:
    """What people see: the mapping that fits, else the value with its unit, else ``no_value``.

    Its colour is the mapping's, else the threshold's or the fixed one; none where colours go by
    series. ``now`` is for units that count from it.
    """
    result = _mapped(field.mappings, value)
    colour = palette.colour(result["color"]) if result.get("color") else _colour(field, value)
    if result.get("text"):
        return Shown(result["text"], colour)
    text = "" if missing(value) else _text(field, value, now or datetime.now(UTC))
    return Shown(text or field.no_value, colour)


def missing(value: Any) -> bool:
    """Null, or not a number where one was computed."""
    return value is None or _is_nan(value)


def _is_nan(value: Any) -> bool:
    return isinstance(value, (float, Decimal)) and math.isnan(value)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float, Decimal)) and not isinstance(value, bool)


def _text(field: Field, value: Any, now: datetime) -> str:
    if isinstance(value, bool):
        return units.boolean(value, field.unit)
    if isinstance(value, date):
        unit = field.unit if units.is_time(field.unit) else ""
        return units.written_time(value, unit, field.zone, now)
    if not _is_number(value):
        return str(value)
    if math.isinf(value):
        return "∞" if value > 0 else "-∞"
    if units.is_time(field.unit):
        return units.written_time(value, field.unit, field.zone, now)
    return units.written(value, field.unit, field.decimals)


def _colour(field: Field, value: Any) -> str | None:
    if field.color_mode == "fixed":
        return field.fixed_color
    if field.color_mode != "thresholds" or not field.thresholds.steps:
        return None
    number = float(value) if _is_number(value) and not missing(value) else -math.inf
    return _reached(field, number)


def _reached(field: Field, number: float) -> str | None:
    if field.thresholds.percentage and math.isfinite(number):
        low, high = field.min, field.max
        known = low is not None and high is not None and high > low
        number = 100 * (number - low) / (high - low) if known else -math.inf  # type: ignore[operator] # known says so
    steps = field.thresholds.steps
    colour = steps[0][1]
    for start, of in steps[1:]:
        if start is not None and number >= start:
            colour = of
    return None if colour == "inherit" else colour


def _mapped(mappings: Sequence[Json], value: Any) -> Json:
    """The result of the first mapping that fits: ``text`` and ``color``, each if it has one."""
    for mapping in mappings:
        options = mapping.get("options") or {}
        kind = mapping.get("type")
        if kind == "special" and _special(options.get("match"), value):
            return options.get("result") or {}
        if value is None:
            continue
        if kind == "value" and key(value) in options:
            return options[key(value)]  # type: ignore[no-any-return] # JSON
        if kind == "range" and _in_range(options, value):
            return options.get("result") or {}
        if kind == "regex" and isinstance(value, str):
            found = pattern(options["pattern"])
            if found.search(value):
                result = options.get("result") or {}
                return {**result, "text": _replaced(found, result.get("text"), value)}
    return {}


def key(value: Any) -> str:
    """A value as mappings name it: ``5`` for 5.0, ``true`` for True."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (float, Decimal)) and math.isfinite(value):
        plain = format(Decimal(repr(value)) if isinstance(value, float) else value, "f")
        return plain.rstrip("0").rstrip(".") if "." in plain else plain
    return str(value)


def _special(match: str | None, value: Any) -> bool:
    if match == "null":
        return value is None
    if match == "nan":
        return _is_nan(value)
    if match == "null+nan":
        return missing(value)
    if match == "empty":
        return isinstance(value, str) and not value
    return match in ("true", "false") and isinstance(value, bool) and key(value) == match


def _in_range(options: Json, value: Any) -> bool:
    try:
        number = float(value)
    except (TypeError, ValueError):
        return False
    low, high = options.get("from"), options.get("to")
    if isinstance(value, bool) or math.isnan(number):
        return False
    return (low is None or number >= low) and (high is None or number <= high)


def _replaced(found: re.Pattern[str], text: str | None, value: str) -> str | None:
    """The text with ``$1`` for what the pattern's first group found."""
    return found.sub(re.sub(r"\$(\d)", r"\\\1", text.replace("\\", r"\\")), value) if text else None


def colours(panel: Panel, names: Sequence[str]) -> list[str]:
    """The colour of each series: the one fixed for it, else the next that none is fixed to."""
    found = [field(panel, name, "number", nth) for nth, name in enumerate(names)]
    fixed = [_of_series(one) for one in found]
    free = [colour for colour in palette.PALETTE if colour not in fixed] or list(palette.PALETTE)
    left = iter(range(len(fixed)))
    return [colour or free[next(left) % len(free)] for colour in fixed]


def _of_series(field: Field) -> str | None:
    if field.color_mode == "thresholds":
        return _reached(field, -math.inf) if field.thresholds.steps else None
    return field.fixed_color if field.color_mode == "fixed" else None
