"""Tables, in the columns and the order of their query, with their exact figures as CSV."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from math import ceil
from typing import Any

from nicegui import ui

from grafana.screen.board import Panel
from grafana.screen.fields import Field, field, missing, shown
from grafana.screen.frames import Column, Frame
from grafana.screen.panels.base import Scene, e, em, no_value, path

MOST_ROWS = 1000
"""On the glass; the CSV has all."""
BOM = "\ufeff"
"""Tells Excel that a CSV is UTF-8."""
FORMULA = ("=", "+", "-", "@", "\t", "\r")
SHORT = 14
SHORT_HEAD = 5
"""Letters of a text, and of a column's name, that are kept on one line."""
LETTERS_A_COLUMN = 3.7
"""Of the largest size, on one column of the board's grid."""
MOST_LINES = 60
"""Longer tables scroll anyway."""
PADDING = {"sm": 3, "md": 7, "lg": 12}


@dataclass(frozen=True)
class Shape:
    """A column and how it is shown."""

    column: Column
    field: Field

    @property
    def align(self) -> str:
        """Numbers stand on the right, under one another."""
        stated = self.field.custom.get("align") or "auto"
        if stated != "auto":
            return str(stated)
        return "right" if self.column.kind == "number" else "left"


def shapes(panel: Panel, frame: Frame, ref_id: str = "") -> list[Shape]:
    """The columns that are shown, in their order."""
    found = [
        Shape(column, field(panel, column.name, column.kind, nth, ref_id))
        for nth, column in enumerate(frame.columns)
    ]
    return [shape for shape in found if not shape.field.custom.get("hidden")]


def html(panel: Panel, frame: Frame, scene: Scene) -> str:
    """The table. Rows are sorted as the panel says, otherwise as the query gave them."""
    columns = shapes(panel, frame, panel.targets[0].ref_id if panel.targets else "")
    if not columns or not frame.rows:
        return f'<div class="none">{e(no_value(panel))}</div>'
    order = _order(panel, columns, frame.rows)
    ends = [_ends(shape) for shape in columns]
    rows = "".join(
        "<tr>"
        + "".join(_cell(shape, row, end, scene) for shape, end in zip(columns, ends, strict=True))
        + "</tr>"
        for row in order[:MOST_ROWS]
    )
    more = len(order) - MOST_ROWS
    left = f'<div class="more">另有 {more} 行，见 CSV</div>' if more > 0 else ""
    tall = PADDING.get(path(panel.options, "cellHeight", "sm"), 3)
    about = e(scene.words(panel.title) or panel.description)
    head = _head(columns) if path(panel.options, "showHeader", True) else ""
    sizes = f"--cell:{tall};--lines:{_lines(panel, columns, order)}"
    return (
        f'<table style="{sizes}"><caption class="sr-only">{about}</caption>'
        f"{_widths(columns)}{head}<tbody>{rows}</tbody></table>{left}"
    )


def _lines(panel: Panel, columns: Sequence[Shape], order: Sequence[int]) -> int:
    """About how many lines the table has with its head, where letters are as large as they get."""
    room = panel.w * LETTERS_A_COLUMN
    lines = 1
    for row in order[:MOST_LINES]:
        wide = sum(em(_text(shape, row)) + 1.5 for shape in columns)
        lines += ceil(wide / room)
    return lines


def _text(shape: Shape, row: int) -> str:
    return shown(shape.field, shape.column.values[row]).text


def _order(panel: Panel, columns: Sequence[Shape], rows: int) -> list[int]:
    order = list(range(rows))
    for by in reversed(path(panel.options, "sortBy") or ()):
        name = by.get("displayName")
        shape = next((s for s in columns if name in (s.field.title, s.column.name)), None)
        if shape is not None:
            values = shape.column.values
            known = [row for row in order if not missing(values[row])]
            known.sort(key=lambda row: values[row], reverse=bool(by.get("desc")))
            order = known + [row for row in order if missing(values[row])]
    return order


def _widths(columns: Sequence[Shape]) -> str:
    def width(shape: Shape) -> str:
        stated, least = shape.field.custom.get("width"), shape.field.custom.get("minWidth")
        if not stated and not least:
            return "<col>"
        which, pixels = ("width", stated) if stated else ("min-width", least)
        return f'<col style="{which}:calc({pixels} * var(--px))">'

    return "<colgroup>" + "".join(width(shape) for shape in columns) + "</colgroup>"


