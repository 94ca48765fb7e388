"""What the pipeline does about errors: retry, reject, or begin again."""

import asyncio
from collections.abc import Sequence

import pytest

from clickhouse.errors import Refused, Unavailable
from schemas.kinds import kind
from streams import pipeline as module
from streams.agents.calls import CALLS
from streams.batches import Batch, Fetch
from streams.blocks import Block, Cutter
from streams.breaker import Breaker
from streams.counting import Counting, Partition
from streams.frames import DeadLetter, Decoder, Layouts, Spliced
from streams.pipeline import Pipeline
from streams.repeats import Window
from streams.sink import Place
from tests.streams.log import APPENDED, Schemas, batch

SCHEMAS = Schemas()
INCORRECT_DATA, UNKNOWN_TABLE = 117, 60


class Tables:
    """A sink that keeps what it is given, or refuses it, as a test wants."""

    kind = "calls"

    def __init__(self, *, bad: frozenset[int] = frozenset(), away: list[Exception] | None = None):
        self.bad, self.away = bad, away or []
        self.rows: set[int] = set()
        self.dead: list[tuple[int, str]] = []
        self.lines: list[Block] = []
        self.order: list[str] = []

    def raw(self, epoch: int, spliced: Sequence[Spliced], *, counted: bool) -> None:
        if self.away:
            raise self.away.pop()
        offsets = {o for each in spliced for o in each.stretch.offsets.tolist()}
        if offsets & self.bad:
            raise Refused("no such date", INCORRECT_DATA)
        self.rows |= offsets
        self.order.append("raw")

    def dead_letters(self, place: Place, letters: Sequence[DeadLetter]) -> None:
        self.dead += [(letter.offset, letter.reason) for letter in letters]

    def totals(self, rows: object) -> None:
        self.order.append("totals")

    def standing(self) -> None:
        self.order.append("standing")

    def ledger(self, blocks: Sequence[tuple[Place, Block]]) -> None:
        self.order.append("ledger")
        self.lines += [block for _, block in blocks]


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SHORTEST_PAUSE", 0.001)
    monkeypatch.setattr(module, "LONGEST_PAUSE", 0.002)
    monkeypatch.setattr(module, "AFTER_BUG", 0.0)


def run(tables: Tables, *fetches: Fetch) -> tuple[Pipeline, list[int]]:
    """A pipeline after these fetches and a drain, and the partitions that it sought again."""
    sought: list[int] = []

    async def again(_: str, partitions: Sequence[int]) -> None:
        sought.extend(partitions)

    async def all_of_it() -> Pipeline:
        counting = Counting(Decoder(Layouts(SCHEMAS, kind("calls")), CALLS.columns), CALLS)
        counting.partitions[0] = Partition(0, 1, 0, 0, 0, Cutter(100), Window(1000))
        line = Pipeline(counting, tables, again, flush_seconds=60, dead_limit=0.5)  # type: ignore[arg-type] # a fake
        for fetch in fetches:
            await line.take(fetch)
        await line.drain()
        await asyncio.sleep(0)
        return line

    return asyncio.run(all_of_it()), sought


def no_events(start: int, count: int) -> Fetch:
    return Fetch("calls", 0, [batch(start, [b"no event"] * count)])


def fetch(start: int, count: int) -> Fetch:
    values = [SCHEMAS.call(event_id=f"c-{start + n}") for n in range(count)]
    return Fetch("calls", 0, [batch(start, values)])


def test_offsets_are_durable_when_raw_totals_and_ledger_are_written_in_this_order() -> None:
    tables = Tables()
    line, _ = run(tables, fetch(0, 10))
    assert tables.order == ["raw", "totals", "ledger"]
    assert line.durable(0) == 10


def test_what_stands_is_kept_before_the_ledger_says_that_a_block_is_there() -> None:
    tables = Tables()
    tables.kind = "institutions"
    run(tables, fetch(0, 10))
    assert tables.order[-2:] == ["standing", "ledger"]


def test_clickhouse_away_is_waited_for() -> None:
    tables = Tables(away=[Unavailable("away"), Unavailable("away")])
    line, _ = run(tables, fetch(0, 10))
    assert (line.durable(0), tables.dead) == (10, [])


