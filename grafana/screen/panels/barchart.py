"""Bars side by side or on one another: one column names them, each other one is a series."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from grafana.screen.board import Panel
from grafana.screen.fields import Field, colours, field, missing, shown
from grafana.screen.frames import Column, Frame
from grafana.screen.panels.base import FONT, LETTER, Scene, em, path
from grafana.screen.panels.charting import (
    Chart,
    Options,
    exact,
    ground,
    has_legend,
    legend,
    legend_width,
    notes,
    number,
    on_right,
    tooltip,
    value_axis,
)

LONGEST_NAME = 18
MOST_READ = 80
"""Bars that are told to those who do not see them."""


def options(panel: Panel, frames: Sequence[Frame], scene: Scene) -> Options | None:
    """ECharts' options; None where there are no figures. Only the first answer is drawn."""
    frame = frames[0] if frames else Frame(())
    names, columns = _parts(panel, frame)
    fields = [field(panel, c.name, "number", nth) for nth, c in enumerate(columns)]
    if not any(not missing(value) for column in columns for value in column.values):
        return None
    lying = _lying(panel)
    labels = _labels(names, frame, scene)
    said = notes(panel, columns, fields)
    beside = legend_width([one.title for one in fields], said) if on_right(panel) else 0
    category = _category(panel, labels, scene, lying=lying)
    values = value_axis(scene, fields)
    if path(panel.options, "stacking") == "percent":
        values |= {"min": 0, "max": 100}
    alone = len(columns) == 1 and not path(panel.defaults, "displayName")
    return {
        **ground(panel, scene, _described(labels, columns, fields)),
        "grid": {
            "left": 8,
            "right": (beside if has_legend(panel) else 0) + (30 if lying else 12),
            "top": 14,
            "bottom": 26 if has_legend(panel) and not beside and not alone else 6,
            "containLabel": True,
        },
        "xAxis": values if lying else category,
        "yAxis": category if lying else values,
        "legend": {"show": False} if alone else legend(panel, scene, fields, said),
        "tooltip": {
            **tooltip(panel, scene, fields[0], axis=True),
            "axisPointer": {"type": "shadow"},
        },
        "series": [
            _series(panel, column, one, colour, columns, scene)
            for column, one, colour in zip(
                columns, fields, colours(panel, [c.name for c in columns]), strict=True
            )
            if not path(one.custom, "hideFrom.viz", False)
        ],
    }


def _parts(panel: Panel, frame: Frame) -> tuple[Column | None, list[Column]]:
    """The column of names, and those of figures."""
    wanted = path(panel.options, "xField", "")
    names = frame.column(wanted) if wanted else None
    names = names or next((c for c in frame.columns if c.kind in ("string", "time")), None)
    return names, [c for c in frame.columns if c.kind == "number" and c is not names]


def _labels(names: Column | None, frame: Frame, scene: Scene) -> list[str]:
    if names is None:
        return [str(nth + 1) for nth in range(frame.rows)]
    return [_label(value, scene) for value in names.values]


def _label(value: Any, scene: Scene) -> str:
    if isinstance(value, datetime):
        at = value.astimezone(scene.zone)
        return f"{at:%m-%d}" if (at.hour, at.minute) == (0, 0) else f"{at:%m-%d %H:%M}"
    return "" if value is None else str(value)


def _category(panel: Panel, labels: Sequence[str], scene: Scene, *, lying: bool) -> Options:
    longest = max((em(label) for label in labels), default=1)
    letters = path(panel.options, "xTickLabelMaxLength") or LONGEST_NAME
    label: Options = {
        "color": scene.ink,
        "fontSize": LETTER + 1,
        "fontFamily": FONT,
        "rotate": path(panel.options, "xTickLabelRotation", 0),
        "hideOverlap": True,
    }
    if lying:
        label |= {"width": round(min(longest, letters) * (LETTER + 1)) + 8, "overflow": "truncate"}
        label["interval"] = 0 if len(labels) <= 2 * panel.h else "auto"
    return {
        "type": "category",
        "inverse": lying,
        "data": labels,
        "axisLabel": label,
        "axisLine": {"lineStyle": {"color": scene.edge}},
        "axisTick": {"show": False},
    }


