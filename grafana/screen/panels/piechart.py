"""A pie or a ring of shares, with its figures in the legend."""

from collections.abc import Sequence
from decimal import Decimal

from grafana.screen.board import Panel
from grafana.screen.fields import Field, colours, missing, shown
from grafana.screen.frames import Frame
from grafana.screen.panels.base import FONT, LETTER, Scene, path
from grafana.screen.panels.charting import (
    Chart,
    Options,
    exact,
    ground,
    has_legend,
    legend,
    legend_width,
    number,
    on_right,
    tooltip,
)
from grafana.screen.panels.picked import Picked, picked

LEAST_LABELLED = 0.03
"""Shares below this have no words on their slice, where they would cover others."""


def options(panel: Panel, frames: Sequence[Frame], scene: Scene) -> Options | None:
    """ECharts' options; None where all shares are missing, or nothing."""
    found = [
        one
        for one in picked(panel, frames)
        if not missing(one.value) and not isinstance(one.value, str) and one.value >= 0
    ]
    total = sum((Decimal(str(one.value)) for one in found), Decimal(0))
    if not found or not total:
        return None
    said = {one.name: _note(panel, one, total) for one in found}
    fields = [_named(one) for one in found]
    beside = legend_width([one.name for one in found], said) if on_right(panel) else 0
    shows_legend = has_legend(panel)
    words = "；".join(f"{one.name} {shown(one.field, one.value).text}" for one in found)
    return {
        **ground(panel, scene, words),
        "legend": legend(panel, scene, fields, {k: v for k, v in said.items() if v}),
        "tooltip": tooltip(panel, scene, found[0].field, axis=False),
        "series": [
            {
                "type": "pie",
                "left": 4,
                "top": 4,
                "right": beside + 8 if shows_legend else 4,
                "bottom": 28 if shows_legend and not beside else 4,
                "radius": ["42%", "84%"] if panel.options.get("pieType") == "donut" else "84%",
                "data": _slices(panel, found, total),
                "label": _label(panel, found[0].field),
                "labelLine": {"show": False},
                "itemStyle": {"borderColor": scene.ground, "borderWidth": 1},
                "emphasis": {"disabled": True},
                "startAngle": 90,
            }
        ],
    }


def _named(one: Picked) -> Field:
    """The legend goes by slices, not by columns."""
    return Field(name=one.name, title=one.name, kind="number", custom=one.field.custom)


def _note(panel: Panel, one: Picked, total: Decimal) -> str:
    wanted = path(panel.options, "legend.values") or ()
    said = [shown(one.field, one.value).text] if "value" in wanted else []
    if "percent" in wanted:
        said.append(f"{100 * Decimal(str(one.value)) / total:.1f}%")
    return "　".join(said)


def _slices(panel: Panel, found: Sequence[Picked], total: Decimal) -> list[Options]:
    paints = colours(panel, [one.name for one in found])
    return [
        {
            "name": one.name,
            "value": number(one.value),
            "itemStyle": {"color": paint},
            "label": {"show": Decimal(str(one.value)) / total >= Decimal(str(LEAST_LABELLED))},
        }
        for one, paint in zip(found, paints, strict=True)
    ]


def _label(panel: Panel, first: Field) -> Options:
    wanted = path(panel.options, "displayLabels") or ()
    parts = [
        part
        for name, part in (
            ("name", "p.name"),
            ("value", f"({exact(first)})(p.value)"),
            ("percent", "p.percent.toFixed(1) + '%'"),
        )
        if name in wanted
    ]
    if not parts:
        return {"show": False}
    joined = " + '\\n' + ".join(parts)
    return {
        "show": True,
        "position": "inside",
        "color": "#0b0f14",
        "fontSize": LETTER + 1,
        "fontWeight": 600,
        "fontFamily": FONT,
        ":formatter": f"p => {joined}",
    }


def draw(panel: Panel) -> Chart:
    """Draws where it is called."""
    return Chart(panel, options)
