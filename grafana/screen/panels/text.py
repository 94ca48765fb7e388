"""Words: markdown with variables."""

import re
from collections.abc import Sequence

import markdown2  # type: ignore[import-untyped]  # ships no types
from nicegui import ui

from grafana.screen.board import Panel
from grafana.screen.frames import Frame
from grafana.screen.panels.base import Scene, path

HREF = re.compile(r'(href|src)="\s*(?:javascript|data|vbscript):[^"]*"', re.IGNORECASE)


def html(panel: Panel, scene: Scene) -> str:
    """The words as HTML. What is chosen of a variable is never read as markup."""
    mode = path(panel.options, "mode", "markdown")
    content = scene.words(str(path(panel.options, "content", "")))
    if mode == "html":
        return content
    made = markdown2.markdown(content, extras=["tables", "strike"], safe_mode="escape")
    return HREF.sub(r'\1="#"', str(made))


class Text:
    """Draws where it is made. The browser cleans the HTML of scripts."""

    def __init__(self, panel: Panel) -> None:
        self._panel = panel
        self._words = ui.html("").classes("words")

    @property
    def still(self) -> str:
        """Nothing: only the browser's scripts clean it."""
        return ""

    def update(self, frames: Sequence[Frame], scene: Scene) -> None:  # noqa: ARG002  # asks nothing
        """Writes the words anew if a variable has changed them."""
        made = html(self._panel, scene)
        if made != self._words.content:
            self._words.set_content(made)
