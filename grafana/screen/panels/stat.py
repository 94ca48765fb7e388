"""Large figures, as large as fits: nothing is ever clipped."""

from collections.abc import Sequence

from nicegui import ui

from grafana.screen.board import Panel
from grafana.screen.fields import missing, shown
from grafana.screen.frames import Frame
from grafana.screen.panels.base import Scene, e, em, no_value, path
from grafana.screen.panels.picked import Picked, picked

LEFT_OF_HEIGHT = {True: 58, False: 76}
"""Percent of a tile's height that a figure may take, with and without its name below."""
NOTHING = 20
"""Pixels of the words that stand for no figure, which are not to look like one."""
SPARK_POINTS = 120


def html(panel: Panel, frames: Sequence[Frame], scene: Scene) -> str:
    """The tile's figures; each is a link where its field has one."""
    found = picked(panel, frames)
    if not found:
        return f'<div class="none">{e(no_value(panel))}</div>'
    lying = path(panel.options, "orientation", "auto") == "horizontal"
    figures = "".join(_one(panel, one, scene, many=len(found) > 1) for one in found)
    return f'<div class="stats {"rows" if lying else ""}">{figures}</div>'


def _one(panel: Panel, one: Picked, scene: Scene, *, many: bool) -> str:
    figure = shown(one.field, one.value)
    text = figure.text or no_value(panel)
    mode = path(panel.options, "textMode", "auto")
    # A single column named as its only value says nothing that the title does not.
    named = mode in ("value_and_name", "name") or (mode == "auto" and many)
    parts = [_spark(panel, one, scene, figure.colour)]
    if mode not in ("name", "none"):
        nothing = missing(one.value) and text == no_value(panel)
        parts.append(_figure(panel, text, named=named, nothing=nothing))
    if named and mode != "none":
        parts.append(f'<div class="name" style="--name-ems:{em(one.name):.2f}">{e(one.name)}</div>')
    tag, link = "div", ""
    if one.field.links:
        tag, link = "a", f' href="{e(scene.words(one.field.links[0].get("url", "")))}"'
    left = path(panel.options, "justifyMode", "auto") == "auto" and many
    classes = f"in {'left' if left else ''} {'filled' if _filled(panel) else ''}"
    colour = _colour(panel, figure.colour, scene)
    opening = f'<{tag} class="{classes}" style="{colour}"{link}>'
    # Each has as much of the width as it needs, so that all are of one size.
    part = max(em(text), 0.5 * em(one.name) if named else 1.0, 2.5)
    inside = f"{opening}{''.join(parts)}</{tag}>"
    return f'<div class="one" style="flex-grow:{part:.1f}">{inside}</div>'


def _figure(panel: Panel, text: str, *, named: bool, nothing: bool) -> str:
    size = NOTHING if nothing else path(panel.options, "text.valueSize")
    wanted = f"calc({float(size):g} * var(--px))" if size else "400px"
    tall = LEFT_OF_HEIGHT[named]
    style = f"--ems:{em(text):.2f};--size:{wanted};--tall:{tall}cqh"
    return f'<div class="figure{" nothing" if nothing else ""}" style="{style}">{e(text)}</div>'


def _filled(panel: Panel) -> bool:
    return str(path(panel.options, "colorMode", "value")).startswith("background")


def _colour(panel: Panel, colour: str | None, scene: Scene) -> str:
    mode = path(panel.options, "colorMode", "value")
    if mode == "none":
        return f"color:{scene.ink}"
    if _filled(panel):
        return f"background:{colour};color:#0b0f14" if colour else f"color:{scene.ink}"
    return f"color:{scene.colour(colour)}"


def _spark(panel: Panel, one: Picked, scene: Scene, colour: str | None) -> str:
    """The way that a figure over time has come, faint behind it."""
    values = [value for value in one.column.values if not missing(value)]
    if path(panel.options, "graphMode", "none") != "area" or len(values) < 2:
        return ""
    if one.column.kind != "number":
        return ""
    step = max(1, len(values) // SPARK_POINTS)
    points = [float(value) for value in values[::step]]
    low, high = min(points), max(points)
    wide, tall = len(points) - 1, high - low or 1.0
    line = " ".join(
        f"{100 * x / wide:.1f},{100 - 90 * (y - low) / tall:.1f}" for x, y in enumerate(points)
    )
    return (
        '<svg class="spark" viewBox="0 0 100 100" preserveAspectRatio="none" aria-hidden="true">'
        f'<polygon points="0,100 {line} 100,100" fill="{scene.colour(colour)}"/></svg>'
    )


class Stat:
    """Draws where it is made."""

    def __init__(self, panel: Panel) -> None:
        self._panel = panel
        self._content = ui.html("", sanitize=False)

    @property
    def still(self) -> str:
        """All of it."""
        return str(self._content.content)

    def update(self, frames: Sequence[Frame], scene: Scene) -> None:
        """Writes the figures anew if any has changed."""
        made = html(self._panel, frames, scene)
        if made != self._content.content:
            self._content.set_content(made)
