"""A bar for each figure, from the least to the most, with the figure written beside it."""

from collections.abc import Sequence
from typing import Any

from grafana.screen.board import Panel
from grafana.screen.fields import Shown, missing, shown
from grafana.screen.frames import Frame
from grafana.screen.panels.base import FONT, LETTER, Scene, em, path
from grafana.screen.panels.charting import Chart, Options, ground, number
from grafana.screen.panels.picked import Picked, picked

BLUE = "#56B4E9"
LONGEST_NAME = 15
"""Letters of a name that are shown beside its bar."""
MANY = 12
"""From so many bars on, letters get smaller."""


def options(panel: Panel, frames: Sequence[Frame], scene: Scene) -> Options | None:
    """ECharts' options; None where there are no figures."""
    found = [one for one in picked(panel, frames) if not isinstance(one.value, str)]
    if not any(not missing(one.value) for one in found):
        return None
    figures = [shown(one.field, one.value) for one in found]
    low, high = _ends(found)
    standing = _standing(panel)
    names, values = _names_axis(panel, found, scene), {"type": "value", "show": False}
    values |= {"min": low, "max": high}
    texts = [figure.text for figure in figures]
    words = "；".join(f"{one.name} {text}" for one, text in zip(found, texts, strict=True))
    beside = _figures_axis(panel, found, figures, scene)
    return {
        **ground(panel, scene, words),
        "grid": _room(panel, found, texts),
        "xAxis": [names, beside] if standing else values,
        "yAxis": values if standing else [names, beside],
        "tooltip": {"show": False},
        "series": [_series(panel, found, figures, scene)],
    }


def _standing(panel: Panel) -> bool:
    stated = path(panel.options, "orientation", "auto")
    return stated == "vertical" or (stated == "auto" and panel.w > 2 * panel.h)


def _ends(found: Sequence[Picked]) -> tuple[float, float]:
    values = [number(one.value) or 0 for one in found]
    lows = [one.field.min for one in found if one.field.min is not None]
    highs = [one.field.max for one in found if one.field.max is not None]
    low, high = min(lows or [0.0, *values]), max(highs or values)
    return low, high if high > low else low + 1


def _letter(found: Sequence[Picked]) -> int:
    return LETTER if len(found) > MANY else LETTER + 3


def _room(panel: Panel, found: Sequence[Picked], texts: Sequence[str]) -> Options:
    """Names and figures have as much as the longest of them needs; bars have the rest."""
    if _standing(panel):
        return {"left": 10, "right": 10, "top": 30, "bottom": 28}
    above = path(panel.options, "namePlacement") == "top"
    names = 10 if above else _width(found) + 20
    figures = max(em(text) for text in texts) * (_letter(found) + 1)
    return {"left": names, "right": round(figures) + 22, "top": 6, "bottom": 6}


def _width(found: Sequence[Picked]) -> int:
    """Pixels of the names."""
    return round(min(LONGEST_NAME, max(em(one.name) for one in found)) * _letter(found))


def _names_axis(panel: Panel, found: Sequence[Picked], scene: Scene) -> Options:
    label: Options = {
        "color": scene.ink,
        "fontSize": _letter(found),
        "fontFamily": FONT,
        "interval": 0,
        "width": _width(found),
        "overflow": "truncate",
        "align": "left" if not _standing(panel) else "center",
    }
    if not _standing(panel):
        label["margin"] = label["width"] + 10
    if path(panel.options, "namePlacement") == "top" and not _standing(panel):
        label |= {"inside": True, "margin": 0, "padding": [0, 0, 28, 0], "width": None}
    return {
        "type": "category",
        "inverse": not _standing(panel),
        "data": [one.name for one in found],
        "axisLabel": label,
        "axisLine": {"show": False},
        "axisTick": {"show": False},
    }


def _figures_axis(
    panel: Panel, found: Sequence[Picked], figures: Sequence[Shown], scene: Scene
) -> Options:
    """The figures stand on the other side, under one another."""
    mode = path(panel.options, "valueMode", "color")
    colour: Any = scene.ink
    if mode == "color":
        colour = scene.colour(figures[0].colour or BLUE)
    return {
        "type": "category",
        "inverse": not _standing(panel),
        "position": "top" if _standing(panel) else "right",
        "data": [figure.text for figure in figures],
        "show": mode != "hidden",
        "axisLabel": {
            "color": colour,
            "fontSize": _letter(found) + 1,
            "fontWeight": 600,
            "fontFamily": FONT,
            "interval": 0,
        },
        "axisLine": {"show": False},
        "axisTick": {"show": False},
    }


def _series(
    panel: Panel, found: Sequence[Picked], figures: Sequence[Shown], scene: Scene
) -> Options:
    mode = path(panel.options, "displayMode", "gradient")
    made: Options = {
        "type": "bar",
        "data": [
            {"value": number(one.value), "itemStyle": {"color": _paint(panel, figure.colour)}}
            for one, figure in zip(found, figures, strict=True)
        ],
        "barWidth": "62%",
        "barMaxWidth": 30,
        "silent": True,
        "showBackground": bool(path(panel.options, "showUnfilled", True)),
        "backgroundStyle": {"color": scene.edge, "opacity": 0.55},
    }
    if mode == "lcd":
        size = [16, 4] if _standing(panel) else [4, 16]
        made |= {"type": "pictorialBar", "symbol": "rect", "symbolSize": size}
        made |= {"symbolRepeat": True, "symbolMargin": 2, "symbolClip": True}
    return made


def _paint(panel: Panel, colour: str | None) -> Any:
    """A colour, or in a gradient from a faint one to it."""
    colour = colour or BLUE
    if path(panel.options, "displayMode", "gradient") != "gradient" or len(colour) != 7:
        return colour
    x, y = (0, 1) if _standing(panel) else (1, 0)
    return {
        "type": "linear",
        "x": 0,
        "y": y,
        "x2": x,
        "y2": 0,
        "colorStops": [{"offset": 0, "color": f"{colour}55"}, {"offset": 1, "color": colour}],
    }


def draw(panel: Panel) -> Chart:
    """Draws where it is called."""
    return Chart(panel, options)
