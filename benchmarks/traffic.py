"""The events: calls in September 2020's proportions, in the order in which they happened.

They are of one kind, so that every contestant reads the same topic with one schema. An event is
85 to 120 bytes of Avro and is keyed by its id, which is unique.
"""

import json
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random

from ningmai.doing import Doing
from ningmai.settings import Settings
from producers import Publisher
from producers.bulletin import read
from producers.bulletin.plan import plan
from producers.events import Call

KIND = "calls"
MONTH = "2020-09"
START_MS = 1_599_408_000_000  # 2020-09-07 00:00 in Asia/Shanghai, a Monday
HOUR_MS = 3_600_000

Key = tuple[int, str | None, str | None, str | None]
"""Minute since 1970 UTC, line, city, category."""


class Unequal(Exception):
    """A contestant's result is not the one that was published: its time means nothing."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What was published, counted while it was published by nothing that a contestant uses."""

    minutes: Counter[Key]

    @property
    def events(self) -> int:
        """How many events there are."""
        return self.minutes.total()

    def check(self, found: Counter[Key]) -> None:
        """Raises Unequal unless every count is the same."""
        if found != self.minutes:
            both = self.minutes.keys() | found.keys()
            wrong = [key for key in both if found[key] != self.minutes[key]]
            example = wrong[0]
            raise Unequal(
                f"{len(wrong)} of {len(both)} counts differ; {example}: published "
                f"{self.minutes[example]}, found {found[example]}"
            )

    def check_total(self, found: int) -> None:
        """Raises Unequal unless there are as many events."""
        if found != self.events:
            raise Unequal(f"published {self.events} events, found {found}")

    def write(self, path: Path) -> None:
        """Puts it into a file, for other processes."""
        path.write_text(json.dumps([[*key, count] for key, count in self.minutes.items()]))

    @classmethod
    def read(cls, path: Path) -> "Expected":
        """What write has put there."""
        return cls(Counter({tuple(row[:-1]): row[-1] for row in json.loads(path.read_text())}))


@dataclass(frozen=True, slots=True)
class Variety:
    """How the events differ from one another: their keys, and the ids that the seed gives them.

    ``keys`` are combinations of dimensions, equally frequent: up to ten of September's, of as many
    sources as it takes. 0: September's own, as frequent as they were.
    """

    keys: int
    seed: int


def publish(
    settings: Settings, count: int, hours: float, doing: Doing, variety: Variety | None = None
) -> Expected:
    """Publishes so many events that happened within so many hours; the same ones every time."""
    random = Random(variety.seed if variety else count)
    calls, weights = _various(variety.keys) if variety and variety.keys else _september()
    drawn = random.choices(range(len(calls)), weights, k=count)
    minutes: Counter[Key] = Counter()
    with Publisher(settings) as publisher, doing.bar("publishing", count) as advance:
        prepared = [publisher.prepare(call) for call in calls]
        for number, row in enumerate(drawn):
            at = START_MS + int(number * hours * HOUR_MS / count)
            prepared[row].send(f"{random.getrandbits(128):032x}", at)
            call = calls[row]
            minutes[at // 60_000, call.line, call.city, call.category] += 1
            if number % 8192 == 0:
                advance(8192)
    return Expected(minutes)


def _september() -> tuple[list[Call], list[int]]:
    """The combinations that September 2020 has, and how many calls of each."""
    flows = plan(read(MONTH)).flows
    found = {flow.event: flow.count for flow in flows if isinstance(flow.event, Call)}
    return list(found), list(found.values())


def _various(keys: int) -> tuple[list[Call], list[int]]:
    kinds = _september()[0][:10]
    several = [
        replace(kinds[key % len(kinds)], source=f"source-{key // len(kinds)}")
        for key in range(keys)
    ]
    return several, [1] * keys
