"""A panel's frame on one viewer's page: its title, its place, how old its figures are."""

import logging
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from nicegui import ui

from grafana.screen.answers import Answer
from grafana.screen.board import Panel
from grafana.screen.panels import draws
from grafana.screen.panels.base import Drawing, Scene, e, path

LOG = logging.getLogger(__name__)
REASON_LETTERS = 160


class View:
    """Drawn where it is made; ``scene`` is as far as it is known by then."""

    def __init__(self, panel: Panel, scene: Scene) -> None:
        self.panel = panel
        self.answers: tuple[Answer, ...] = ()
        self._title = ""
        self._badge_text = ""
        self._broken = False
        self._shown: tuple[object, ...] = ()
        self._section = ui.element("section").classes(f"panel {panel.type}")
        self._section.classes("clear" if panel.transparent else "")
        self._section.style(f"--x:{panel.x + 1};--y:{panel.y + 1};--w:{panel.w};--h:{panel.h}")
        self._section.props["role"] = "region"
        self._section.props["data-panel"] = panel.id
        with self._section:
            self._head()
            if panel.unknown:
                said = "；".join(panel.unknown)
                ui.html(f"本屏还画不出：{e(said)}", sanitize=False).classes("unknown")
            with ui.element("div").classes("body"):
                self._drawing: Drawing | None = draws(panel)
            self._badge = ui.html("", sanitize=False).classes("badge").props('role="status"')
        self.name(scene)

    def _head(self) -> None:
        title = self.panel.title.strip()
        with ui.element("div").classes("head") as head:
            self._heading = ui.html("", sanitize=False, tag="h2")
            if self.panel.description and title:
                hint = ui.html("ⓘ", sanitize=False, tag="span").classes("hint")
                hint.props["title"] = self.panel.description
                hint.props["aria-label"] = self.panel.description
            if self.panel.type == "table":
                with ui.element("div").classes("tools"):
                    button = ui.html("CSV", sanitize=False, tag="button").classes("csv")
                    button.props["aria-label"] = "下载 CSV"
                    button.on("click", self._download, args=[])
        head.set_visibility(bool(title) or self.panel.type == "table")

    def name(self, scene: Scene) -> None:
        """Writes the title, with what is chosen."""
        title = scene.words(self.panel.title).strip()
        if title != self._title:
            self._title = title
            target = self._target(scene)
            link = f'<a href="{e(target)}">{e(title)}</a>' if target else e(title)
            self._heading.set_content(link)
        self._section.props["aria-label"] = title or self.panel.description or self.panel.type

    def _target(self, scene: Scene) -> str:
        links: Sequence[Any] = self.panel.links or path(self.panel.defaults, "links", ())
        return scene.words(links[0].get("url", "")) if links else ""

    def show(self, answers: Sequence[Answer], scene: Scene) -> None:
        """Draws the answers to its targets; keeps what it shows where there are none."""
        self.answers = tuple(answers)
        frames = [answer.frame for answer in answers if answer.frame is not None]
        new = (scene, *frames)
        if self._drawing is None or len(frames) < len(answers) or new == self._shown:
            return
        self._shown = new
        try:
            self._drawing.update(frames, scene)
        except Exception:  # a bug in one panel must not end all the others
            LOG.exception("panel %s (%s) cannot be drawn", self.panel.id, self.panel.title)
            self._broken = True
        else:
            self._broken = False

    def still(self) -> str:
        """The panel as HTML for a browser that has not run any script yet."""
        panel, content = self.panel, self._drawing.still if self._drawing else ""
        place = f"--x:{panel.x + 1};--y:{panel.y + 1};--w:{panel.w};--h:{panel.h}"
        sheet = f'<div class="{"sheet" if panel.type == "table" else ""}">{content}</div>'
        heading = f'<div class="head"><h2>{self._heading.content}</h2></div>' if self._title else ""
        classes = f"panel {e(panel.type)} {'clear' if panel.transparent else ''}"
        body = f'<div class="body">{sheet}</div>'
        return f'<section class="{classes}" style="{place}">{heading}{body}</section>'

    def age(self, now: datetime) -> None:
        """Says how old the figures are where they should be newer, and why."""
        failed = next((answer for answer in self.answers if answer.error), None)
        text = "" if failed is None else _badge(failed, now)
        if self._broken:
            text = "这一块画不出来，原因见日志"
        elif not self.answers and self.panel.targets:
            text = "正在取数…"
        if text != self._badge_text:
            self._badge_text = text
            self._badge.set_content(text)
            self._badge.props["title"] = (failed.error or "")[:500] if failed else ""
            refused = failed is not None and failed.refused
            self._badge.classes(**{("add" if refused else "remove"): "refused"})
            waiting = failed is None and not self._broken and bool(text)
            self._badge.classes(**{("add" if waiting else "remove"): "wait"})
            away = failed is not None and failed.frame is not None
            self._section.classes(**{("add" if away else "remove"): "away"})

    def _download(self) -> None:
        csv = getattr(self._drawing, "csv", None)
        content = csv() if csv else None
        if content is None:
            ui.notify("还没有数据可下载", type="warning")
            return
        name = "".join("_" if letter in '\\/:*?"<>|　 ' else letter for letter in self._title)
        ui.download.content(content, f"{name or 'table'}.csv", "text/csv;charset=utf-8")


def _badge(answer: Answer, now: datetime) -> str:
    reason = e((answer.error or "").splitlines()[0][:REASON_LETTERS]) if answer.error else ""
    if answer.frame is None:
        return f"查询出错：{reason}" if answer.refused else "取不到数据：数据库暂不可用"
    asked = datetime.fromtimestamp(answer.asked_at, now.tzinfo)
    seconds = max(0, round(now.timestamp() - answer.asked_at))
    since = f"数据停在 {asked:%H:%M:%S}（{seconds} 秒前）"
    return f"{since}　查询出错：{reason}" if answer.refused else since
