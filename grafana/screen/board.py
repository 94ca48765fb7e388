"""A dashboard's classic JSON as the live screen reads it."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, cast

from grafana.committed import DASHBOARDS
from grafana.screen import formats, known
from ningmai.errors import Problem

FIT_ROWS = 28
"""Boards of so many rows or fewer are fitted to the window: nothing scrolls."""
ORDER = ("wall", "calls", "bookings", "telemedicine", "uploads", "kiosks", "system")
PREFIX = "ningmai-"
DATASOURCE = "grafana-clickhouse-datasource"
TIMEZONE = "Asia/Shanghai"
KINDS = ("query", "custom", "constant", "interval", "textbox")
Kind = Literal["query", "custom", "constant", "interval", "textbox"]
Json = Mapping[str, Any]


@dataclass(frozen=True)
class Option:
    """One value that a variable may have, and what people see of it."""

    text: str
    value: str


@dataclass(frozen=True)
class Variable:
    """A variable as the dashboard states it; ``query`` is SQL where its kind is query.

    ``current`` is what is chosen until somebody chooses: ``("$__all",)`` for all of them, empty
    where the dashboard leaves it open. ``options`` are those that need no query.
    """

    name: str
    label: str
    kind: Kind
    query: str
    options: tuple[Option, ...]
    current: tuple[str, ...]
    multi: bool
    include_all: bool
    all_value: str
    hidden: bool


@dataclass(frozen=True)
class Target:
    """One query of a panel; ``over_time``: its answer is a time series, not a table."""

    ref_id: str
    sql: str
    over_time: bool


@dataclass(frozen=True)
class Panel:
    """A panel, its place on the grid of 24 columns, and what of it the screen does not know."""

    id: int
    type: str
    title: str
    description: str
    x: int
    y: int
    w: int
    h: int
    targets: tuple[Target, ...]
    options: Json
    defaults: Json
    overrides: tuple[Json, ...]
    links: tuple[Json, ...]
    transparent: bool
    unknown: tuple[str, ...]


@dataclass(frozen=True)
class Board:
    """A dashboard; ``refresh_seconds`` is None where it does not refresh by itself."""

    uid: str
    title: str
    description: str
    tags: tuple[str, ...]
    timezone: str
    time_from: str
    time_to: str
    refresh_seconds: float | None
    variables: tuple[Variable, ...]
    panels: tuple[Panel, ...]
    links: tuple[Json, ...]

    @property
    def rows(self) -> int:
        """Rows of the grid that it takes."""
        return max((panel.y + panel.h for panel in self.panels), default=1)

    @property
    def fits(self) -> bool:
        """Whether all of it is shown at once, on a wall."""
        return self.rows <= FIT_ROWS


def load(path: Path) -> Board:
    """The dashboard in a file. Raises Problem where the file holds none that can be drawn."""
    try:
        return _board(json.loads(path.read_text(encoding="utf-8")))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Problem(f"{path.name} is no dashboard: {error!r}.", "Make it again.") from error


def boards(folder: Path = DASHBOARDS) -> dict[str, Board]:
    """Every dashboard of a folder by uid, in the order of the playlist. Raises Problem."""
    found = sorted((load(path) for path in folder.glob("*.json")), key=_position)
    return {board.uid: board for board in found}


def _position(board: Board) -> tuple[int, str]:
    name = board.uid.removeprefix(PREFIX)
    return (ORDER.index(name) if name in ORDER else len(ORDER), board.uid)


def _board(content: Json) -> Board:
    time = content.get("time") or {}
    timezone = content.get("timezone") or TIMEZONE
    return Board(
        uid=content["uid"],
        title=content["title"],
        description=content.get("description") or "",
        tags=tuple(content.get("tags") or ()),
        timezone={"browser": TIMEZONE, "utc": "UTC"}.get(timezone, timezone),
        time_from=time.get("from", "now-6h"),
        time_to=time.get("to", "now"),
        refresh_seconds=_seconds(content.get("refresh")),
        variables=tuple(_variable(v) for v in (content.get("templating") or {}).get("list") or ()),
        panels=tuple(_panel(panel) for panel in content.get("panels") or ()),
        links=tuple(content.get("links") or ()),
    )


def _seconds(refresh: Any) -> float | None:
    found = re.fullmatch(r"(\d+)(ms|s|m|h|d)", refresh or "")
    if not found or not int(found[1]):
        return None
    return float(found[1]) * {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400}[found[2]]


def _variable(stated: Json) -> Variable:
    kind = stated["type"]
    if kind not in KINDS:
        raise ValueError(f"variable {stated['name']} is of type {kind}")
    query = stated.get("query") or ""
    query = query if isinstance(query, str) else query.get("rawSql") or query.get("query") or ""
    current = (stated.get("current") or {}).get("value") or ()
    return Variable(
        name=stated["name"],
        label=stated.get("label") or "",
        kind=cast(Kind, kind),
        query=query,
        options=tuple(_options(kind, query)),
        current=tuple(current if isinstance(current, list) else (str(current),) if current else ())
        or ((query,) if kind == "textbox" and query else ()),
        multi=bool(stated.get("multi")),
        include_all=bool(stated.get("includeAll")),
        all_value=stated.get("allValue") or "",
        hidden=stated.get("hide") == 2,
    )


def _options(kind: str, query: str) -> Iterator[Option]:
    """Of ``text : value, both the same, a comma\\, in one``, as Grafana writes lists."""
    if kind == "constant":
        yield Option(query, query)
    if kind not in ("custom", "interval"):
        return
    for part in re.findall(r"(?:\\,|[^,])+", query):
        said = part.replace("\\,", ",").strip()
        text, colon, value = said.rpartition(" : ")
        yield Option(text.strip(), value.strip()) if colon else Option(said, said)


def _panel(stated: Json) -> Panel:
    place = stated.get("gridPos") or {}
    fields = stated.get("fieldConfig") or {}
    return Panel(
        id=stated.get("id", 0),
        type=stated["type"],
        title=stated.get("title") or "",
        description=stated.get("description") or "",
        x=place.get("x", 0),
        y=place.get("y", 0),
        w=place.get("w", 24),
        h=place.get("h", 8),
        targets=tuple(_target(t) for t in stated.get("targets") or () if not t.get("hide")),
        options=stated.get("options") or {},
        defaults=fields.get("defaults") or {},
        overrides=tuple(fields.get("overrides") or ()),
        links=tuple(stated.get("links") or ()),
        transparent=bool(stated.get("transparent")),
        unknown=tuple(dict.fromkeys(_unknown(stated))),
    )


def _target(stated: Json) -> Target:
    over_time = stated.get("format") == 0 or stated.get("queryType") == "timeseries"
    return Target(stated.get("refId") or "A", stated.get("rawSql") or "", over_time)


UNHEARD = {
    "repeat": "重复",
    "libraryPanel": "面板库",
    "timeFrom": "相对时间",
    "timeShift": "时间平移",
    "interval": "最小间隔",
    "maxDataPoints": "最多点数",
}
"""Of a panel itself: what has an effect in Grafana and none here."""


def _unknown(stated: Json) -> Iterator[str]:
    """What a viewer has to be told that the screen leaves out, in a few words each."""
    kind = stated["type"]
    if kind not in known.OPTIONS:
        yield f"面板类型 {kind}"
        return
    yield from (f"{said} {stated[key]}" for key, said in UNHEARD.items() if stated.get(key))
    yield from (f"转换 {step.get('id')}" for step in stated.get("transformations") or ())
    options = stated.get("options") or {}
    yield from (f"选项 {name}" for name in known.strange(options, known.OPTIONS[kind]))
    yield from _strange_fields(kind, stated.get("fieldConfig") or {})
    texts = [stated.get("title") or "", str(options.get("content") or "")]
    for target in stated.get("targets") or ():
        texts.append(target.get("rawSql") or "")
        source = (target.get("datasource") or {}).get("type", DATASOURCE)
        if source != DATASOURCE:
            yield f"数据源 {source}"
    yield from (f"变量格式 {name}" for text in texts for name in formats.unknown(text))


def _strange_fields(kind: str, fields: Json) -> Iterator[str]:
    custom = known.CUSTOM.get(kind, {})
    allowed = {**known.PROPERTIES, **{f"custom.{path}": only for path, only in custom.items()}}
    properties = [fields.get("defaults") or {}]
    for override in fields.get("overrides") or ():
        matcher = override["matcher"]["id"]
        if matcher not in known.MATCHERS:
            yield f"匹配 {matcher}"
        for stated in override.get("properties") or ():
            properties.append({stated["id"]: stated.get("value")})
    for tree in properties:
        yield from (f"字段 {name}" for name in known.strange(tree, allowed))
