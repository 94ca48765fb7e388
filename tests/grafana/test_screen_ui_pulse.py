import asyncio
from collections.abc import Iterator

from clickhouse.errors import Refused, Unavailable
from grafana.screen.frames import Column, Frame
from grafana.screen.pulse import AWAY_SECONDS, EVERY_SECONDS, MISSING_SECONDS, Pulse


def written(*times: str) -> Frame:
    return Frame((Column("topic", "String", ["calls"]), Column("written", "String", list(times))))


def looks(*answers: Frame | Exception) -> tuple[list[float], list[float]]:
    """What listeners hear, and how long the pulse then waits, of these answers in turn."""
    left: Iterator[Frame | Exception] = iter(answers)

    async def ask(sql: str) -> Frame:
        found = next(left)
        if isinstance(found, Exception):
            raise found
        return found

    async def scenario() -> tuple[list[float], list[float]]:
        heard: list[float] = []
        pulse = Pulse(ask, lambda: 1000.0)
        pulse._listeners.add(heard.append)
        return heard, [await pulse.look() for _ in answers]

    return asyncio.run(scenario())


def test_the_first_look_is_no_change() -> None:
    assert looks(written("1")) == ([], [EVERY_SECONDS])


def test_what_is_written_is_heard_once() -> None:
    heard, _ = looks(written("1"), written("2"), written("2"))
    assert heard == [1000.0]


def test_a_database_that_is_away_is_asked_less_often_and_heard_when_back() -> None:
    heard, pauses = looks(written("1"), Unavailable("away"), written("2"))
    assert heard == [1000.0]
    assert pauses == [EVERY_SECONDS, AWAY_SECONDS, EVERY_SECONDS]


def test_a_database_without_the_view_is_left_alone() -> None:
    assert looks(Refused("UNKNOWN_TABLE", 60)) == ([], [MISSING_SECONDS])


def test_it_looks_only_while_anybody_watches() -> None:
    asked = 0

    async def ask(sql: str) -> Frame:
        nonlocal asked
        asked += 1
        return written(str(asked))

    async def scenario() -> None:
        pulse = Pulse(ask)
        heard = asyncio.Event()
        stop = pulse.watch(lambda at: heard.set())
        await asyncio.wait_for(heard.wait(), 10)
        stop()
        watching = pulse._watching
        assert watching is not None
        await asyncio.wait_for(watching, 10)
        before = asked
        stop_again = pulse.watch(lambda at: None)
        await asyncio.sleep(0.02)
        assert asked > before
        stop_again()
        assert pulse._watching is not None
        pulse._watching.cancel()

    asyncio.run(scenario())
