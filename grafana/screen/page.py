"""The screen's addresses, which are Grafana's, and how a board is laid out."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from fastapi import Request
from fastapi.responses import PlainTextResponse, RedirectResponse, Response
from nicegui import Client, app, ui

from grafana.screen.answers import Answers
from grafana.screen.board import Board, Panel
from grafana.screen.header import Header
from grafana.screen.opened import Opened
from grafana.screen.panels.base import e
from grafana.screen.panels.view import View
from grafana.screen.pulse import Pulse
from grafana.screen.viewer import Viewer
from grafana.screen.wanted import read

STATIC = Path(__file__).parent / "static"
FIRST_SECONDS = 0.5
"""How long a page waits for its first figures before it is sent without the late ones."""
PLAYLIST_SECONDS = 20.0


class Pages:
    """Registers the screen's addresses with NiceGUI's application."""

    def __init__(self, boards: Mapping[str, Board], answers: Answers, pulse: Pulse) -> None:
        self._boards, self._answers, self._pulse = boards, answers, pulse

    def register(self) -> None:
        """To be called once, before the server runs."""
        stamp = max(int(file.stat().st_mtime) for file in STATIC.iterdir())
        app.add_static_files(f"/screen/{stamp}", STATIC, max_cache_age=31_536_000)
        ui.add_head_html(
            f'<link rel="stylesheet" href="/screen/{stamp}/screen.css">'
            f'<script src="/screen/{stamp}/screen.js"></script>',
            shared=True,
        )
        app.get("/", include_in_schema=False)(self.home)
        app.get("/playlist", include_in_schema=False)(self.playlist)
        app.get("/healthz", include_in_schema=False)(healthy)
        ui.page("/d/{uid}", language="zh-CN")(self.board)
        ui.page("/d/{uid}/{slug}", language="zh-CN")(self.board)

    def home(self, request: Request) -> Response:
        """The first board is the wall."""
        first = next(iter(self._boards))
        query = f"?{request.url.query}" if request.url.query else ""
        return RedirectResponse(f"/d/{first}{query}")

    def playlist(self, interval: float = PLAYLIST_SECONDS) -> Response:
        """All boards in turn, each for ``interval`` seconds."""
        first = next(iter(self._boards))
        return RedirectResponse(f"/d/{first}?kiosk&playlist&interval={max(5.0, interval):g}")

    async def board(self, uid: str, request: Request, client: Client) -> None:
        """One board, drawn with what is known, then kept fresh while it is looked at."""
        board = self._boards.get(uid)
        if board is None:
            client.status_code = 404
            ui.page_title("没有这个大屏")
            ui.html("没有这个大屏。<a href='/'>回到总览</a>", sanitize=False).classes("words")
            return
        wanted = read(board, request.query_params.multi_items())
        viewer = Viewer(board, wanted, self._answers)
        opened = Opened(viewer, self._pulse, client, self._following(board))
        deadline = asyncio.get_running_loop().time() + FIRST_SECONDS
        with suppress(TimeoutError):
            async with asyncio.timeout_at(deadline):
                await viewer.choose()
        self._draw(opened)
        viewer.show_choices()
        viewer.remember()
        with suppress(TimeoutError):
            async with asyncio.timeout_at(deadline):
                await viewer.refresh()
        ui.add_body_html(_still(viewer))
        client.on_connect(opened.start)
        client.on_disconnect(opened.stop)

    def _following(self, board: Board) -> Board:
        uids = list(self._boards)
        return self._boards[uids[(uids.index(board.uid) + 1) % len(uids)]]

    def _draw(self, opened: Opened) -> None:
        viewer = opened.viewer
        board, wanted = viewer.board, viewer.wanted
        ui.page_title(f"{board.title} · 宁脉")
        ui.query("body").classes(_classes(viewer))
        ui.dark_mode(not wanted.light)
        viewer.header = Header(board, wanted, list(self._boards.values()), opened.wishes())
        with ui.element("main").classes("board").style(f"--rows:{board.rows}"):
            viewer.views = [View(panel, viewer.scene) for panel in _reading_order(board)]


def healthy() -> Response:
    """For whoever watches that the screen is served; ClickHouse may be away all the same."""
    return PlainTextResponse("ok")


def _classes(viewer: Viewer) -> str:
    fit = "fit" if viewer.board.fits else ""
    return f"{fit} {'kiosk' if viewer.wanted.kiosk else ''}"


def _still(viewer: Viewer) -> str:
    """The page as it is seen while the browser fetches and starts its scripts."""
    theme = "body--light" if viewer.wanted.light else ""
    panels = "".join(view.still() for view in viewer.views)
    return (
        f'<div class="first {_classes(viewer)} {theme}" aria-hidden="true">'
        f'<div class="bar"><h1>{e(viewer.board.title)}</h1></div>'
        f'<div class="board" style="--rows:{viewer.board.rows}">{panels}</div></div>'
    )


def _reading_order(board: Board) -> list[Panel]:
    return sorted(board.panels, key=lambda panel: (panel.y, panel.x))
