"""The analysts' example queries: each says what it answers, is listed, and runs as the analyst."""

from pathlib import Path

import pytest

from clickhouse.client import connect
from tests.conftest import City

ROOT = Path(__file__).parents[2]
QUERIES = sorted((ROOT / "docs/queries").glob("*.sql"))
PAGE = (ROOT / "docs/analysts.md").read_text("utf-8")
MAY_BE_EMPTY = {
    "01_calls_by_hour_of_day",  # September is there by days
    "05_quiet_days_of_a_source",
    "06_what_came_late",
    "10_taken_back",
}


@pytest.mark.parametrize("query", QUERIES, ids=lambda query: query.stem)
def test_each_says_what_it_answers_and_is_listed(query: Path) -> None:
    first = query.read_text("utf-8").splitlines()[0]
    assert first.startswith("-- ")
    question = first.removeprefix("-- ").partition("?")[0] + "?"
    assert f"| [{query.stem}](queries/{query.name}) | {question} |" in PAGE


@pytest.mark.engine
@pytest.mark.parametrize("query", QUERIES, ids=lambda query: query.stem)
def test_each_answers_the_analyst(city: City, query: Path) -> None:
    answer = connect(city.settings, "analyst").query(query.read_text("utf-8"))
    assert answer.result_rows or query.stem in MAY_BE_EMPTY


@pytest.mark.engine
def test_what_they_find_of_september_is_what_is_printed(city: City) -> None:
    def asked(number: int) -> list[tuple[object, ...]]:
        text = QUERIES[number - 1].read_text("utf-8")
        answer = connect(city.settings, "analyst").query(text)
        return [tuple(row) for row in answer.result_rows]

    assert ("phone", "南京鼓楼医院", 14178) in [row[:3] for row in asked(2)]
    assert ("phone", 45930, 0, None) in asked(3)
    assert ("ecg", ["秦淮区"], 1) in asked(8)
