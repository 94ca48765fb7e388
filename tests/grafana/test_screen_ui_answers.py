import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

import pytest

from clickhouse.errors import Refused, Unavailable
from grafana.screen import answers as module
from grafana.screen.answers import Answer, Answers
from grafana.screen.frames import Column, Frame

T = TypeVar("T")


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Database:
    """Counts what it is asked; fails while ``error`` says how; waits while ``gate`` is closed."""

    def __init__(self, clock: Clock) -> None:
        self.asked: list[str] = []
        self.error: Exception | None = None
        self.gate = asyncio.Event()
        self.gate.set()
        self._clock = clock

    async def __call__(self, sql: str) -> Frame:
        self.asked.append(sql)
        await self.gate.wait()
        self._clock.now += 0.2
        if self.error:
            raise self.error
        return frame(len(self.asked))


def frame(value: int) -> Frame:
    return Frame((Column("n", "UInt64", [value]),))


def value(answer: Answer) -> Any:
    return answer.frame and answer.frame.columns[0].values[0]


def run(what: Coroutine[Any, Any, T]) -> T:
    return asyncio.run(what)


def test_many_viewers_who_ask_at_the_same_time_cost_one_query() -> None:
    async def scenario() -> None:
        database = Database(Clock())
        answers = Answers(database, database._clock)
        database.gate.clear()
        viewers = [asyncio.create_task(answers.ask("q", 1000, "tile")) for _ in range(50)]
        await asyncio.sleep(0.01)
        database.gate.set()
        found = await asyncio.gather(*viewers)
        assert [value(answer) for answer in found] == [1] * 50
        assert database.asked == ["q"]

    run(scenario())


def test_an_answer_asked_late_enough_is_not_asked_again() -> None:
    async def scenario() -> None:
        clock = Clock()
        database = Database(clock)
        answers = Answers(database, clock)
        await answers.ask("q", 1000, "tile")
        clock.now = 1004
        assert value(await answers.ask("q", 1000, "tile")) == 1
        assert value(await answers.ask("q", 1003, "tile")) == 2

    run(scenario())


def test_who_wants_newer_than_the_query_under_way_waits_for_one_of_their_own() -> None:
    async def scenario() -> None:
        clock = Clock()
        database = Database(clock)
        answers = Answers(database, clock)
        database.gate.clear()
        first = asyncio.create_task(answers.ask("q", 1000, "tile"))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        clock.now = 1001
        second = asyncio.create_task(answers.ask("q", 1001, "tile"))
        await asyncio.sleep(0.01)
        assert database.asked == ["q"]
        database.gate.set()
        assert (value(await first), value(await second)) == (1, 2)

    run(scenario())


def test_a_viewer_who_leaves_does_not_take_the_answer_from_the_others() -> None:
    async def scenario() -> None:
        clock = Clock()
        database = Database(clock)
        answers = Answers(database, clock)
        database.gate.clear()
        leaving = asyncio.create_task(answers.ask("q", 1000, "tile"))
        staying = asyncio.create_task(answers.ask("q", 1000, "tile"))
        await asyncio.sleep(0.01)
        leaving.cancel()
        database.gate.set()
        assert value(await staying) == 1

    run(scenario())


@pytest.mark.parametrize(
    ("error", "refused"), [(Unavailable("away"), False), (Refused("no"), True)]
)
def test_the_last_good_answer_stays_with_its_age_and_the_reason(
    error: Exception, refused: bool
) -> None:
    async def scenario() -> None:
        clock = Clock()
        database = Database(clock)
        answers = Answers(database, clock)
        good = await answers.ask("q at 1000", 1000, "tile")
        clock.now, database.error = 1060, error
        late = await answers.ask("q at 1060", 1060, "tile")
        assert late.frame == good.frame
        assert (late.asked_at, late.tried_at) == (1000, 1060)
        assert (late.error, late.refused) == (str(error), refused)

    run(scenario())


def test_without_any_answer_yet_there_is_only_the_reason() -> None:
    async def scenario() -> None:
        clock = Clock()
        database = Database(clock)
        database.error = Unavailable("away")
        answer = await Answers(database, clock).ask("q", 1000, "tile")
        assert (answer.frame, answer.error) == (None, "away")

    run(scenario())


def test_while_the_database_is_away_viewers_do_not_ask_once_each() -> None:
    async def scenario() -> None:
        clock = Clock()
        database = Database(clock)
        database.error = Unavailable("away")
        answers = Answers(database, clock)
        for _ in range(20):
            await answers.ask("q", 1000, "tile")
        assert database.asked == ["q"]

    run(scenario())


def test_when_the_database_is_back_the_reason_is_gone() -> None:
    async def scenario() -> None:
        clock = Clock()
        database = Database(clock)
        database.error = Unavailable("away")
        answers = Answers(database, clock)
        await answers.ask("q", 1000, "tile")
        clock.now, database.error = 1010, None
        answer = await answers.ask("q", 1010, "tile")
        assert (value(answer), answer.error) == (2, None)

    run(scenario())


def test_a_time_to_come_asks_no_more_than_once() -> None:
    async def scenario() -> None:
        clock = Clock()
        database = Database(clock)
        assert value(await Answers(database, clock).ask("q", 9999, "tile")) == 1

    run(scenario())


def test_no_more_than_so_much_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> None:
        clock = Clock()
        database = Database(clock)
        answers = Answers(database, clock)
        for nth in range(10):
            await answers.ask(f"q{nth}", 1000, nth)
        await answers.ask("q0", 1000, 0)
        assert len(database.asked) == 11
        await answers.ask("q9", 1000, 9)
        assert len(database.asked) == 11
        assert answers.last(0) is not None
        assert answers.last(1) is None

    monkeypatch.setattr(module, "MOST_CELLS", 8)
    monkeypatch.setattr(module, "MOST_ANSWERS", 4)
    run(scenario())
