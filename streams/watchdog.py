"""A worker that hangs ends itself, and whoever started it starts it again.

Nothing is lost by that: what ClickHouse does not have is read again. Waiting for an engine is not
hanging, since the event loop turns meanwhile.
"""

import faulthandler
import logging
import os
import sys
from collections.abc import Callable
from threading import Thread
from time import sleep

log = logging.getLogger(__name__)

LOOK_SECONDS = 5.0
LOOKS = 12
"""So many looks in a row without a sign of life. A worker that was frozen makes none meanwhile."""
HUNG = 70
"""Exit status of a worker that ended itself (EX_SOFTWARE)."""


class Watchdog:
    """Hears from the event loop; ``bite`` is called once it was not heard for LOOKS looks."""

    def __init__(self, bite: Callable[[], None] | None = None) -> None:
        self._bite = bite or end
        self._heard = True
        self._silent = 0

    def hear(self) -> None:
        """The event loop turns. Called from it, more often than every LOOK_SECONDS."""
        self._heard = True

    def look(self) -> None:
        """Called every LOOK_SECONDS, from a thread of its own."""
        self._silent = 0 if self._heard else self._silent + 1
        self._heard = False
        if self._silent == LOOKS:
            self._bite()

    def start(self) -> None:
        """Look from now on."""
        Thread(target=self._watch, name="watchdog", daemon=True).start()

    def _watch(self) -> None:
        while True:
            sleep(LOOK_SECONDS)
            self.look()


def end() -> None:
    """Say where every thread stands, and end at once: nothing that hangs can be ended in order."""
    log.critical("Nothing moved for %.0f s: the worker ends itself", LOOK_SECONDS * LOOKS)
    faulthandler.dump_traceback(sys.__stderr__ or 2)
    os._exit(HUNG)
