"""Making a kind's rollups again from raw and the ledger, while the stream runs (decision 0008).

A new definition is announced; workers write it beside the one in force. Then block by block it is
counted from raw, compared, and once nothing differs the views show it. Until then an interruption
changes nothing for readers, and a second run goes on where the first one stopped.
"""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from clickhouse.client import connect
from ningmai.doing import Doing
from ningmai.errors import Problem
from ningmai.rebuilding_sql import Block, Tables
from ningmai.settings import Settings
from schemas.kinds import kinds
from streams.app import ROLLUPS
from streams.definitions import FRESH_SECONDS, Stated, columns_of, shown
from streams.far import FarRepeats

NOTICED_AFTER = 2 * FRESH_SECONDS
"""Seconds after which every worker has taken notice, and what it was writing is written."""
AT_ONCE = 500_000
"""Offsets counted in one statement: what bounds ClickHouse's memory."""
ROUNDS = 5
"""How often blocks that differ are counted again before somebody has to look."""
BEGINNING = date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class Job:
    """The definition that is made, the one that the views showed before, and since which day."""

    definition: int
    before: int
    since: date


class Rebuild:
    """One run over one kind. Raises Problem, and clickhouse.errors.ClickHouseError anywhere."""

    def __init__(self, settings: Settings, kind: str, doing: Doing) -> None:
        if kind not in ROLLUPS:
            known = "rolled up are " + ", ".join(ROLLUPS)
            what = "is not rolled up" if kind in kinds() else "is no topic"
            raise Problem(f"{kind} {what}.", f"{known[0].upper()}{known[1:]}.")
        self.kind = kind
        self.rollup = ROLLUPS[kind]
        client = connect(settings)
        self._tables = Tables(client, settings.database, self.rollup)
        self._far = FarRepeats(client, settings.database, kind, self.rollup)
        self._doing = doing

    def run(self, since: date | None) -> Job:
        """Make a new definition, or go on with the one in making; the views show it at the end."""
        job = self._begin(since or BEGINNING)
        self._doing.say(f"{self.kind}: workers take notice of definition {job.definition}")
        time.sleep(NOTICED_AFTER)
        self._fill(job, self._undone(job), "counting again")
        self._agree(job)
        open_blocks = [block for block in self._tables.blocks() if not block.sealed]
        self._tables.show(job.definition)
        self._doing.say(f"{self.kind}: the views show definition {job.definition}")
        self._finish(job, open_blocks)
        return job

    def give_up(self) -> int:
        """Have nobody write the definition in making any more, and remove it; returns which."""
        making = self._making(self._tables.stated())
        if making is None:
            raise Problem(f"No definition of {self.kind} is being made.")
        self._tables.state(making.definition, making.columns, None, "given up")
        time.sleep(NOTICED_AFTER)
        self._tables.remove(f"= {making.definition}")
        return making.definition

    def _begin(self, since: date) -> Job:
        stated = self._tables.stated()
        before, making = shown(stated, self.rollup), self._making(stated)
        if making is None:
            taken = max(s.definition for s in [Stated(self.rollup.definition, "", ""), *stated])
            making = Stated(taken + 1, self.rollup.shape, "making")
            self._check(before, stated, since)
            self._tables.state(making.definition, making.columns, since, "making")
        elif making.columns != self.rollup.shape:
            raise Problem(
                f"Definition {making.definition} of {self.kind} in making counts {making.columns}, "
                f"this version {self.rollup.shape}.",
                f"Give it up: ningmai rebuild {self.kind} --give-up",
            )
        else:
            since = self._tables.from_day(making.definition)
            self._doing.say(f"{self.kind}: going on with definition {making.definition}")
        return Job(making.definition, before, since)

    def _check(self, before: int, stated: Sequence[Stated], since: date) -> None:
        rebuilt = {s.definition: s for s in stated if s.state != "shown"}
        if since > BEGINNING and columns_of(before, rebuilt, self.rollup) != self.rollup.shape:
            raise Problem(
                "Older blocks cannot be copied: this version counts other columns.",
                "Leave out --from.",
            )

    def _making(self, stated: Sequence[Stated]) -> Stated | None:
        return next((s for s in stated if s.state == "making"), None)

    def _undone(self, job: Job) -> list[Block]:
        done = self._tables.done(job.definition)
        return [b for b in self._tables.blocks() if b.last >= done.get((b.epoch, b.partition), 0)]

    def _fill(self, job: Job, blocks: Sequence[Block], what: str) -> None:
        total = sum(block.offsets for block in blocks)
        with self._doing.bar(f"{self.kind}: {what}", total) as done:
            for few in _portions(blocks, job.since):
                if few[0].last_day < job.since:
                    self._tables.copy(job.before, job.definition, few)
                else:
                    self._tables.count(job.definition, few)
                self._tables.remember(job.definition, few)
                done(sum(block.offsets for block in few))

    def _agree(self, job: Job) -> None:
        """Take far repeats back, and count again what differs, until nothing does."""
        for _ in range(ROUNDS):
            self._far.take_back(job.definition)
            differing = self._differing(job)
            if not differing:
                return
            self._doing.say(f"{self.kind}: {len(differing)} blocks differ")
            self._fill(job, differing, "counting again what differs")
            time.sleep(NOTICED_AFTER)  # what a worker does not write differs again by then
        raise Problem(
            f"{len(self._differing(job))} blocks of {self.kind} differ from the raw events, still. "
            f"Definition {job.before} stays in force.",
            "Is a worker of an older version running? Restart it, and run this again.",
        )

    def _differing(self, job: Job) -> list[Block]:
        """Blocks that the new definition has otherwise than raw, or than the one in force."""
        blocks = self._tables.blocks()
        found: list[Block] = []
        with self._doing.bar(f"{self.kind}: comparing", sum(b.offsets for b in blocks)) as done:
            for few in _portions(blocks, job.since):
                if few[0].last_day < job.since:
                    wrong = self._tables.unlike_before(job.before, job.definition, few)
                else:
                    wrong = self._tables.unlike_raw(job.before, job.definition, few)
                found += [b for b in few if b.start in wrong]
                done(sum(block.offsets for block in few))
        return found

    def _finish(self, job: Job, open_blocks: Sequence[Block]) -> None:
        """Once more what was growing when the views switched; then nobody needs the older ones."""
        starts = {(b.epoch, b.partition, b.start) for b in open_blocks}
        time.sleep(NOTICED_AFTER)
        grown = [b for b in self._tables.blocks() if (b.epoch, b.partition, b.start) in starts]
        self._fill(job, grown, "counting again what was growing")
        self._tables.state(job.definition, self.rollup.shape, job.since, "done")
        self._tables.remove(f"< {job.definition}")


def _portions(blocks: Sequence[Block], since: date) -> Iterator[list[Block]]:
    """Blocks of one partition, in order, few enough for one statement; old ones apart from new."""
    few: list[Block] = []
    for block in sorted(blocks, key=lambda b: (b.epoch, b.partition, b.start)):
        if few and (
            (few[0].epoch, few[0].partition) != (block.epoch, block.partition)
            or block.last - few[0].start >= AT_ONCE
            or (few[0].last_day < since) != (block.last_day < since)
        ):
            yield few
            few = []
        few.append(block)
    if few:
        yield few
