"""What a viewer asks of a dashboard in its address, written as Grafana writes it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from math import ceil
from urllib.parse import quote
from zoneinfo import ZoneInfo

from grafana.screen.board import Board
from grafana.screen.timerange import BadTime, TimeRange, parse

SLOWEST = 3600.0
FASTEST = 1.0
UNITS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600}


@dataclass(frozen=True)
class Wanted:
    """One viewer's choice; ``variables`` holds those in the address, by name.

    ``refresh`` is in seconds, 0 for never; ``playlist`` is how long each board stays, 0 for good.
    """

    start: str
    end: str
    refresh: float
    variables: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    kiosk: bool = False
    light: bool = False
    playlist: float = 0.0

    def choosing(self, name: str, values: Sequence[str]) -> "Wanted":
        """The same with other values of one variable."""
        return replace(self, variables={**self.variables, name: tuple(values)})

    def range(self, board: Board, now: float) -> TimeRange:
        """What is shown at ``now``, in seconds since 1970: until the end of the refresh in
        progress, so that viewers share a range, and what is newest lies in it. Raises BadTime.
        """
        zone = ZoneInfo(board.timezone)
        step = self.refresh or 1.0
        at = datetime.fromtimestamp(ceil(now / step) * step, UTC)
        start, end = parse(self.start, at, zone, end=False), parse(self.end, at, zone, end=True)
        if start >= end:
            raise BadTime("时间范围的起点要在终点之前")
        return TimeRange(start, end)


def read(board: Board, query: Sequence[tuple[str, str]]) -> Wanted:
    """What an address asks for; what it leaves out or garbles is the dashboard's own."""
    said: dict[str, str] = {}
    variables: dict[str, tuple[str, ...]] = {}
    for key, value in query:
        if key.startswith("var-"):
            variables[key[4:]] = (*variables.get(key[4:], ()), value)
        else:
            said[key] = value
    own = board.refresh_seconds or 0.0
    return Wanted(
        start=said.get("from") or board.time_from,
        end=said.get("to") or board.time_to,
        refresh=_clamped(seconds(said["refresh"], own) if "refresh" in said else own),
        variables=variables,
        kiosk="kiosk" in said and said["kiosk"] != "false",
        light=said.get("theme") == "light",
        playlist=seconds(said.get("interval", ""), 0.0) if "playlist" in said else 0.0,
    )


def seconds(text: str, default: float) -> float:
    """``30``, ``30s``, ``1m`` in seconds; the default for what is no duration; 0 for ``off``."""
    if text in ("off", "0", ""):
        return 0.0 if text else default
    number = text.rstrip("msh")
    try:
        return float(number) * UNITS[text[len(number) :] or "s"]
    except (ValueError, KeyError):
        return default


def _clamped(refresh: float) -> float:
    return min(max(refresh, FASTEST), SLOWEST) if refresh > 0 else 0.0


def shortly(refresh: float) -> str:
    """Seconds as an address writes them: ``5s``, ``1m``, ``off``."""
    if not refresh:
        return "off"
    return f"{refresh / 60:g}m" if refresh % 60 == 0 else f"{refresh:g}s"


def address(board: Board, wanted: Wanted, *, own: bool = True) -> str:
    """Where this choice is found again. ``own``: with its range and variables; otherwise only how
    it is looked at, as from one board to the next.
    """
    parts: list[str] = []
    if own:
        if (wanted.start, wanted.end) != (board.time_from, board.time_to):
            parts += [f"from={quote(wanted.start, safe='')}", f"to={quote(wanted.end, safe='')}"]
        if wanted.refresh != (board.refresh_seconds or 0.0):
            parts.append(f"refresh={shortly(wanted.refresh)}")
        known = {variable.name for variable in board.variables}
        parts += [
            f"var-{quote(name, safe='')}={quote(value, safe='')}"
            for name, values in wanted.variables.items()
            for value in values
            if name in known
        ]
    if wanted.kiosk:
        parts.append("kiosk")
    if wanted.light:
        parts.append("theme=light")
    if wanted.playlist:
        parts.append(f"playlist&interval={wanted.playlist:g}")
    return f"/d/{board.uid}" + ("?" + "&".join(parts) if parts else "")
