"""What charts have alike: ECharts' options for ground, legend, tooltip and axes; the drawing."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from nicegui import ui

from grafana.screen.board import Panel
from grafana.screen.fields import Field, missing, shown
from grafana.screen.frames import Column, Frame, reduce
from grafana.screen.panels.base import FONT, LETTER, Scene, e, em, no_value, path

Options = dict[str, Any]
Build = Callable[[Panel, Sequence[Frame], Scene], Options | None]
"""The options of a chart; None where there is nothing to draw."""
"""Pixels of the font of axes and legends."""
CALCS = {
    "lastNotNull": "最新",
    "last": "最新",
    "first": "最早",
    "firstNotNull": "最早",
    "sum": "合计",
    "mean": "平均",
    "min": "最小",
    "max": "最大",
    "range": "极差",
    "count": "个数",
}


def ground(panel: Panel, scene: Scene, described: str) -> Options:
    """Options of any chart. Nothing moves by itself: it hangs on a wall."""
    return {
        "animation": False,
        "backgroundColor": "transparent",
        "useUTC": True,
        "textStyle": {"fontFamily": FONT, "color": scene.ink, "fontSize": scene.letter},
        "aria": {
            "enabled": True,
            "label": {"description": f"{scene.words(panel.title)}。{described}"},
        },
    }


def stamp(time: datetime, scene: Scene) -> int:
    """Milliseconds of a time on the board's clock. ECharts knows the browser's zone and UTC only,
    so that the clock's time goes to it as if it were UTC's.
    """
    return round(time.astimezone(scene.zone).replace(tzinfo=UTC).timestamp() * 1000)


def number(value: Any) -> float | int | None:
    """A value as a chart's JSON holds it; None where there is none."""
    if missing(value) or isinstance(value, str):
        return None
    if isinstance(value, (bool, int)):
        return int(value)
    return float(value)


def legend(
    panel: Panel, scene: Scene, fields: Sequence[Field], notes: Mapping[str, str]
) -> Options:
    """The legend, which scrolls rather than hides the chart; ``notes`` stand behind the names."""
    shown_names = [one.title for one in fields if not path(one.custom, "hideFrom.legend", False)]
    if not has_legend(panel) or not shown_names:
        return {"show": False}
    right = on_right(panel)
    place: Options = {"bottom": 2, "left": "center", "orient": "horizontal"}
    if right:
        place = {"right": 6, "top": "middle", "orient": "vertical"}
    known = json.dumps(
        {name: f"{name}　{note}" for name, note in notes.items()}, ensure_ascii=False
    )
    return {
        "show": True,
        "type": "scroll",
        "data": shown_names,
        "icon": "roundRect",
        "itemWidth": 12,
        "itemHeight": 8,
        "itemGap": 12 if not right else 7,
        ":formatter": f"name => ({known})[name] ?? name",
        "textStyle": {"color": scene.ink, "fontSize": scene.letter, "fontFamily": FONT},
        "pageTextStyle": {"color": scene.soft},
        "pageIconColor": scene.ink,
        "pageIconInactiveColor": scene.edge,
        **place,
    }


def has_legend(panel: Panel) -> bool:
    """Whether the panel shows one."""
    mode = path(panel.options, "legend.displayMode", "list")
    return bool(path(panel.options, "legend.showLegend", True)) and mode != "hidden"


def on_right(panel: Panel) -> bool:
    """Whether the legend stands beside the chart rather than under it."""
    return bool(path(panel.options, "legend.placement", "bottom") == "right")


def legend_width(names: Sequence[str], notes: Mapping[str, str]) -> int:
    """Pixels that a legend on the right needs."""
    longest = max((em(f"{name}　{notes.get(name, '')}") for name in names), default=0)
    return round(min(longest, 24) * LETTER) + 34


