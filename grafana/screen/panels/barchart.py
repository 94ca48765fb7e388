"""Bars side by side or on one another: one column names them, each other one is a series."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from grafana.screen.board import Panel
from grafana.screen.fields import Field, colours, field, missing, shown
from grafana.screen.frames import Column, Frame
from grafana.screen.panels.base import FONT, Scene, em, path
from grafana.screen.panels.charting import (
    LETTER,
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
MOST_LABELS = 80
"""More figures than these on the bars would only cover one another."""


def options(panel: Panel, frames: Sequence[Frame], scene: Scene) -> Options | None:
    """ECharts' options; None where there are no figures. Only the first answer is drawn."""
    frame = frames[0] if frames else Frame(())
    names, columns = _parts(panel, frame)
    fields = [field(panel, c.name, "number", nth) for nth, c in enumerate(columns)]
    if not any(not missing(value) for column in columns for value in column.values):
        return None
    lying = path(panel.options, "orientation", "auto") == "horizontal"
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
            "right": beside + 12 if has_legend(panel) else 12,
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
            _series(panel, column, one, colour, columns, scene, lying=lying)
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
        label |= {"width": round(min(longest, letters) * (LETTER + 1)), "overflow": "truncate"}
        label["interval"] = 0 if len(labels) <= 2 * panel.h else "auto"
    return {
        "type": "category",
        "inverse": lying,
        "data": labels,
        "axisLabel": label,
        "axisLine": {"lineStyle": {"color": scene.edge}},
        "axisTick": {"show": False},
    }


def _series(
    panel: Panel,
    column: Column,
    one: Field,
    colour: str,
    columns: Sequence[Column],
    scene: Scene,
    *,
    lying: bool,
) -> Options:
    stacking = path(panel.options, "stacking", "none")
    stacked = stacking != "none"
    show = path(panel.options, "showValue", "auto")
    labelled = show == "always" or (
        show == "auto" and len(columns) * len(column.values) <= MOST_LABELS
    )
    outside = "right" if lying else "top"
    made: Options = {
        "name": one.title,
        "type": "bar",
        "data": _data(column, one, columns, percent=stacking == "percent"),
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
            "show": labelled,
            "position": "inside" if stacked else outside,
            "color": "#0b0f14" if stacked else scene.ink,
            "fontSize": path(panel.options, "text.valueSize") or LETTER,
            "fontFamily": FONT,
            ":formatter": f"p => ({exact(one)})(p.value)",
        },
        "labelLayout": {"hideOverlap": show == "auto"},
    }
    return {**made, "stack": "A"} if stacked else made


def _data(column: Column, one: Field, columns: Sequence[Column], *, percent: bool) -> list[Any]:
    """The figures, in percent of their row where they are stacked so; colours by threshold."""
    found: list[Any] = []
    for row, raw in enumerate(column.values):
        value = number(raw)
        if percent and value is not None:
            total = sum(number(other.values[row]) or 0 for other in columns)
            value = 100 * value / total if total else 0
        colour = shown(one, raw).colour if one.color_mode == "thresholds" else None
        found.append({"value": value, "itemStyle": {"color": colour}} if colour else value)
    return found


def _described(labels: Sequence[str], columns: Sequence[Column], fields: Sequence[Field]) -> str:
    said = []
    for row, label in enumerate(labels[:MOST_LABELS]):
        figures = "，".join(
            f"{one.title} {shown(one, column.values[row]).text or '—'}"
            for column, one in zip(columns, fields, strict=True)
        )
        said.append(f"{label}：{figures}")
    return "；".join(said)


def draw(panel: Panel) -> Chart:
    """Draws where it is called."""
    return Chart(panel, options)
