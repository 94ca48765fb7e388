"""One viewer's page while it is open: asks in time, and shows what comes."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from math import floor
from zoneinfo import ZoneInfo

from grafana.screen.answers import Answer, Answers
from grafana.screen.board import Board, Target
from grafana.screen.choosing import Choices, choose
from grafana.screen.header import Header
from grafana.screen.macros import BadMacro, expand
from grafana.screen.panels.base import Scene
from grafana.screen.panels.view import View
from grafana.screen.timerange import BadTime, TimeRange, interval_seconds
from grafana.screen.variables import Circular, Unquoted
from grafana.screen.wanted import Wanted

OPTIONS_SECONDS = 30.0
"""How old the options of variables may be."""
POINTS_A_COLUMN = 78
"""Pixels of one of the grid's 24 columns on a wall of 1920: the same for all, who then share."""
PULSE_SECONDS = 0.4
PULSE_SHARE = 5
"""A tile is asked again no sooner than after so many times what it took."""
MENDED = (BadMacro, Unquoted, Circular, BadTime)


class Viewer:
    """What is on one page. ``views`` and ``header`` are drawn; the rest is done here."""

    def __init__(self, board: Board, wanted: Wanted, answers: Answers) -> None:
        self.board, self.wanted = board, wanted
        self.zone = ZoneInfo(board.timezone)
        self.views: list[View] = []
        self.header: Header | None = None
        self.problem = ""
        self._answers = answers
        self._choices = Choices({}, {})
        self._pulses: dict[int, float] = {}
        self._pulsing: dict[int, asyncio.Task[None]] = {}
        self._turn = 0
        self._since = 0.0
        now = time.time()
        self.scene = Scene(self._range(now), {}, self.zone, wanted.light, board.fits)

    def _range(self, now: float) -> TimeRange:
        try:
            return self.wanted.range(self.board, now)
        except BadTime as error:
            self.problem = str(error)
            own = Wanted(self.board.time_from, self.board.time_to, self.wanted.refresh)
            return own.range(self.board, now)

    async def choose(self) -> None:
        """Finds out what the variables are now."""
        now = time.time()
        self.problem = ""
        range = self._range(now)
        try:
            self._choices = await choose(
                self.board, self.wanted, range, self._answers, now - OPTIONS_SECONDS
            )
        except MENDED as error:
            self.problem = str(error)
        self.scene = replace(self.scene, range=range, values=self._choices.values)

    def show_choices(self) -> None:
        """Writes into the header and the titles what is chosen."""
        if self.header is not None:
            self.header.say(self.problem)
        if self.header is not None and self._choices.values.keys() >= {
            variable.name for variable in self.board.variables
        }:
            self.header.show(
                self.wanted, self.scene.range, self._choices.options, self._choices.values
            )
        for view in self.views:
            view.name(self.scene)

    def forget(self) -> None:
        """Nothing that was asked before now will do any more."""
        self._since = time.time()

    async def refresh(self) -> None:
        """Asks for everything, shows each answer as it comes.

        Answers that others got since the refresh in progress began will do.
        """
        self._turn += 1
        turn = self._turn
        await self.choose()
        if turn != self._turn:
            return
        self.show_choices()
        since = max(self.tick(), self._since)
        await asyncio.gather(*(self._ask(view, since, turn) for view in self.views))
        self.age()

    async def _ask(self, view: View, not_before: float, turn: int) -> None:
        scene = self.scene
        answers = await asyncio.gather(
            *(self._answer(view, target, scene, not_before) for target in view.panel.targets)
        )
        if turn == self._turn:
            view.show(answers, scene)
            view.age(self.now())

    async def _answer(self, view: View, target: Target, scene: Scene, not_before: float) -> Answer:
        seconds = interval_seconds(scene.range, view.panel.w * POINTS_A_COLUMN)
        try:
            sql = expand(target.sql, scene.range, seconds, scene.values)
        except MENDED as error:
            return Answer(None, 0.0, time.time(), error=str(error), refused=True)
        return await self._answers.ask(sql, not_before, self._question(view, target))

    def _question(self, view: View, target: Target) -> tuple[object, ...]:
        chosen = tuple(sorted((name, c.values) for name, c in self._choices.values.items()))
        wanted = self.wanted
        return (self.board.uid, view.panel.id, target.ref_id, wanted.start, wanted.end, chosen)

    def remember(self) -> None:
        """Shows what was last known, to others too, before anything is asked."""
        for view in self.views:
            known = [self._answers.last(self._question(view, t)) for t in view.panel.targets]
            found = [answer for answer in known if answer is not None]
            if len(found) == len(known):
                view.show(found, self.scene)

    def tick(self) -> float:
        """When the refresh in progress began: at the same times for all viewers."""
        step = self.wanted.refresh or 1.0
        return floor(time.time() / step) * step

    async def run(self) -> None:
        """Refreshes until it is cancelled."""
        aged = asyncio.create_task(self._aging())
        try:
            while True:
                await self.refresh()
                if not self.wanted.refresh:
                    await asyncio.Event().wait()
                await asyncio.sleep(self.tick() + self.wanted.refresh - time.time() + 0.005)
        finally:
            aged.cancel()
            for task in self._pulsing.values():
                task.cancel()

    async def _aging(self) -> None:
        while True:
            await asyncio.sleep(1)
            self.age()

    def age(self) -> None:
        """Says everywhere how old the figures are."""
        now = self.now()
        answers: Sequence[Answer] = [a for view in self.views for a in view.answers]
        for view in self.views:
            view.age(now)
        if self.header is None:
            return
        good = [answer.asked_at for answer in answers if answer.frame is not None]
        failed = [answer for answer in answers if answer.error and not answer.refused]
        newest = datetime.fromtimestamp(max(good), self.zone) if good else None
        late = now.timestamp() - min(a.asked_at for a in failed) if failed else None
        self.header.age(newest, late)

    def now(self) -> datetime:
        """The time on the board's clock."""
        return datetime.now(self.zone)

    def pulsed(self, at: float) -> None:
        """Something was written by then: tiles are asked again."""
        if not self.wanted.refresh:
            return
        for number, view in enumerate(self.views):
            if view.panel.type == "stat":
                self._pulses[number] = at
                if number not in self._pulsing:
                    self._pulsing[number] = asyncio.create_task(self._pulse(number))

    async def _pulse(self, number: int) -> None:
        """Asks one tile until it shows the newest pulse, in its time."""
        view = self.views[number]
        try:
            while (at := self._pulses.pop(number, None)) is not None:
                if view.answers:
                    last = max(answer.tried_at for answer in view.answers)
                    took = sum(answer.took for answer in view.answers)
                    due = last + max(PULSE_SECONDS, PULSE_SHARE * took)
                    await asyncio.sleep(due - time.time())
                await self._ask(view, at, self._turn)
        finally:
            del self._pulsing[number]
