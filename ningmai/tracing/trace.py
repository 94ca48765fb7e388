"""What is known of an event id: a verdict from its places, corrections and refusals. Pure."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from ningmai.tracing.questions import AT_ONCE, POSSIBLE, questions
from schemas.kinds import kinds

State = Literal["counted", "retracted", "refused", "unknown", "impossible"]
Rows = Sequence[Mapping[str, Any]]
Ask = Callable[[str], Rows]
"""Runs a query as a reader; raises clickhouse.errors."""


@dataclass(frozen=True, slots=True)
class Where:
    """A message's place in the log."""

    topic: str
    epoch: int
    partition: int
    offset: int
    appended_at: str
    """Asia/Shanghai, to the millisecond."""


@dataclass(frozen=True, slots=True)
class Rollup:
    """A row of sums that the event is in: of that table, the ones of this grain and bucket."""

    table: str
    grain: str
    bucket: str
    block: int
    """First offset of the block of the log whose sums they are."""


@dataclass(frozen=True, slots=True)
class Found:
    """One occurrence of the id. ``repeat_of`` is the place that counts in its stead."""

    where: Where
    counts: bool
    repeat_of: Where | None
    occurred_at: str
    source: str
    origin: str
    sign: int
    corrects: str | None
    content: dict[str, str | None]
    rollups: tuple[Rollup, ...]

    @property
    def month(self) -> str:
        """The month that it falls in, in Asia/Shanghai."""
        return self.occurred_at[:7]


@dataclass(frozen=True, slots=True)
class Correction:
    """An event that takes the id back (sign -1) or amends it (sign 1)."""

    event_id: str
    sign: int
    counts: bool
    where: Where


@dataclass(frozen=True, slots=True)
class Refusal:
    """A message that holds the id and became a dead letter.

    ``exact``: as an Avro text at the place of the id; else it is somewhere in the bytes.
    """

    where: Where
    reason: str
    detail: str
    exact: bool


@dataclass(frozen=True, slots=True)
class Trace:
    """All that is known of one id. ``log`` is the newest append time by topic."""

    event_id: str
    state: State
    places: tuple[Found, ...] = ()
    corrections: tuple[Correction, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    log: tuple[tuple[str, str], ...] = ()

    def as_json(self) -> dict[str, Any]:
        """For programs: every field; months beside the times of places."""
        fields = asdict(self)
        for place, found in zip(fields["places"], self.places, strict=True):
            place["month"] = found.month
        return {**fields, "log": dict(self.log)}


def traced(ids: Iterable[str], ask: Ask) -> list[Trace]:
    """What became of each id, in their order, each once. Raises what ``ask`` does."""
    wanted = list(dict.fromkeys(ids))
    possible = [each for each in wanted if POSSIBLE.fullmatch(each)]
    found: dict[str, Trace] = {}
    for first in range(0, len(possible), AT_ONCE):
        some = possible[first : first + AT_ONCE]
        found |= judged(some, [ask(question) for question in questions(some)])
    return [found.get(each) or Trace(each, "impossible") for each in wanted]


def judged(ids: Sequence[str], answers: Sequence[Rows]) -> dict[str, Trace]:
    """Traces of ids from the answers to their ``questions``."""
    places, corrections, refusals, log = answers
    known = tuple((str(row["topic"]), str(row["appended"])) for row in log)
    found = {}
    for each in ids:
        found[each] = _judged(
            each,
            tuple(_places([row for row in places if row["event_id"] == each])),
            tuple(
                Correction(row["event_id"], row["sign"], bool(row["counts"]), _where(row))
                for row in corrections
                if row["corrected"] == each
            ),
            tuple(
                Refusal(_where(row), row["reason"], row["detail"], bool(row["exact"]))
                for row in refusals
                if row["event_id"] == each
            ),
            known,
        )
    return found


def _judged(
    event_id: str,
    places: tuple[Found, ...],
    corrections: tuple[Correction, ...],
    refusals: tuple[Refusal, ...],
    log: tuple[tuple[str, str], ...],
) -> Trace:
    state: State = "unknown"
    if places:
        back = any(one.sign < 0 and one.counts for one in corrections)
        state = "retracted" if back else "counted"
    elif refusals:
        state = "refused"
    return Trace(event_id, state, places, corrections, refusals, log)


def _places(rows: Rows) -> Iterable[Found]:
    """The occurrences of one id. Of a topic's, the first one that counts stands for the others."""
    first: dict[str, Where] = {}
    for row in rows:
        if row["counts"]:
            first.setdefault(row["topic"], _where(row))
    for row in rows:
        counts = bool(row["counts"])
        yield Found(
            _where(row),
            counts,
            None if counts else first.get(row["topic"]),
            row["at"],
            row["source"],
            row["origin"],
            row["sign"],
            row["corrects"],
            dict(row["content"]),
            tuple(_rollups(row)) if counts else (),
        )


def _rollups(row: Mapping[str, Any]) -> Iterable[Rollup]:
    """Minute, hour and day that a flow's event is summed in; stocks are summed nowhere."""
    if kinds()[row["topic"]].flow:
        at = row["at"]
        for grain, bucket in (
            ("minute", f"{at[:16]}:00"),
            ("hour", f"{at[:13]}:00:00"),
            ("day", at[:10]),
        ):
            yield Rollup(f"rollup_{row['topic']}", grain, bucket, int(row["block"]))


def _where(row: Mapping[str, Any]) -> Where:
    return Where(
        row["topic"],
        int(row["epoch"]),
        int(row["kafka_partition"]),
        int(row["kafka_offset"]),
        row["appended"],
    )