def _lying(panel: Panel) -> bool:
    return bool(path(panel.options, "orientation", "auto") == "horizontal")


def _series(
    panel: Panel,
    column: Column,
    one: Field,
    colour: str,
    columns: Sequence[Column],
    scene: Scene,
) -> Options:
    stacked = path(panel.options, "stacking", "none") != "none"
    show = path(panel.options, "showValue", "auto")
    outside = "right" if _lying(panel) else "top"
    made: Options = {
        "name": one.title,
        "type": "bar",
        "data": _data(panel, column, one, columns),
        "itemStyle": {
            "color": colour,
            "opacity": max(one.custom.get("fillOpacity", 80), 30) / 100,
            "borderRadius": round(10 * path(panel.options, "barRadius", 0)),
        },
        "barCategoryGap": f"{round(100 * (1 - 0.85 * path(panel.options, 'barWidth', 0.97)))}%",
        "barGap": "6%",
        "barMaxWidth": 46,
        "emphasis": {"disabled": True},
        "label": {
            "show": show != "never",
            "position": "inside" if stacked else outside,
            "color": "#0b0f14" if stacked else scene.ink,
            "fontSize": path(panel.options, "text.valueSize") or LETTER,
            "fontFamily": FONT,
            ":formatter": f"p => ({exact(one)})(p.value)",
        },
        "labelLayout": {"hideOverlap": show == "auto"},
    }
    return {**made, "stack": "A"} if stacked else made


def _data(panel: Panel, column: Column, one: Field, columns: Sequence[Column]) -> list[Any]:
    """The figures, in percent of their row where they are stacked so; colours by threshold."""
    percent = path(panel.options, "stacking") == "percent"
    totals = [
        sum(number(other.values[row]) or 0 for other in columns)
        for row in range(len(column.values))
    ]
    texts = [shown(one, value).text for column in columns for value in column.values]
    widest = max((em(text) for text in texts), default=0.0)
    found: list[Any] = []
    for raw, total in zip(column.values, totals, strict=True):
        value = number(raw)
        if percent and value is not None:
            value = 100 * value / total if total else 0
        item: Options = {"value": value}
        colour = shown(one, raw).colour if one.color_mode == "thresholds" else None
        if colour:
            item["itemStyle"] = {"color": colour}
        if not _has_room(panel, value, 100 if percent else max(totals), widest, len(totals)):
            item["label"] = {"show": False}
        found.append(item if len(item) > 1 else value)
    return found


def _has_room(panel: Panel, value: float | None, longest: float, widest: float, rows: int) -> bool:
    """Whether a figure fits into its part of a stack, as large as that is on a wall.

    Beside bars of their own, ECharts itself hides figures that would cover others. ``widest`` is
    the widest of all figures, in letters: standing bars show all of them, or none.
    """
    stacked = path(panel.options, "stacking", "none") != "none"
    if not stacked or path(panel.options, "showValue", "auto") == "always":
        return True
    if not value or not longest:
        return False
    part = value / longest
    wide, tall = panel.w * 70, max(panel.h * 38 - 90, 1)
    letters = widest * LETTER * 0.95
    if _lying(panel):
        return part * wide * 0.8 > letters and tall / rows * 0.7 > LETTER
    return wide / rows * 0.7 > letters and part * tall > LETTER + 4


def _described(labels: Sequence[str], columns: Sequence[Column], fields: Sequence[Field]) -> str:
    said = []
    for row, label in enumerate(labels[:MOST_READ]):
        figures = "，".join(
            f"{one.title} {shown(one, column.values[row]).text or '—'}"
            for column, one in zip(columns, fields, strict=True)
        )
        said.append(f"{label}：{figures}")
    return "；".join(said)


def draw(panel: Panel) -> Chart:
    """Draws where it is called."""
    return Chart(panel, options)
