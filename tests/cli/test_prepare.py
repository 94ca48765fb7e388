"""``ningmai prepare``: ready for a worker, from nothing, as often as one likes."""

import pytest

from clickhouse.client import connect
from clickhouse.migrate import files
from ningmai.doing import Quiet
from ningmai.errors import Problem
from ningmai.preparing import prepare
from ningmai.settings import Settings
from ningmai.stack.ports import free_ports
from schemas.kinds import kinds
from schemas.registry import Registry
from schemas.topics_admin import problems


class Said(Quiet):
    def __init__(self) -> None:
        self.lines: list[str] = []

    def say(self, line: str) -> None:
        self.lines.append(line)


@pytest.mark.engine
def test_tables_topics_and_schemas_are_there_afterwards(namespace: Settings) -> None:
    said = Said()
    prepare(namespace, said, 30)
    assert said.lines == [
        f"ClickHouse: {len(files())} migrations applied",
        f"Kafka: {len(kinds())} topics made",
        f"registry: the schemas of {len(kinds())} kinds are there",
    ]
    assert problems(namespace) == []
    assert all(Registry(namespace).ids(kind) for kind in kinds())
    assert connect(namespace).query("SELECT count() FROM calls").result_rows == [(0,)]


@pytest.mark.engine
def test_done_again_it_changes_nothing(namespace: Settings) -> None:
    prepare(namespace, Quiet(), 30)
    said = Said()
    prepare(namespace, said, 30)
    assert said.lines[:2] == ["ClickHouse: 0 migrations applied", "Kafka: 0 topics made"]


def test_an_engine_that_is_away_is_waited_for_and_then_named() -> None:
    (port,) = free_ports("127.0.0.1", 1)
    said = Said()
    with pytest.raises(Problem, match=f"ClickHouse at http://127.0.0.1:{port} does not answer"):
        prepare(Settings(clickhouse=f"http://127.0.0.1:{port}"), said, 1)
    assert said.lines == [f"waiting for ClickHouse at http://127.0.0.1:{port}"]