def test_a_missing_table_is_no_events_fault() -> None:
    tables = Tables(away=[Refused("no table", UNKNOWN_TABLE)])
    line, _ = run(tables, fetch(0, 10))
    assert (line.durable(0), tables.dead) == (10, [])


def test_what_clickhouse_refuses_is_found_and_its_block_counted_again() -> None:
    tables = Tables(bad=frozenset({3, 7}))
    line, sought = run(tables, fetch(0, 10))
    assert tables.dead == [(3, "refused"), (7, "refused")]
    assert tables.rows == set(range(10)) - {3, 7}
    assert (tables.lines, sought, line.durable(0)) == ([], [0], None)


@pytest.mark.parametrize("where", ["decode", "take", "flush"])
def test_a_bug_while_counting_makes_nothing_durable_and_is_tried_again(
    where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = getattr(Counting, where)

    def wrong(*args: object) -> object:
        right(*args)
        raise RuntimeError("on purpose")

    monkeypatch.setattr(Counting, where, wrong)
    tables = Tables()
    line, sought = run(tables, fetch(0, 10))
    assert (tables.lines, sought, line.durable(0)) == ([], [0], None)


def test_a_bug_while_writing_makes_nothing_durable_and_is_tried_again() -> None:
    tables = Tables(away=[RuntimeError("on purpose")])
    line, sought = run(tables, fetch(0, 10))
    assert (tables.lines, sought, line.durable(0)) == ([], [0], None)


def test_a_fetch_that_does_not_continue_is_dropped_and_sought_again() -> None:
    tables = Tables()
    line, sought = run(tables, fetch(0, 5), fetch(8, 5))
    assert (sought, line.durable(0)) == ([0], 5)


def test_a_fetch_that_overlaps_is_trimmed() -> None:
    tables = Tables()
    line, _ = run(tables, fetch(0, 5), fetch(3, 5), fetch(2, 3))
    assert line.durable(0) == 8
    assert [(b.start, b.last, b.counted, b.repeats) for b in tables.lines] == [(0, 7, 8, 0)]


def test_offsets_without_a_message_become_durable_too() -> None:
    tables = Tables()
    line, _ = run(tables, fetch(0, 5), Fetch("calls", 0, [Batch(5, 9, None, [], [])]))
    assert line.durable(0) == 9
    assert [(b.counted, b.gaps) for b in tables.lines] == [(5, 4)]


def test_an_event_refused_before_stays_a_dead_letter() -> None:
    counting = Counting(Decoder(Layouts(SCHEMAS, kind("calls")), CALLS.columns), CALLS)
    refused = frozenset({2})
    counting.partitions[0] = Partition(0, 1, 0, 0, 0, Cutter(100), Window(1000), refused)
    taken = fetch(0, 4)
    counting.take(taken, counting.decode(taken))
    flush = counting.flush()
    assert flush is not None
    assert [letter.offset for letter in flush.dead[0]] == [2]
    assert [o for each in flush.raw for o in each.stretch.offsets.tolist()] == [0, 1, 3]
    assert flush.blocks[0][1].accounted
    assert flush.blocks[0][1].first_appended == APPENDED


def test_a_topic_that_is_all_garbage_stops_and_stays_in_kafka() -> None:
    tables = Tables()
    line, sought = run(tables, fetch(0, 10), no_events(10, 2_000), fetch(2_010, 10))
    assert line.breaker.tripped
    assert (line.durable(0), tables.dead, sought) == (10, [], [])


def test_some_garbage_is_dead_letters_and_its_neighbours_count() -> None:
    tables = Tables()
    line, _ = run(tables, fetch(0, 10), no_events(10, 500), fetch(510, 10))
    assert not line.breaker.tripped
    assert (line.durable(0), len(tables.dead)) == (520, 500)


def test_only_the_newest_messages_say_whether_a_topic_is_garbage() -> None:
    late = Breaker(0.5)
    assert not any(late.trips(dead=0, messages=5_000) for _ in range(10))
    assert [late.trips(dead=2_000, messages=2_000) for _ in range(6)] == [False] * 2 + [True] * 4


def test_a_limit_of_all_never_stops_a_topic() -> None:
    assert not Breaker(1).trips(dead=50_000, messages=50_000)
