"""States over time: a lane a series, a span of colour for as long as a state lasts."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from grafana.screen import palette
from grafana.screen.board import Panel
from grafana.screen.fields import Field, field, missing, shown
from grafana.screen.frames import Column, Frame, lanes
from grafana.screen.panels.base import FONT, LETTER, Scene, em, path
from grafana.screen.panels.charting import Chart, Options, ground, has_legend, legend, stamp
from grafana.screen.panels.timeseries import time_axis

LONGEST_NAME = 16


@dataclass(frozen=True)
class Span:
    """A state of one lane, from one time to another."""

    lane: int
    start: datetime
    end: datetime
    text: str
    colour: str | None


def options(panel: Panel, frames: Sequence[Frame], scene: Scene) -> Options | None:
    """ECharts' options; None where no state is known."""
    times, *columns = lanes(frames).columns
    fields = [field(panel, c.name, c.kind, nth) for nth, c in enumerate(columns)]
    spans = [
        span
        for nth, (column, one) in enumerate(zip(columns, fields, strict=True))
        for span in _spans(panel, nth, one, times, column, scene)
    ]
    if not spans:
        return None
    paints = _paints(spans)
    states = [Field(name=text, title=text, kind="string") for text in paints]
    height = path(panel.options, "rowHeight", 0.9)
    return {
        **ground(panel, scene, _described(spans, fields)),
        "grid": {
            "left": 10,
            "right": 14,
            "top": 8,
            "bottom": 26 if has_legend(panel) else 6,
            "containLabel": True,
        },
        "xAxis": time_axis(scene),
        "yAxis": _lanes_axis(fields, scene),
        "legend": legend(panel, scene, states, {}),
        "tooltip": {
            "show": path(panel.options, "tooltip.mode", "single") != "none",
            "trigger": "item",
            "formatter": "{b}",
            "confine": True,
            "backgroundColor": scene.ground,
            "borderColor": scene.edge,
            "textStyle": {"color": scene.ink, "fontFamily": FONT},
        },
        "series": [
            {
                "name": text,
                "type": "custom",
                ":renderItem": f"window.ningmai.span({float(height):g})",
                "encode": {"x": [1, 2], "y": 0},
                "itemStyle": {"color": colour, "opacity": _opacity(panel)},
                "clip": True,
                "data": [_item(panel, span, fields, scene) for span in spans if span.text == text],
            }
            for text, colour in paints.items()
        ],
    }


def _spans(
    panel: Panel, lane: int, one: Field, times: Column, column: Column, scene: Scene
) -> Iterator[Span]:
    """What lasts until the next row; equal neighbours are one, unless the panel keeps them."""
    merge = path(panel.options, "mergeValues", True)
    ends = [*times.values[1:], max([scene.range.end, *times.values[-1:]])]
    open_span: Span | None = None
    for start, end, value in zip(times.values, ends, column.values, strict=False):
        figure = shown(one, value)
        if missing(value) and not figure.text:
            if open_span:
                yield open_span
            open_span = None
        elif open_span and merge and open_span.text == figure.text:
            open_span = Span(lane, open_span.start, end, figure.text, figure.colour)
        else:
            if open_span:
                yield open_span
            open_span = Span(lane, start, end, figure.text, figure.colour)
    if open_span:
        yield open_span


def _paints(spans: Sequence[Span]) -> dict[str, str]:
    """A colour a state: its own, else one of the palette that no state has."""
    found = {span.text: span.colour for span in spans}
    free = iter([c for c in palette.PALETTE if c not in found.values()] * (len(found) + 1))
    return {text: colour or next(free, palette.GREY) for text, colour in found.items()}


def _lanes_axis(fields: Sequence[Field], scene: Scene) -> Options:
    longest = max(em(one.title) for one in fields)
    return {
        "type": "category",
        "inverse": True,
        "data": [one.title for one in fields],
        "axisLabel": {
            "color": scene.ink,
            "fontSize": LETTER + 1,
            "fontFamily": FONT,
            "width": round(min(longest, LONGEST_NAME) * (LETTER + 1)) + 8,
            "overflow": "truncate",
        },
        "axisLine": {"show": False},
        "axisTick": {"show": False},
        "splitLine": {"show": False},
    }


def _opacity(panel: Panel) -> float:
    return max(float(path(panel.defaults, "custom.fillOpacity", 70)), 40) / 100


def _item(panel: Panel, span: Span, fields: Sequence[Field], scene: Scene) -> dict[str, Any]:
    text = "" if path(panel.options, "showValue", "auto") == "never" else span.text
    start, end = span.start.astimezone(scene.zone), span.end.astimezone(scene.zone)
    since = f"{start:%m-%d %H:%M} 至 {end:%m-%d %H:%M}"
    return {
        "name": f"{fields[span.lane].title}：{span.text}，{since}",
        "value": [span.lane, stamp(start, scene), stamp(end, scene), text],
    }


def _described(spans: Sequence[Span], fields: Sequence[Field]) -> str:
    newest = {span.lane: span.text for span in spans}
    return "；".join(f"{fields[lane].title}：{text}" for lane, text in newest.items())


def draw(panel: Panel) -> Chart:
    """Draws where it is called."""
    return Chart(panel, options)
