"""When a part that ended by itself is started again: sooner the first time, later each next."""

import time
from dataclasses import dataclass

from ningmai.doing import Doing
from ningmai.stack.process import Child

FIRST_PAUSE_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 30.0
WELL_AFTER_SECONDS = 60.0
"""A part that ran this long is well again: its next pause is the first one."""


@dataclass
class _Fall:
    pid: int
    pause: float
    due: float


class Restarts:
    """Remembers, for each part, how it fell last."""

    def __init__(self) -> None:
        self._falls: dict[str, _Fall] = {}

    def due(self, child: Child, doing: Doing) -> bool:
        """Whether to start an ended part again now; tells once that it has ended, and how."""
        now = time.monotonic()
        fall = self._falls.get(child.part.name)
        if fall is None or fall.pid != child.pid:
            fall = _Fall(child.pid, self._pause(child, fall), now)
            fall.due += fall.pause
            self._falls[child.part.name] = fall
            doing.say(
                f"{child.part.name} ended with {child.ended()}; it is started again in "
                f"{fall.pause:.0f} s. Its log, {child.log}, ends with:\n{child.tail()}"
            )
        return now >= fall.due

    def _pause(self, child: Child, before: _Fall | None) -> float:
        ran = time.monotonic() - child.began
        if before is None or ran > WELL_AFTER_SECONDS:
            return FIRST_PAUSE_SECONDS
        return min(before.pause * 2, LONGEST_PAUSE_SECONDS)
