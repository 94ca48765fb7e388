"""Knows within a quarter of a second that something was written, while anybody watches."""

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress

from clickhouse.errors import Refused, Unavailable
from grafana.screen.answers import Ask

SQL = "SELECT * FROM pulse ORDER BY 1"
"""One row per topic: when its figures were last written."""
EVERY_SECONDS = 0.25
AWAY_SECONDS = 2.0
MISSING_SECONDS = 60.0
"""How long a database that has no such view, or does not show it, is left alone."""

Listener = Callable[[float], None]


class Pulse:
    """Asks for all viewers. Belongs to one event loop, in which listeners are called."""

    def __init__(self, ask: Ask, clock: Callable[[], float] = time.time) -> None:
        self._ask, self._clock = ask, clock
        self._listeners: set[Listener] = set()
        self._watching: asyncio.Task[None] | None = None
        self._seen: object = None

    def watch(self, listener: Listener) -> Callable[[], None]:
        """Calls ``listener`` after each change, with a time by which it was to be seen.

        Returns what ends that. A listener must not block nor raise.
        """
        self._listeners.add(listener)
        if self._watching is None or self._watching.done():
            self._watching = asyncio.create_task(self._watch())
        return lambda: self._listeners.discard(listener)

    async def _watch(self) -> None:
        while self._listeners:
            started = self._clock()
            pause = await self.look()
            await asyncio.sleep(max(0.05, pause - (self._clock() - started)))
        self._seen = None

    async def look(self) -> float:
        """Asks once; returns how many seconds to wait from when it began to the next time."""
        asked_at = self._clock()
        with suppress(Unavailable):
            try:
                frame = await self._ask(SQL)
            except Refused:
                return MISSING_SECONDS
            now = tuple(column.values for column in frame.columns)
            before, self._seen = self._seen, now
            if before is not None and before != now:
                for listener in tuple(self._listeners):
                    listener(asked_at)
            # A machine that takes long to say so has something better to do.
            return max(EVERY_SECONDS, 4 * (self._clock() - asked_at))
        return AWAY_SECONDS
