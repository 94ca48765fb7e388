"""The ClickHouse datasource's macros, as its official plugin expands them."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from grafana.screen.timerange import TimeRange
from grafana.screen.variables import Values, builtins, interpolate

MACRO = re.compile(r"\$__(\w+)", re.ASCII)
VARIABLE = re.compile(r"\$\{?(\w+)", re.ASCII)
ALWAYS = "1=1"


class BadMacro(ValueError):
    """A macro is not written as the plugin wants it: the dashboard has to be mended."""


class UnknownMacro(BadMacro):
    """The plugin has no macro of that name; ``name`` is without its ``$__``."""

    def __init__(self, name: str) -> None:
        super().__init__(f"不认识的宏：$__{name}")
        self.name = name


@dataclass(frozen=True)
class Asked:
    """What macros depend on."""

    range: TimeRange
    interval_seconds: int


def expand(sql: str, range: TimeRange, interval_seconds: int, values: Values) -> str:
    """The SQL to send: macros and variables written out, built-in variables among them.

    ``$__conditionalAll`` sees what is chosen, not what it is written as. Values come last, so that
    nothing a viewer chooses is ever read as a macro. Raises UnknownMacro, BadMacro, Unquoted.
    """
    known = {**builtins(range, interval_seconds), **values}
    return interpolate(_expanded(sql, Asked(range, interval_seconds), known), known)


def _expanded(sql: str, asked: Asked, values: Values) -> str:
    written: list[str] = []
    at = 0
    while macro := MACRO.search(sql, at):
        written.append(sql[at : macro.start()])
        at = macro.end()
        name = macro[1]
        if f"__{name}" in values:
            written.append(macro[0])
        elif name in PLAIN:
            written.append(PLAIN[name](asked))
        elif name not in CALLED:
            raise UnknownMacro(name)
        else:
            arguments, at = _arguments(sql, at, name)
            done = [_expanded(argument, asked, values) for argument in arguments]
            written.append(_called(name, done, asked, values))
    return "".join([*written, sql[at:]])


def _called(name: str, arguments: list[str], asked: Asked, values: Values) -> str:
    if name == "adHocFilters":  # of which a dashboard without such a variable has none
        return "additional_table_filters={}"
    count = COUNTS.get(name, 1)
    if len(arguments) != count or not all(arguments):
        raise BadMacro(f"宏 $__{name} 要 {count} 个参数，写了 {len(arguments)} 个")
    if name == "conditionalAll":
        return _conditional(arguments[0], arguments[1], values)
    return WRITERS[name](asked, *arguments)


def _conditional(condition: str, variable: str, values: Values) -> str:
    """The condition, unless all are chosen of the variable, or nothing."""
    found = VARIABLE.search(variable)
    chosen = values.get(found[1]) if found else None
    if chosen is not None and (chosen.all or not any(chosen.values)):
        return ALWAYS
    return condition


def _arguments(sql: str, at: int, name: str) -> tuple[list[str], int]:
    """What stands in the parentheses that open at ``at``, by commas, and where they close.

    Commas and parentheses in quotes, and commas in inner parentheses or brackets, belong to an
    argument.
    """
    start = at + 1
    if sql[at:start] != "(":
        raise BadMacro(f"宏 $__{name} 后面缺少参数")
    found: list[str] = []
    depth, quote = 1, ""
    position = start
    while position < len(sql):
        letter = sql[position]
        if quote:
            if letter == "\\":
                position += 1
            elif letter == quote:
                quote = ""
        elif letter in "'\"`":
            quote = letter
        elif letter in "([{":
            depth += 1
        elif letter in ")]}":
            depth -= 1
        if not quote and ((letter == "," and depth == 1) or depth == 0):
            found.append(sql[start:position].strip())
            start = position + 1
            if depth == 0:
                return found, start
        position += 1
    raise BadMacro(f"宏 $__{name} 的括号没有闭合")


def _date(time: datetime) -> str:
    """As the plugin: the day in UTC, whatever the dashboard's zone."""
    return f"toDate('{time.astimezone(UTC):%Y-%m-%d}')"


def _seconds(time: datetime) -> str:
    return f"toDateTime({int(time.timestamp() // 1)})"


def _milliseconds(time: datetime) -> str:
    return f"fromUnixTimestamp64Milli({round(time.timestamp() * 1000)})"


def _between(write: Callable[[datetime], str]) -> Callable[[Asked, str], str]:
    return lambda asked, column: (
        f"{column} >= {write(asked.range.start)} AND {column} <= {write(asked.range.end)}"
    )


def _both(asked: Asked, date: str, time: str) -> str:
    return f"({_between(_date)(asked, date)}) AND ({_between(_seconds)(asked, time)})"


def _bucket(asked: Asked, column: str) -> str:
    seconds = asked.interval_seconds
    return f"toStartOfInterval(toDateTime({column}), INTERVAL {seconds} second)"


def _bucket_ms(asked: Asked, column: str) -> str:
    milliseconds = asked.interval_seconds * 1000
    return f"toStartOfInterval(toDateTime64({column}, 3), INTERVAL {milliseconds} millisecond)"


PLAIN: Mapping[str, Callable[[Asked], str]] = {
    "fromTime": lambda asked: _seconds(asked.range.start),
    "toTime": lambda asked: _seconds(asked.range.end),
    "fromTime_ms": lambda asked: _milliseconds(asked.range.start),
    "toTime_ms": lambda asked: _milliseconds(asked.range.end),
    "interval_s": lambda asked: str(asked.interval_seconds),
}
WRITERS: Mapping[str, Callable[..., str]] = {
    "timeFilter": _between(_seconds),
    "timeFilter_ms": _between(_milliseconds),
    "dateFilter": _between(_date),
    "dateTimeFilter": _both,
    "dt": _both,
    "timeInterval": _bucket,
    "timeInterval_ms": _bucket_ms,
}
COUNTS = {"dateTimeFilter": 2, "dt": 2, "conditionalAll": 2}
CALLED = WRITERS.keys() | {"conditionalAll", "adHocFilters"}
