"""When nearly all of a topic is no event, somebody has to look: better to stop than to empty it."""

from collections import deque

LEAST = 1_000
"""Dead letters among the messages looked at before anything trips: a few bad ones never do."""
LOOKED_AT = 10_000
"""Newest messages that the share is of, more where a fetch has more."""


class Breaker:
    """Trips when the share of dead letters among the newest messages of a kind is above a limit.

    What has tripped stays so for the life of the worker. ``limit`` 1 never trips.
    """

    def __init__(self, limit: float) -> None:
        self.limit = limit
        self.tripped = False
        self._seen: deque[tuple[int, int]] = deque()

    def trips(self, dead: int, messages: int) -> bool:
        """Whether a fetch with so many dead letters is one too many. Asked once a fetch, in order.

        The fetch that trips is not to be taken: it is there when somebody has looked.
        """
        self._seen.append((dead, messages))
        while sum(of for _, of in self._seen) - self._seen[0][1] >= LOOKED_AT:
            self._seen.popleft()
        all_dead, all_seen = (sum(column) for column in zip(*self._seen, strict=True))
        self.tripped |= all_dead >= LEAST and all_dead > self.limit * all_seen
        return self.tripped
