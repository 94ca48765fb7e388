"""Cells of tables, by what they hold."""

from decimal import Decimal

from ningmai.bulletin.figures import number
from ningmai.bulletin.model import Cell, Number

UNKNOWN = "—"
"""Printed where a figure is not known: never zero, never nothing."""


def text_cell(text: str, across: int = 1, down: int = 1) -> Cell:
    """A cell of text."""
    return Cell(text, across=across, down=down)


def figure_cell(text: str | None) -> Cell:
    """A cell as the tables have it: a figure if it is one, else its text (``未反馈/83``)."""
    found = number(text)
    if text is None or text == "":
        return Cell(UNKNOWN)
    if found is None:
        return Cell(text)
    decimals = len(text.partition(".")[2])
    return Cell(text, found, "0" + (f".{'0' * decimals}" if decimals else ""))


def number_cell(found: Number | None, before: str = "", across: int = 1) -> Cell:
    """A computed figure, with what is said before it."""
    if found is None:
        return Cell(before + UNKNOWN, across=across)
    decimals = -int(found.as_tuple().exponent) if isinstance(found, Decimal) else 0
    pattern = "0" + (f".{'0' * decimals}" if decimals else "")
    return Cell(
        f"{before}{found}", found, f'"{before}"{pattern}' if before else pattern, across=across
    )


def growth_cell(percent: Decimal | None) -> Cell:
    """Growth in percent, its sign always there."""
    if percent is None:
        return Cell(UNKNOWN)
    return Cell(f"{percent:+}%", percent, '+0.0"%";-0.0"%";0.0"%"')
