"""A page that is open in a browser: kept fresh while it is connected, and changed by its viewer."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from nicegui import Client, background_tasks

from grafana.screen.board import Board
from grafana.screen.header import Wishes
from grafana.screen.pulse import Pulse
from grafana.screen.viewer import Viewer
from grafana.screen.wanted import Wanted, address


class Opened:
    """One page of one viewer; ``following`` is the board that a playlist shows after this one."""

    def __init__(self, viewer: Viewer, pulse: Pulse, client: Client, following: Board) -> None:
        self.viewer = viewer
        self._pulse, self._client, self._following = pulse, client, following
        self._tasks: list[asyncio.Task[None]] = []
        self._unwatch: Callable[[], None] | None = None

    def start(self) -> None:
        """The browser is connected, for the first time or again."""
        self.stop()
        self._tasks = [background_tasks.create(self.viewer.run(), name="refresh")]
        if self.viewer.wanted.playlist:
            self._tasks.append(background_tasks.create(self._turn_over(), name="playlist"))
        self._unwatch = self._pulse.watch(self.viewer.pulsed)

    def stop(self) -> None:
        """The browser is gone, for now or for good."""
        for task in self._tasks:
            task.cancel()
        self._tasks = []
        if self._unwatch is not None:
            self._unwatch()
            self._unwatch = None

    async def _turn_over(self) -> None:
        await asyncio.sleep(self.viewer.wanted.playlist)
        self._client.open(address(self._following, self.viewer.wanted, own=False))

    def wishes(self) -> Wishes:
        """What the bar's controls do."""
        return Wishes(
            choose=lambda name, values: self._want(self.viewer.wanted.choosing(name, values)),
            look_at=self._look_at,
            move=self._move,
            refresh_every=lambda every: self._want(replace(self.viewer.wanted, refresh=every)),
            refresh=self._again,
            kiosk=self._kiosk,
        )

    def _want(self, wanted: Wanted) -> None:
        if wanted == self.viewer.wanted:
            return
        self.viewer.wanted = wanted
        self._write_address()
        if self._tasks:
            self.start()

    def _look_at(self, start: str, end: str) -> None:
        self._want(replace(self.viewer.wanted, start=start, end=end))

    def _move(self, by: int) -> None:
        range = self.viewer.scene.range
        span = by * (range.end - range.start + timedelta(milliseconds=1))
        self._look_at(_milliseconds(range.start + span), _milliseconds(range.end + span))

    def _again(self) -> None:
        self.viewer.forget()
        if self._tasks:
            self.start()

    def _kiosk(self) -> None:
        wanted = replace(self.viewer.wanted, kiosk=not self.viewer.wanted.kiosk, playlist=0.0)
        self.viewer.wanted = wanted
        turned = json.dumps(wanted.kiosk)
        self._client.run_javascript(f"document.body.classList.toggle('kiosk', {turned})")
        self._write_address()
        self._tasks, ended = self._tasks[:1], self._tasks[1:]
        for task in ended:
            task.cancel()

    def _write_address(self) -> None:
        where = json.dumps(address(self.viewer.board, self.viewer.wanted))
        self._client.run_javascript(f"history.replaceState(null, '', {where})")


def _milliseconds(time: datetime) -> str:
    return str(round(time.timestamp() * 1000))
