"""What all panels are drawn with, and what a drawing has to do."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import tzinfo
from html import escape
from typing import Any, Protocol

from grafana.screen import palette
from grafana.screen.board import Panel
from grafana.screen.frames import Frame
from grafana.screen.timerange import TimeRange
from grafana.screen.variables import Values, interpolate

LETTER = 12
LETTER_AFAR = 16
NO_VALUE = "暂无数据"
FONT = "system-ui, 'Noto Sans CJK SC', 'PingFang SC', 'Microsoft YaHei', sans-serif"

# The palette's light colours, dark enough for words on white.
ON_WHITE = {
    palette.BLUE: "#0b6aa8",
    palette.ORANGE: "#8f6100",
    palette.GREEN: "#007a58",
    palette.YELLOW: "#736b00",
    palette.RED: "#b53a10",
    palette.PINK: "#a03e74",
    palette.GREY: "#5c6370",
    palette.WHITE: "#14202b",
}


@dataclass(frozen=True)
class Scene:
    """What one viewer looks at: the range and values, the board's zone, dark or light.

    ``afar``: the board is a wall, read from some metres away.
    """

    range: TimeRange
    values: Values
    zone: tzinfo
    light: bool = False
    afar: bool = False

    @property
    def letter(self) -> int:
        """Pixels of a chart's letters."""
        return LETTER_AFAR if self.afar else LETTER

    @property
    def ink(self) -> str:
        """The colour of words."""
        return "#14202b" if self.light else "#f4f5f7"

    @property
    def soft(self) -> str:
        """The colour of words that matter less."""
        return "#4d5a67" if self.light else "#aab4c0"

    @property
    def edge(self) -> str:
        """The colour of lines that hold things together."""
        return "#d5dbe2" if self.light else "#2b3643"

    @property
    def ground(self) -> str:
        """The colour behind a panel's content."""
        return "#ffffff" if self.light else "#151b23"

    def colour(self, of: str | None) -> str:
        """A colour that words can be read in on this ground; that of all words where it is None."""
        if of is None:
            return self.ink
        return ON_WHITE.get(of, of) if self.light else of

    def words(self, text: str) -> str:
        """A title or other words, with what is chosen in place of variables."""
        return interpolate(text, self.values, sql=False)


class Drawing(Protocol):
    """A panel's content on one viewer's page; made inside the element that is to hold it."""

    @property
    def still(self) -> str:
        """What can be seen of it before any script runs, as HTML; empty for charts."""

    def update(self, frames: Sequence[Frame], scene: Scene) -> None:
        """Shows other figures: one frame a target. Changes nothing where nothing has changed."""


def no_value(panel: Panel) -> str:
    """What a panel says that has nothing to show."""
    return str(panel.defaults.get("noValue") or NO_VALUE)


def path(options: Any, dotted: str, default: Any = None) -> Any:
    """An option by its path: ``legend.showLegend``. What is null counts as not there."""
    for key in dotted.split("."):
        options = options.get(key) if hasattr(options, "get") else None
    return default if options is None else options


def em(text: str) -> float:
    """How wide a text is, in sizes of its font: Chinese characters are as wide as they are tall."""
    return max(1.0, sum(_width(letter) for letter in text))


def _width(letter: str) -> float:
    if ord(letter) > 0x2E80:
        return 1.0
    if letter in ".,:;'|!il 1":
        return 0.62 if letter == "1" else 0.34
    if letter in "%MWm@—":
        return 1.0
    return 0.64


def e(text: object) -> str:
    """Text inside HTML, attributes included."""
    return escape(str(text), quote=True)
