"""Typst, with the fonts that come with Ningmai and none of the machine's."""

from functools import cache
from typing import Literal

import typst

from ningmai.bulletin.fonts import FAMILY, FOLDER, printable

PDF_UA: Literal["ua-1"] = "ua-1"
DOTS = 220.0
"""Dots an inch of pictures."""


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, font_paths=[str(FOLDER)])


def pdf(template: bytes, **inputs: str) -> bytes:
    """A PDF that screen readers can read. Raises typst.TypstError for a template that is wrong."""
    return typst.compile(
        template,
        font_paths=_fonts(),
        sys_inputs=_inputs(inputs),
        format="pdf",
        pdf_standards=PDF_UA,
    )


def pages(template: bytes, **inputs: str) -> list[bytes]:
    """Every page as a PNG."""
    made: object = typst.compile(
        template, font_paths=_fonts(), sys_inputs=_inputs(inputs), format="png", ppi=DOTS
    )
    found = made if isinstance(made, list) else [made]
    return [page for page in found if isinstance(page, bytes)]


def _inputs(given: dict[str, str]) -> dict[str, str]:
    return {**{name: printable(text) for name, text in given.items()}, "family": FAMILY}
