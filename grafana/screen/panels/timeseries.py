"""Lines, bars and points over time."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from grafana.screen.board import Panel
from grafana.screen.fields import Field, colours, field, missing, shown
from grafana.screen.frames import Column, Frame, wide
from grafana.screen.panels.base import Scene, path
from grafana.screen.panels.charting import (
    Chart,
    Options,
    ground,
    has_legend,
    legend,
    legend_width,
    notes,
    number,
    on_right,
    stamp,
    tooltip,
    value_axis,
)

DASHES = {"dash": [8, 6], "dot": [2, 4]}
STEPS = {"stepBefore": "end", "stepAfter": "start"}
POINTS_BELOW = 2
"""Series shorter than this are drawn as points, or nothing would be seen of them."""
BARS = 24
"""In a range, where the answer does not say how many there could be."""
TIMES = {
    "year": "{yyyy}年",
    "month": "{MM}-{dd}",
    "day": "{MM}-{dd}",
    "hour": "{HH}:{mm}",
    "minute": "{HH}:{mm}",
    "second": "{HH}:{mm}:{ss}",
}


def options(panel: Panel, frames: Sequence[Frame], scene: Scene) -> Options | None:
    """ECharts' options; None where no answer has a figure."""
    times, *columns = wide(frames).columns
    fields = [field(panel, c.name, "number", nth) for nth, c in enumerate(columns)]
    kept = [
        (column, one, colour)
        for column, one, colour in zip(
            columns, fields, colours(panel, [c.name for c in columns]), strict=True
        )
        if not path(one.custom, "hideFrom.viz", False)
    ]
    if not any(not missing(value) for column, _, _ in kept for value in column.values):
        return None
    columns, fields = [column for column, _, _ in kept], [one for _, one, _ in kept]
    stamps = [stamp(at, scene) for at in times.values]
    helper = _neighbour(scene, stamps)
    said = notes(panel, columns, fields)
    beside = legend_width([one.title for one in fields], said) if on_right(panel) else 0
    return {
        **ground(panel, scene, described(columns, fields)),
        "grid": {
            "left": 8,
            "right": (beside + 8) if has_legend(panel) and beside else 14,
            "top": 26 if any(one.custom.get("axisLabel") for one in fields) else 12,
            "bottom": 26 if has_legend(panel) and not beside else 6,
            "containLabel": True,
        },
        "xAxis": time_axis(scene),
        "yAxis": _value_axes(scene, fields),
        "legend": legend(panel, scene, fields, said),
        "tooltip": {
            **tooltip(panel, scene, fields[0], axis=True),
            "axisPointer": {"type": "line", "lineStyle": {"color": scene.soft}},
        },
        "series": [
            _series(one, colour, _shares(one, column, columns), stamps, helper)
            for column, one, colour in kept
        ],
    }


def described(columns: Sequence[Column], fields: Sequence[Field]) -> str:
    """The chart in words, for those who do not see it: the newest figure of each series."""
    said = []
    for column, one in zip(columns, fields, strict=True):
        known = [value for value in column.values if not missing(value)]
        if known:
            least, most = shown(one, min(known)).text, shown(one, max(known)).text
            said.append(f"{one.title}：最新 {shown(one, known[-1]).text}，{least} 至 {most}")
    return "；".join(said)


def _style(one: Field) -> str:
    return str(one.custom.get("drawStyle") or "line")


