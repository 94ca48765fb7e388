"""A dashboard's variables: what may be chosen, what is, and how it gets into SQL and words."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC
from typing import Any, Literal
from zoneinfo import ZoneInfo

from grafana.screen.board import Option, Variable
from grafana.screen.formats import FORMATS, QUOTING, REFERENCE, date, queryparam
from grafana.screen.timerange import TimeRange

ALL, ALL_TEXT = "$__all", "全部"


@dataclass(frozen=True)
class Chosen:
    """What is chosen of a variable.

    ``values`` are what SQL gets: every option where ``all`` are chosen. ``how`` they get there:
    ``many`` as a quoted list even if it is one, ``one`` as it is, ``verbatim`` as the dashboard's
    author wrote it in "custom all value", ``free`` as a viewer typed it, which only a quoting
    format may put into SQL.
    """

    values: tuple[str, ...]
    texts: tuple[str, ...]
    all: bool = False
    how: Literal["one", "many", "verbatim", "free"] = "one"


Values = Mapping[str, Chosen]
"""What is chosen of each variable, by its name; built-in ones among them."""


class Unquoted(ValueError):
    """SQL takes what a viewer types without quoting it: the dashboard has to be mended."""


class Circular(ValueError):
    """Variables whose queries need one another: the dashboard has to be mended."""


def interpolate(text: str, values: Values, *, sql: bool = True) -> str:
    """The text with what is chosen written in place of each reference.

    ``sql``: it is SQL, where several values become a quoted list; otherwise it is read by people,
    who get the texts. A name that is no variable and a format that is not known stay as they are.
    Raises Unquoted.
    """

    def written(found: re.Match[str]) -> str:
        name = found["bare"] or found["name"] or found["square"]
        asked = found["format"] or found["squared"]
        if name == "__all_variables":
            return _every(values)
        if name not in values:
            return found[0]
        if asked == "date":
            return _dated(values[name], found["argument"], _zone(values)) or found[0]
        if asked and asked not in FORMATS:
            return found[0]
        return _written(name, values[name], asked, sql=sql)

    return REFERENCE.sub(written, text)


def _written(name: str, chosen: Chosen, asked: str | None, *, sql: bool) -> str:
    several = chosen.how == "many" or len(chosen.values) > 1
    asked = asked or (("singlequote" if several else "raw") if sql else "text")
    if asked == "text":
        return FORMATS["text"](name, chosen.texts)
    if asked == "queryparam" and chosen.all:
        return queryparam(name, (ALL,))
    if chosen.how == "verbatim":
        return "".join(chosen.values)
    if sql and chosen.how == "free" and asked not in QUOTING:
        raise Unquoted(f"变量 {name} 由查看者填写，在 SQL 里要写成 ${{{name}:singlequote}}。")
    return FORMATS[asked](name, chosen.values)


def _dated(chosen: Chosen, argument: str | None, zone: ZoneInfo) -> str | None:
    milliseconds = "".join(chosen.values)
    return date(milliseconds, argument, zone) if re.fullmatch(r"-?\d+", milliseconds) else None


def _every(values: Values) -> str:
    own = {name: chosen for name, chosen in values.items() if not name.startswith("__")}
    return "&".join(_written(name, own[name], "queryparam", sql=False) for name in sorted(own))


def _zone(values: Values) -> ZoneInfo:
    return ZoneInfo(values["__timezone"].values[0] if "__timezone" in values else "UTC")


def builtins(range: TimeRange, interval_seconds: int, dashboard: str = "") -> dict[str, Chosen]:
    """What Grafana itself knows: ``__from``, ``__to`` (milliseconds), ``__interval``,
    ``__interval_ms``, ``__timezone`` (of the range), ``__dashboard``, ``__url_time_range``.
    """
    start, end = (round(time.timestamp() * 1000) for time in (range.start, range.end))
    found = {
        "__from": str(start),
        "__to": str(end),
        "__interval": _compact(interval_seconds),
        "__interval_ms": str(interval_seconds * 1000),
        "__timezone": getattr(range.start.tzinfo or UTC, "key", "UTC"),
        "__dashboard": dashboard,
        "__url_time_range": f"from={start}&to={end}",
    }
    return {name: Chosen((value,), (value,)) for name, value in found.items()}


def _compact(seconds: int) -> str:
    units = {"d": 86400, "h": 3600, "m": 60, "s": 1}
    unit = next(unit for unit, length in units.items() if seconds % length == 0)
    return f"{seconds // units[unit]}{unit}"


def options(variable: Variable, rows: Sequence[Sequence[Any]]) -> tuple[Option, ...]:
    """What may be chosen, each value once.

    ``rows``: the answer to a query variable's query, empty for other kinds. As the ClickHouse
    plugin reads it, whatever the columns are called: one column is text and value; of two, the
    first is the value and the second the text.
    """
    if variable.kind != "query":
        return variable.options
    found: dict[str, Option] = {}
    for row in rows:
        value, text = _said(row[0]), _said(row[1] if len(row) > 1 else row[0])
        found.setdefault(value, Option(text, value))
    return tuple(found.values())


def _said(value: Any) -> str:
    return "" if value is None else str(value)


def chosen(variable: Variable, options: Sequence[Option], wanted: Sequence[str] | None) -> Chosen:
    """What a viewer gets who wants these values; what does not exist is not wanted.

    Where nothing is left: what the dashboard has chosen, all options where it may be all, else the
    first. ``wanted`` may be ``["$__all"]``. A variable without options chooses nothing.
    """
    if variable.kind == "textbox":
        typed = tuple(wanted or variable.current or ("",))[:1]
        return Chosen(typed, typed, how="free")
    for asked in (wanted or (), variable.current):
        if variable.include_all and tuple(asked) in ((ALL,), ("All",)):
            return _all(variable, options)
        found = [option for option in options if option.value in asked]
        if found:
            return _some(variable, found)
    if variable.include_all:
        return _all(variable, options)
    return _some(variable, options[:1])


def _some(variable: Variable, found: Sequence[Option]) -> Chosen:
    found = found if variable.multi else found[:1]
    values, texts = (tuple(option.value for option in found), tuple(o.text for o in found))
    return Chosen(values, texts, how="many" if variable.multi else "one")


def _all(variable: Variable, options: Sequence[Option]) -> Chosen:
    if variable.all_value:
        return Chosen((variable.all_value,), (ALL_TEXT,), all=True, how="verbatim")
    return Chosen(tuple(o.value for o in options), (ALL_TEXT,), all=True, how="many")


def ordered(variables: Sequence[Variable]) -> tuple[Variable, ...]:
    """Each behind those that its query uses, otherwise in their order. Raises Circular."""
    names = {variable.name for variable in variables}
    needs = {variable.name: _used(variable.query) & names for variable in variables}
    done: list[Variable] = []
    left = list(variables)
    while left:
        ready = [v for v in left if needs[v.name] <= {before.name for before in done}]
        if not ready:
            raise Circular("变量互相引用：" + "、".join(variable.name for variable in left))
        done.append(ready[0])
        left.remove(ready[0])
    return tuple(done)


def _used(text: str) -> set[str]:
    return {found["bare"] or found["name"] or found["square"] for found in REFERENCE.finditer(text)}
