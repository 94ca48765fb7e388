"""How a variable's values are written into SQL, links and words: ``${name:format}``."""

import json
import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, tzinfo
from urllib.parse import quote

REFERENCE = re.compile(
    r"\$(?P<bare>[A-Za-z_]\w*)"
    r"|\$\{(?P<name>[A-Za-z_]\w*)(?::(?P<format>\w+)(?::(?P<argument>[^}]*))?)?\}"
    r"|\[\[(?P<square>[A-Za-z_]\w*)(?::(?P<squared>\w+))?\]\]",
    re.ASCII,
)
"""``$name``, ``${name}``, ``${name:format}``, ``${name:date:YYYY-MM}``, ``[[name]]``."""

QUOTING = frozenset({"singlequote", "sqlstring", "doublequote"})
"""Formats whose text SQL reads as values or names, whatever the values hold."""

Values = Sequence[str]
Format = Callable[[str, Values], str]


def _quoted(mark: str, escaped: str) -> Format:
    """Quotes of one kind, commas between. ClickHouse reads a backslash as an escape in all kinds,
    so it is doubled, which Grafana itself forgets.
    """

    def write(_: str, values: Values) -> str:
        doubled = (value.replace("\\", "\\\\") for value in values)
        return ",".join(f"{mark}{value.replace(mark, escaped)}{mark}" for value in doubled)

    return write


def _joined(by: str) -> Format:
    return lambda _, values: by.join(values)


def _glob(_: str, values: Values) -> str:
    return values[0] if len(values) == 1 else "{" + ",".join(values) + "}"


def _distributed(name: str, values: Values) -> str:
    return f",{name}=".join(values)


def _regex(_: str, values: Values) -> str:
    escaped = [re.sub(r"([\\^$*+?.()|\[\]{}/])", r"\\\1", value) for value in values]
    return escaped[0] if len(escaped) == 1 else "(" + "|".join(escaped) + ")"


def _json(_: str, values: Values) -> str:
    whole = values[0] if len(values) == 1 else list(values)
    return json.dumps(whole, ensure_ascii=False, separators=(",", ":"))


def _percent(name: str, values: Values) -> str:
    return quote(_glob(name, values), safe="")


def queryparam(name: str, values: Values) -> str:
    """``var-name=a&var-name=b``, as in the address of a dashboard."""
    return "&".join(f"var-{name}={quote(value, safe='')}" for value in values)


FORMATS: dict[str, Format] = {
    "csv": _joined(","),
    "distributed": _distributed,
    "doublequote": _quoted('"', '\\"'),
    "glob": _glob,
    "json": _json,
    "percentencode": _percent,
    "pipe": _joined("|"),
    "queryparam": queryparam,
    "raw": _glob,
    "regex": _regex,
    "singlequote": _quoted("'", "\\'"),
    "sqlstring": _quoted("'", "''"),
    "text": _joined(" + "),  # of the texts, not of the values
}
KNOWN = FORMATS.keys() | {"date"}


def unknown(text: str) -> tuple[str, ...]:
    """Formats that a text asks for and nobody here can write; they are left in it as they are."""
    asked = {found["format"] or found["squared"] for found in REFERENCE.finditer(text)}
    return tuple(sorted(name for name in asked if name and name not in KNOWN))


# What moment.js, in which dashboards write dates, calls what strftime calls otherwise.
TOKENS = {
    "YYYY": "%Y",
    "YY": "%y",
    "MM": "%m",
    "DD": "%d",
    "HH": "%H",
    "hh": "%I",
    "mm": "%M",
    "ss": "%S",
}
BARE = {"M": "month", "D": "day", "H": "hour", "m": "minute", "s": "second"}
TOKEN = re.compile(r"\[(?P<literal>[^\]]*)\]|YYYY|YY|MM|DD|HH|hh|mm|ss|SSS|M|D|H|m|s")


def date(milliseconds: str, argument: str | None, zone: tzinfo = UTC) -> str:
    """A time as ``${__from:date:…}`` wants it: ``iso`` (in UTC), ``seconds``, ``ms`` or a pattern
    such as ``YYYY-MM-DD HH:mm`` in ``zone``.
    """
    if argument == "ms":
        return milliseconds
    if argument == "seconds":
        return str(round(int(milliseconds) / 1000))
    time = datetime.fromtimestamp(int(milliseconds) / 1000, zone)
    if argument in (None, "", "iso"):
        utc = time.astimezone(UTC).isoformat(timespec="milliseconds")
        return utc.replace("+00:00", "Z")
    return TOKEN.sub(lambda token: _token(token, time), argument or "")


def _token(token: re.Match[str], time: datetime) -> str:
    if token["literal"] is not None:
        return token["literal"]
    if token[0] in TOKENS:
        return time.strftime(TOKENS[token[0]])
    if token[0] == "SSS":
        return f"{time.microsecond // 1000:03}"
    return str(getattr(time, BARE[token[0]]))