def _neighbour(scene: Scene, stamps: Sequence[int]) -> int:
    """Where a bar could stand beside the first: ECharts makes bars as wide as the least distance
    between two, and as wide as the whole chart where there is but one.
    """
    whole = stamp(scene.range.end, scene) - stamp(scene.range.start, scene)
    gap = min((after - before for before, after in pairwise(stamps)), default=whole)
    return stamps[0] + (gap if gap < 2 * whole // BARS else whole // BARS)


def time_axis(scene: Scene) -> Options:
    """An axis of the scene's whole range."""
    return {
        "type": "time",
        "min": stamp(scene.range.start, scene),
        "max": stamp(scene.range.end, scene),
        "axisLabel": {
            "color": scene.soft,
            "fontSize": scene.letter,
            "hideOverlap": True,
            "formatter": TIMES,
        },
        "axisLine": {"lineStyle": {"color": scene.edge}},
        "axisTick": {"show": False},
        "splitLine": {"show": False},
        "minInterval": 1000,
    }


def _right(one: Field) -> bool:
    return one.custom.get("axisPlacement") == "right"


def _value_axes(scene: Scene, fields: Sequence[Field]) -> list[Options]:
    left = [one for one in fields if not _right(one)]
    right = [one for one in fields if _right(one)]
    axes = [value_axis(scene, left or fields)]
    if right:
        # Lines of two grids over one another help nobody.
        axes.append({**value_axis(scene, right), "splitLine": {"show": False}})
    if any(path(one.custom, "stacking.mode") == "percent" for one in fields):
        axes[0] |= {"min": 0, "max": 100}
    return axes


def _shares(one: Field, column: Column, columns: Sequence[Column]) -> list[float | int | None]:
    """A column's figures, in percent of all at that time where they are stacked so."""
    values = [number(value) for value in column.values]
    if path(one.custom, "stacking.mode") != "percent":
        return values
    totals = [sum(number(c.values[row]) or 0 for c in columns) for row in range(len(values))]
    return [
        None if value is None else (100 * value / total if total else 0)
        for value, total in zip(values, totals, strict=True)
    ]


def _series(
    one: Field,
    colour: str,
    values: Sequence[float | int | None],
    stamps: Sequence[int],
    helper: int,
) -> Options:
    custom, style = one.custom, _style(one)
    made: Options = {
        "name": one.title,
        "type": {"bars": "bar", "points": "scatter"}.get(style, "line"),
        "data": [[at, value] for at, value in zip(stamps, values, strict=True)],
        "yAxisIndex": 1 if _right(one) else 0,
        "itemStyle": {"color": colour},
        "emphasis": {"disabled": True},
        "z": 3 if style == "line" else 2,
    }
    mode = path(custom, "stacking.mode", "none")
    if mode != "none":
        made |= {"stack": str(path(custom, "stacking.group", "A")), "stackStrategy": "all"}
    if style == "bars":
        if helper not in stamps:
            made["data"].append([helper, None])
        made |= _bars(custom, colour)
    elif style == "line":
        made |= _line(custom, colour, short=sum(v is not None for v in values) < POINTS_BELOW)
    else:
        made["symbolSize"] = custom.get("pointSize") or 5
    marks = _marks(one)
    return {**made, "markLine": marks} if marks else made


def _bars(custom: Any, colour: str) -> Options:
    return {
        "barMaxWidth": custom.get("barMaxWidth") or 60,
        "barCategoryGap": "25%",
        "itemStyle": {"color": colour, "opacity": max(custom.get("fillOpacity", 70), 40) / 100},
    }


def _line(custom: Any, colour: str, *, short: bool) -> Options:
    dashes = path(custom, "lineStyle.dash") or DASHES.get(path(custom, "lineStyle.fill", "solid"))
    if path(custom, "lineStyle.fill", "solid") == "solid":
        dashes = None
    interpolation = custom.get("lineInterpolation", "linear")
    fill = (custom.get("fillOpacity") or 0) / 100
    made: Options = {
        "lineStyle": {
            "color": colour,
            "width": custom.get("lineWidth", 1),
            "type": dashes or "solid",
        },
        "showSymbol": custom.get("showPoints", "auto") == "always" or short,
        "symbol": "circle",
        "symbolSize": max(custom.get("pointSize") or 5, 7 if short else 0),
        "connectNulls": custom.get("spanNulls") is True,
        "smooth": 0.3 if interpolation == "smooth" else False,
        "step": STEPS.get(interpolation, False),
    }
    if fill:
        made["areaStyle"] = {"color": colour, "opacity": fill}
    return made


def _marks(one: Field) -> Options | None:
    """Thresholds as lines across the chart."""
    mode = path(one.custom, "thresholdsStyle.mode", "off")
    if mode not in ("line", "dashed"):
        return None
    return {
        "symbol": "none",
        "silent": True,
        "label": {"show": False},
        "data": [
            {
                "yAxis": value,
                "lineStyle": {"color": colour, "type": "dashed" if mode == "dashed" else "solid"},
            }
            for value, colour in one.thresholds.steps
            if value is not None
        ],
    }


def draw(panel: Panel) -> Chart:
    """Draws where it is called."""
    return Chart(panel, options)
