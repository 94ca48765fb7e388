"""Answers that viewers share: one query for all who ask the same, and the last good one kept."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass, replace

from clickhouse.errors import Refused, Unavailable
from grafana.screen.frames import Frame

MOST_CELLS = 500_000
"""Of all answers that are kept, about 50 MB; the ones longest not asked for go first."""
MOST_ANSWERS = 2000
AT_ONCE = 6
"""Queries that run side by side."""

Ask = Callable[[str], Awaitable[Frame]]
"""Runs a query; raises Unavailable or Refused."""


@dataclass(frozen=True)
class Answer:
    """What a query gave. Times are seconds since 1970, durations seconds.

    ``frame`` was asked at ``asked_at``; it is None where no try has given any yet. ``error`` says
    in words why the newest try, at ``tried_at``, gave none; ``refused`` that trying again will not
    help.
    """

    frame: Frame | None
    asked_at: float
    tried_at: float
    took: float = 0.0
    error: str | None = None
    refused: bool = False

    @property
    def cells(self) -> int:
        """How much of it is kept."""
        return 1 if self.frame is None else 1 + len(self.frame.columns) * self.frame.rows


class Answers:
    """Asks ClickHouse for all viewers. Belongs to one event loop."""

    def __init__(self, ask: Ask, clock: Callable[[], float] = time.time) -> None:
        self._ask, self._clock = ask, clock
        self._known: OrderedDict[str, Answer] = OrderedDict()
        self._good: OrderedDict[Hashable, Answer] = OrderedDict()
        self._flying: dict[str, asyncio.Task[None]] = {}
        self._room = asyncio.Semaphore(AT_ONCE)

    async def ask(self, sql: str, not_before: float, question: Hashable) -> Answer:
        """The answer to a query that was asked at ``not_before`` or later, by whoever it was.

        ``question`` names what is asked whatever the time: when ClickHouse gives nothing, the last
        good answer to it comes back, with the error. Never raises.
        """
        not_before = min(not_before, self._clock())
        while (known := self._known.get(sql)) is None or known.tried_at < not_before:
            flight = self._flying.get(sql)
            if flight is None:
                flight = self._flying[sql] = asyncio.create_task(self._fly(sql))
            # Shielded: a viewer who leaves does not take the answer from the others.
            await asyncio.shield(flight)
        self._known.move_to_end(sql)
        return self._remembered(known, question)

    def last(self, question: Hashable) -> Answer | None:
        """The last good answer to a question, whenever it was; None if there was none."""
        return self._good.get(question)

    def _remembered(self, found: Answer, question: Hashable) -> Answer:
        if found.frame is not None:
            self._good[question] = found
            self._good.move_to_end(question)
            while len(self._good) > MOST_ANSWERS:
                self._good.popitem(last=False)
            return found
        good = self._good.get(question)
        if good is None:
            return found
        return replace(found, frame=good.frame, asked_at=good.asked_at)

    async def _fly(self, sql: str) -> None:
        try:
            async with self._room:
                self._keep(sql, await self._tried(sql))
        finally:
            del self._flying[sql]

    async def _tried(self, sql: str) -> Answer:
        asked_at = self._clock()
        try:
            frame = await self._ask(sql)
        except Unavailable as error:
            return Answer(None, 0.0, asked_at, error=str(error))
        except Refused as error:
            return Answer(None, 0.0, asked_at, error=str(error), refused=True)
        return Answer(frame, asked_at, asked_at, self._clock() - asked_at)

    def _keep(self, sql: str, answer: Answer) -> None:
        self._known[sql] = answer
        self._known.move_to_end(sql)
        cells = sum(kept.cells for kept in self._known.values())
        while len(self._known) > 1 and (cells > MOST_CELLS or len(self._known) > MOST_ANSWERS):
            cells -= self._known.popitem(last=False)[1].cells
