"""Chinese letters that are there on any machine: a bulletin is never printed in boxes.

The two fonts are Noto Sans CJK SC, cut down to GB 2312 (6,763 Chinese letters) by fontTools,
under the SIL Open Font License 1.1 (OFL.txt).
"""

import base64
import io
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

FAMILY = "Noto Sans CJK SC"
FOLDER = Path(__file__).parent
FILES = {400: FOLDER / "NotoSansCJKsc-Regular.otf", 700: FOLDER / "NotoSansCJKsc-Bold.otf"}
"""By weight."""
MISSING = "〓"
"""The printer's mark for a letter that he has no type of."""


@cache
def known() -> frozenset[int]:
    """Code points that the fonts have."""
    return frozenset(TTFont(FILES[400], lazy=True).getBestCmap())


def printable(text: str) -> str:
    """The text, with what no font here has as its mark. Control characters become spaces."""
    return "".join(
        " " if ord(one) < 32 else one if ord(one) in known() else MISSING for one in text
    )


def webfont(letters: Iterable[str], weight: int) -> str:
    """A font of these letters alone, as a WOFF in a data URI."""
    options = Options()
    options.flavor = "woff"
    options.hinting = False
    font = TTFont(FILES[weight])
    subsetter = Subsetter(options)
    subsetter.populate(text="".join(letters))
    subsetter.subset(font)
    font.flavor = "woff"
    packed = io.BytesIO()
    font.save(packed)
    return f"data:font/woff;base64,{base64.b64encode(packed.getvalue()).decode()}"
