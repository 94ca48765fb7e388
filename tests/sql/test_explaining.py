"""Every figure of September 2020 explains itself: its own SQL gives what is printed."""

from collections.abc import Iterator

import pytest
from clickhouse_connect.driver.client import Client

from clickhouse.client import connect
from clickhouse.migrate import migrate
from ningmai.explaining import choose, explain, figures
from ningmai.explaining.answer import same
from ningmai.explaining.figures import Figure
from ningmai.explaining.recipes import of_view, recipe
from ningmai.settings import Settings
from producers.bulletin import Month, read
from producers.bulletin.plan import plan
from tests.conftest import own_namespace
from tests.handmade import events, planned

pytestmark = pytest.mark.engine
SEPTEMBER = Month(2020, 9)
EVERY = 16
"""Of the queries on the printed views, which read_live has read already, so many are tried."""
CELLS = 723
CALL = {
    "line": "hotline",
    "city": "nanjing",
    "category": "crisis",
    "occurred_at": "2020-09-15 04:00:00",
}


@pytest.fixture(scope="module")
def september(engine_settings: Settings) -> Iterator[Client]:
    settings = own_namespace(engine_settings)
    client = connect(settings)
    migrate(client, settings)
    planned(client, plan(read("2020-09")))
    events(client, "calls", CALL, {**CALL, "category": "voice"}, {**CALL, "origin": "simulated"})
    yield client
    client.command(f"DROP DATABASE {settings.database}")


def wrong(client: Client, asked: list[tuple[Figure, str]]) -> list[tuple[str, str, object]]:
    """Figures that their query does not give, alone, with what it gave."""
    found = [(figure, client.query(sql).result_rows) for figure, sql in asked]
    return [
        (figure.address, figure.text, rows)
        for figure, rows in found
        if len(rows) != 1 or not same(rows[0][0], figure.text)
    ]


def test_the_sql_of_every_figure_gives_that_figure_alone(september: Client) -> None:
    _, known = figures(september, SEPTEMBER)
    assert sum(not figure.total for figure in known) >= CELLS
    assert wrong(september, [(each, recipe(each, SEPTEMBER).sql) for each in known]) == []


def test_so_does_the_sql_on_its_printed_table(september: Client) -> None:
    _, known = figures(september, SEPTEMBER)
    tried = [*known[::EVERY], *(figure for figure in known if figure.total)]
    assert wrong(september, [(each, of_view(each, SEPTEMBER)) for each in tried]) == []


def test_a_flow_tells_its_sources_its_age_and_its_own_events(september: Client) -> None:
    bulletin, known = figures(september, SEPTEMBER)
    found = explain(september, bulletin, choose("心理危机干预", known)[0])
    assert found.agrees
    assert [(row["topic"], row["source"], row["events"]) for row in found.sources] == [
        ("calls", "by-hand", 360)
    ]
    assert found.last_event == "2020-09-30"
    assert [row["event_id"] for row in found.events] == ["e0"]


def test_a_stock_tells_its_statements(september: Client) -> None:
    bulletin, known = figures(september, SEPTEMBER)
    found = explain(september, bulletin, choose("南京鼓楼医院 / 投放台数", known)[0])
    assert [(row["topic"], row["events"]) for row in found.sources] == [("statements", 1)]
    assert len(found.events) == 1


def test_what_proof_finds_is_told_with_its_figure(september: Client) -> None:
    bulletin, known = figures(september, SEPTEMBER)
    silent = choose("东部战区总医院 / 挂号（次）", known)[0]
    assert explain(september, bulletin, silent).findings
    plain = choose("合计 / 电话预约", known)[0]
    assert not explain(september, bulletin, plain).findings