def _head(columns: Sequence[Shape]) -> str:
    cells = "".join(
        f'<th scope="col" class="{e(shape.align)}{_kept(shape.field.title, SHORT_HEAD)}">'
        f"{e(shape.field.title)}</th>"
        for shape in columns
    )
    return f"<thead><tr>{cells}</tr></thead>"


def _ends(shape: Shape) -> tuple[float, float]:
    """From where to where bars in cells go."""
    numbers = [float(v) for v in shape.column.values if not missing(v) and _is_number(v)]
    low, high = shape.field.min, shape.field.max
    return (
        low if low is not None else min([0.0, *numbers]),
        high if high is not None else max([0.0, *numbers]),
    )


def _is_number(value: Any) -> bool:
    return not isinstance(value, (str, bool, date, datetime, list, tuple, dict))


def _cell(shape: Shape, row: int, ends: tuple[float, float], scene: Scene) -> str:
    value = shape.column.values[row]
    figure = shown(shape.field, value)
    kind = path(shape.field.custom, "cellOptions.type", "auto")
    style = _style(kind, figure.colour, scene)
    text = e(figure.text)
    if shape.field.links and text:
        text = f'<a href="{e(scene.words(shape.field.links[0].get("url", "")))}">{text}</a>'
    if kind == "gauge" and _is_number(value) and not missing(value):
        text = _bar(shape, float(value), ends, figure.colour or "#56B4E9", text)
    classes = e(shape.align) + _kept(figure.text, SHORT)
    return f'<td class="{classes}"{style}>{text}</td>'


def _kept(text: str, short: int) -> str:
    return " nowrap" if len(text) <= short else ""


def _style(kind: str, colour: str | None, scene: Scene) -> str:
    if colour is None or kind not in ("color-text", "color-background"):
        return ""
    if kind == "color-text":
        return f' style="color:{e(scene.colour(colour))}"'
    return f' style="background:{e(colour)};color:#0b0f14"'


def _bar(shape: Shape, value: float, ends: tuple[float, float], colour: str, text: str) -> str:
    low, high = ends
    part = 0.0 if high <= low else max(0.0, min(1.0, (value - low) / (high - low)))
    hidden = path(shape.field.custom, "cellOptions.valueDisplayMode") == "hidden"
    return (
        f'<span class="gauge"><i style="width:{100 * part:.1f}%;background:{e(colour)}"></i></span>'
        f'<span class="{"sr-only" if hidden else ""}">{text}</span>'
    )


def comma_separated(panel: Panel, frame: Frame) -> bytes:
    """Every row with its exact figures, for Excel and for programs alike."""
    columns = shapes(panel, frame, panel.targets[0].ref_id if panel.targets else "")
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\r\n")
    writer.writerow([shape.field.title for shape in columns])
    for row in range(frame.rows):
        writer.writerow([_exact(shape, shape.column.values[row]) for shape in columns])
    return (BOM + written.getvalue()).encode()


def _exact(shape: Shape, value: Any) -> str:
    """A figure as it is; what is missing in the words that the table says it in."""
    if missing(value) or isinstance(value, bool):
        return shown(shape.field, value).text
    if isinstance(value, datetime):
        return value.astimezone(shape.field.zone).strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, str):
        said = shown(shape.field, value).text or value
        # Excel runs what begins so as a formula.
        return (
            f"'{said}" if said[:1] in ("=", "+", "-", "@", "\t", "\r") and len(said) > 1 else said
        )
    return str(value)


class Table:
    """Draws where it is made."""

    def __init__(self, panel: Panel) -> None:
        self._panel = panel
        self._frame: Frame | None = None
        self._content = ui.html("", sanitize=False).classes("sheet").props("tabindex=0")

    @property
    def still(self) -> str:
        """All of it."""
        return str(self._content.content)

    def update(self, frames: Sequence[Frame], scene: Scene) -> None:
        """Writes the rows anew if any has changed. Only the first target is shown."""
        self._frame = frames[0] if frames else None
        made = html(self._panel, frames[0] if frames else Frame(()), scene)
        if made != self._content.content:
            self._content.set_content(made)

    def csv(self) -> bytes | None:
        """What is shown, whole and exact; None where nothing is."""
        return None if self._frame is None else comma_separated(self._panel, self._frame)
