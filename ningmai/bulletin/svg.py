"""A chart as SVG, whose letters are text: sharp at any size, and found by a search."""

from html import escape

from ningmai.bulletin.fonts import FAMILY
from ningmai.bulletin.model import Chart, Number

WIDTH = 720.0
SIZE = 13.0
"""Height of letters: on a page 17 cm wide, 8.7 points."""
ROW = 24.0
BAR = 15.0
TOP = 30.0
GAP = 8.0
COLOURS = ("#2a5c8a", "#7fb2d9", "#e3a33d", "#8a939c")
"""Told apart by those who see no red or green, and on a printer without colours."""
LETTERS = ("#ffffff", "#1b1b1b", "#1b1b1b", "#ffffff")
"""On a bar of each colour."""


def svg(chart: Chart) -> str:
    """The chart as one SVG element."""
    labels = max(_length(label) for label, _ in chart.bars)
    ends = max(_length(_said(sum(values))) for _, values in chart.bars)
    left = min(labels, WIDTH * 0.45) + GAP
    most = float(max(sum(values) for _, values in chart.bars)) or 1.0
    scale = (WIDTH - left - ends - 2 * GAP) / most
    height = TOP + ROW * len(chart.bars) + GAP
    parts = [_legend(chart)]
    for at, (label, values) in enumerate(chart.bars):
        parts.append(_bar(label, values, TOP + ROW * at, left, scale))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:.0f} {height:.0f}" '
        f'role="img" aria-label="{escape(chart.title)}" font-family="{FAMILY}" '
        f'font-size="{SIZE:.0f}" fill="#1b1b1b">{"".join(parts)}</svg>'
    )


def _legend(chart: Chart) -> str:
    """Title and unit; of several series, what each colour is."""
    text = f"{chart.title}（{chart.unit}）"
    parts = [_text(text, 0, 16, bold=True)]
    x = _length(text) + 3 * GAP
    for at, name in enumerate(chart.series if chart.series[1:] else ()):
        colour = COLOURS[at % len(COLOURS)]
        parts.append(f'<rect x="{x:.1f}" y="6" width="11" height="11" fill="{colour}"/>')
        parts.append(_text(name, x + 15, 16))
        x += 15 + _length(name) + 2 * GAP
    return "".join(parts)


def _bar(label: str, values: tuple[Number, ...], y: float, left: float, scale: float) -> str:
    middle = y + BAR / 2 + SIZE * 0.36
    parts = [_text(label, left - GAP, middle, anchor="end", within=left - GAP)]
    x = left
    for at, value in enumerate(values):
        wide = float(value) * scale
        colour = COLOURS[at % len(COLOURS)]
        parts.append(
            f'<rect x="{x:.1f}" y="{y:.1f}" width="{wide:.1f}" height="{BAR:.0f}" fill="{colour}"/>'
        )
        if values[1:] and _length(_said(value)) + 6 < wide:
            ink = LETTERS[at % len(LETTERS)]
            parts.append(_text(_said(value), x + wide / 2, middle, anchor="middle", ink=ink))
        x += wide
    parts.append(_text(_said(sum(values)), x + GAP / 2, middle))
    return "".join(parts)


def _text(
    text: str,
    x: float,
    y: float,
    *,
    anchor: str = "start",
    bold: bool = False,
    ink: str = "",
    within: float = WIDTH,
) -> str:
    """Text at a place; what is longer than its room is set smaller, never cut."""
    size = min(1.0, within / max(_length(text), 1.0)) * SIZE
    more = ' font-weight="bold"' if bold else ""
    more += f' fill="{ink}"' if ink else ""
    more += f' font-size="{size:.1f}"' if size < SIZE else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{more}>{escape(text)}</text>'


def _said(value: Number) -> str:
    return f"{value}"


def _length(text: str) -> float:
    """Room that a text takes: a Chinese letter is as wide as high, others a little over half."""
    return sum(1.0 if ord(letter) > 0x2E7F else 0.58 for letter in text) * SIZE