def notes(panel: Panel, columns: Sequence[Column], fields: Sequence[Field]) -> dict[str, str]:
    """What the legend says of each series: the panel's calculations, by title."""
    found: dict[str, str] = {}
    for column, one in zip(columns, fields, strict=True):
        said = [
            f"{CALCS[calc]} {shown(one, reduce(column, calc)).text}"
            for calc in path(panel.options, "legend.calcs") or ()
            if calc in CALCS
        ]
        if said:
            found[one.title] = " ".join(said)
    return found


def tooltip(panel: Panel, scene: Scene, field: Field | None, *, axis: bool) -> Options:
    """What the pointer shows: exact figures."""
    mode = path(panel.options, "tooltip.mode", "single")
    order = {"asc": "valueAsc", "desc": "valueDesc"}.get(path(panel.options, "tooltip.sort", ""))
    return {
        "show": mode != "none",
        "trigger": "axis" if axis and mode == "multi" else "item",
        "order": order or "seriesAsc",
        "confine": True,
        "transitionDuration": 0,
        "backgroundColor": scene.ground,
        "borderColor": scene.edge,
        "textStyle": {"color": scene.ink, "fontSize": 13, "fontFamily": FONT},
        ":valueFormatter": exact(field),
    }


def exact(field: Field | None) -> str:
    """JavaScript that writes a value of a field exactly."""
    unit, decimals = (field.unit, field.decimals) if field else ("", None)
    return f"window.ningmai.exact({json.dumps(unit)}, {json.dumps(decimals)})"


def tick(field: Field | None) -> str:
    """JavaScript that writes a tick of an axis: short, in 万 and 亿."""
    return f"window.ningmai.axis({json.dumps(field.unit if field else '')})"


def value_axis(scene: Scene, fields: Sequence[Field]) -> Options:
    """An axis of figures, for all fields that stand on it."""
    first = fields[0] if fields else None
    custom = first.custom if first else {}
    low = min((one.min for one in fields if one.min is not None), default=None)
    high = max((one.max for one in fields if one.max is not None), default=None)
    axis: Options = {
        "type": "value",
        "scale": low is None,
        "splitNumber": 4,
        "minInterval": 1 if first and first.decimals == 0 else 0,
        "axisLabel": {"color": scene.soft, "fontSize": scene.letter, ":formatter": tick(first)},
        "axisLine": {"show": False},
        "axisTick": {"show": False},
        "show": custom.get("axisPlacement") != "hidden",
        "splitLine": {
            "show": custom.get("axisGridShow", True),
            "lineStyle": {"color": scene.edge, "width": 1},
        },
        "name": custom.get("axisLabel") or "",
        "nameTextStyle": {"color": scene.soft, "fontSize": scene.letter},
    }
    if low is not None:
        axis["min"] = low
    if high is not None:
        axis["max"] = high
    soft_low, soft_high = custom.get("axisSoftMin"), custom.get("axisSoftMax")
    if low is None and soft_low is not None:
        axis[":min"] = f"v => Math.min(v.min, {json.dumps(soft_low)})"
    if high is None and soft_high is not None:
        axis[":max"] = f"v => Math.max(v.max, {json.dumps(soft_high)})"
    return axis


class Chart:
    """An ECharts drawing, made where it is called, with words in its place where it is empty."""

    def __init__(self, panel: Panel, build: Build) -> None:
        self._panel, self._build = panel, build
        self._options: Options | None = None
        self._chart = ui.echart({})
        self._chart.props["role"] = "img"
        self._empty = ui.html("", sanitize=False).classes("none")
        self._empty.set_visibility(False)

    still = ""
    """Charts need the browser's scripts."""

    def update(self, frames: Sequence[Frame], scene: Scene) -> None:
        """Draws anew what has changed; the chart itself stays."""
        found = self._build(self._panel, frames, scene)
        if found is None:
            self._empty.set_content(e(no_value(self._panel)))
        self._empty.set_visibility(found is None)
        self._chart.set_visibility(found is not None)
        if found is not None and found != self._options:
            self._options = found
            self._chart.props["aria-label"] = path(found, "aria.label.description", "")
            self._chart.options.clear()
            self._chart.options.update(found)
            self._chart.update()
