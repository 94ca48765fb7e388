"""Every target of every panel, as user grafana, against September 2020 on the real engine."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from functools import cache
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from clickhouse_connect.driver.client import Client

from clickhouse.client import connect
from grafana.build import BOARDS, FOLDER, built
from grafana.screen.board import Board, Panel, Target, boards
from grafana.screen.macros import expand
from grafana.screen.timerange import TimeRange, interval_seconds, parse
from grafana.screen.variables import Chosen, chosen, interpolate, options, ordered
from ningmai.reconcile import reconcile
from producers.bulletin import read
from tests.conftest import City

pytestmark = pytest.mark.engine
SEPTEMBER = "2020-09-01"


class Viewer:
    """What somebody who looks at a board sends to ClickHouse."""

    def __init__(self, client: Client, board: Board) -> None:
        self.client = client
        now, zone = datetime.now(UTC), ZoneInfo(board.timezone)
        self.range = TimeRange(
            parse(board.time_from, now, zone, end=False), parse(board.time_to, now, zone, end=True)
        )
        self.values: dict[str, Chosen] = {}
        for variable in ordered(board.variables):
            rows = self._rows(variable.query) if variable.kind == "query" else []
            wanted = [SEPTEMBER] if variable.name == "month" else None
            self.values[variable.name] = chosen(variable, options(variable, rows), wanted)

    def sql(self, target: Target) -> str:
        interval = interval_seconds(self.range)
        return expand(target.sql, self.range, interval, self.values)

    def ask(self, target: Target) -> Any:
        return self.client.query(self.sql(target))

    def _rows(self, sql: str) -> Sequence[Sequence[Any]]:
        return self.client.query(interpolate(sql, self.values)).result_rows


def targets() -> list[tuple[str, str, int]]:
    """(board, panel, number of its target), of all."""
    return [
        (board.uid, panel.title, number)
        for board in boards().values()
        for panel in board.panels
        for number in range(len(panel.targets))
    ]


@pytest.fixture(scope="module")
def viewers_of(city: City) -> Callable[[date], dict[str, Viewer]]:
    client = connect(city.settings, "grafana")
    return cache(lambda _: {uid: Viewer(client, board) for uid, board in boards().items()})


@pytest.fixture
def viewers(viewers_of: Callable[[date], dict[str, Viewer]], today: date) -> dict[str, Viewer]:
    """By board; they look at today, which may have turned since the test before."""
    return viewers_of(today)


def panel(uid: str, title: str) -> Panel:
    return next(panel for panel in boards()[uid].panels if panel.title == title)


@pytest.mark.parametrize("name", BOARDS)
def test_the_committed_json_is_what_the_program_builds(name: str) -> None:
    assert (FOLDER / f"{name}.json").read_text(encoding="utf-8") == built(name)


def test_no_panel_asks_for_what_the_live_screen_does_not_know() -> None:
    unknown = {
        f"{board.uid} {panel.title}": panel.unknown
        for board in boards().values()
        for panel in board.panels
        if panel.unknown
    }
    assert unknown == {}


def test_titles_are_told_apart() -> None:
    for board in boards().values():
        titles = [panel.title for panel in board.panels if panel.title]
        assert sorted(titles) == sorted(set(titles)), board.uid


@pytest.mark.parametrize(("uid", "title", "number"), targets())
def test_a_panel_gets_the_columns_it_draws(
    viewers: dict[str, Viewer], uid: str, title: str, number: int
) -> None:
    target = panel(uid, title).targets[number]
    answer = viewers[uid].ask(target)
    assert answer.result_rows, viewers[uid].sql(target)
    if target.over_time:
        assert answer.column_names[0] == "time"
        assert "DateTime" in answer.column_types[0].name
        times = [row[0] for row in answer.result_rows]
        assert times == sorted(times)


class Panels:
    """A client whose bulletin tables come from the boards' own panels."""

    def __init__(self, viewers: Mapping[str, Viewer]) -> None:
        self._viewers = viewers

    def query(self, sql: str, parameters: Mapping[str, Any]) -> Any:
        view = sql.removeprefix("SELECT * FROM ").partition("(")[0]
        showing = [
            (self._viewers[board.uid], target)
            for board in boards().values()
            for panel in board.panels
            for target in panel.targets
            if panel.type == "table" and f"FROM {view}(" in target.sql
        ]
        assert showing, f"no panel shows {view}"
        viewer, target = showing[0]
        assert str(parameters["month"]) == SEPTEMBER
        answer = viewer.ask(target)
        return SimpleNamespace(column_names=answer.column_names, result_rows=answer.result_rows)


def test_the_tables_of_september_2020_show_every_printed_cell(
    viewers: dict[str, Viewer],
) -> None:
    report = reconcile(Panels(viewers), read("2020-09"))  # type: ignore[arg-type] # all it asks
    assert (report.cells, report.equal, report.differences) == (723, 723, [])


def test_the_columns_of_the_tables_stand_in_their_printed_order(
    viewers: dict[str, Viewer],
) -> None:
    for code, table in read("2020-09").tables.items():
        shown = (
            Panels(viewers)
            .query(f"SELECT * FROM bulletin_{code}(", {"month": SEPTEMBER})
            .column_names
        )
        printed = [name for name in table.header if name in shown]
        assert [name for name in shown if name in printed] == printed
        assert len(printed) >= len(table.header) - 1, code  # 序号 is the row's number
