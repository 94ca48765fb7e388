import json
from pathlib import Path
from typing import Any

import pytest

from grafana import build
from grafana.committed import DASHBOARDS
from grafana.screen.board import ORDER, Board, Option, Panel, Target, boards, load
from grafana.screen.known import OPTIONS
from ningmai.errors import Problem

MINIMUM: dict[str, Any] = {"uid": "u", "title": "板"}


def read(folder: Path, **content: Any) -> Board:
    path = folder / "board.json"
    path.write_text(json.dumps({**MINIMUM, **content}), encoding="utf-8")
    return load(path)


def one_panel(folder: Path, **stated: Any) -> Panel:
    return read(folder, panels=[{"type": "stat", **stated}]).panels[0]


def test_a_board_is_read_with_its_time_refresh_and_links(tmp_path: Path) -> None:
    board = read(
        tmp_path,
        description="全市",
        tags=["ningmai"],
        timezone="Asia/Shanghai",
        time={"from": "now/d", "to": "now"},
        refresh="10s",
        links=[{"title": "宁脉"}],
    )
    assert board == Board(
        "u",
        "板",
        "全市",
        ("ningmai",),
        "Asia/Shanghai",
        "now/d",
        "now",
        10.0,
        (),
        (),
        ({"title": "宁脉"},),
    )


@pytest.mark.parametrize(
    ("refresh", "seconds"),
    [("5s", 5), ("1m", 60), ("500ms", 0.5), ("", None), (False, None), (None, None), ("0s", None)],
)
def test_refresh_in_seconds(tmp_path: Path, refresh: Any, seconds: float | None) -> None:
    assert read(tmp_path, refresh=refresh).refresh_seconds == seconds


@pytest.mark.parametrize(
    ("stated", "zone"), [("browser", "Asia/Shanghai"), ("", "Asia/Shanghai"), ("utc", "UTC")]
)
def test_a_zone_is_always_a_name(tmp_path: Path, stated: str, zone: str) -> None:
    assert read(tmp_path, timezone=stated).timezone == zone


def test_a_panel_is_read_with_its_place_and_queries(tmp_path: Path) -> None:
    panel = one_panel(
        tmp_path,
        id=3,
        title="来电",
        gridPos={"x": 1, "y": 2, "w": 3, "h": 4},
        transparent=True,
        targets=[
            {"refId": "A", "rawSql": "SELECT 1", "format": 1, "queryType": "table"},
            {"refId": "B", "rawSql": "SELECT 2", "format": 0, "queryType": "timeseries"},
            {"refId": "C", "rawSql": "SELECT 3", "hide": True},
        ],
        options={"colorMode": "value"},
        fieldConfig={"defaults": {"unit": "locale"}, "overrides": []},
        links=[{"url": "/d/x"}],
    )
    assert panel == Panel(
        3,
        "stat",
        "来电",
        "",
        1,
        2,
        3,
        4,
        (Target("A", "SELECT 1", False), Target("B", "SELECT 2", True)),
        {"colorMode": "value"},
        {"unit": "locale"},
        (),
        ({"url": "/d/x"},),
        True,
        (),
    )


def variable(folder: Path, **stated: Any) -> Any:
    return read(folder, templating={"list": [{"name": "v", **stated}]}).variables[0]


def test_custom_options_have_texts_and_commas(tmp_path: Path) -> None:
    found = variable(tmp_path, type="custom", query=r"实况 : live, b , 一\,二 : c:d")
    assert found.options == (Option("实况", "live"), Option("b", "b"), Option("一,二", "c:d"))


@pytest.mark.parametrize(
    ("stated", "current"),
    [
        ({"current": {"text": "All", "value": "$__all"}}, ("$__all",)),
        ({"current": {"value": ["a", "b"]}}, ("a", "b")),
        ({"current": {}}, ()),
        ({}, ()),
    ],
)
def test_what_a_dashboard_has_chosen(tmp_path: Path, stated: Any, current: tuple[str, ...]) -> None:
    assert variable(tmp_path, type="query", query="SELECT 1", **stated).current == current


def test_kinds_of_variables(tmp_path: Path) -> None:
    asked = variable(tmp_path, type="query", query={"rawSql": "SELECT 1"}, hide=2)
    assert (asked.query, asked.hidden, asked.options) == ("SELECT 1", True, ())
    assert variable(tmp_path, type="constant", query="x").options == (Option("x", "x"),)
    assert [o.value for o in variable(tmp_path, type="interval", query="1m,1h").options] == [
        "1m",
        "1h",
    ]
    assert variable(tmp_path, type="textbox", query="x").current == ("x",)
    every = variable(
        tmp_path, type="query", multi=True, includeAll=True, allValue=".*", label="数据"
    )
    assert (every.multi, every.include_all, every.all_value, every.label) == (
        True,
        True,
        ".*",
        "数据",
    )


def test_a_variable_that_nothing_can_fill_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Problem, match="adhoc"):
        variable(tmp_path, type="adhoc")


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"uid": "u"}', '{"uid": 1, "title": "", "panels": [{}]}']
)
def test_a_file_that_holds_no_dashboard_is_refused_by_name(tmp_path: Path, text: str) -> None:
    path = tmp_path / "broken.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(Problem, match=r"broken\.json"):
        load(path)


@pytest.mark.parametrize(
    ("stated", "unknown"),
    [
        ({"type": "heatmap"}, ("面板类型 heatmap",)),
        ({"options": {"graphMode": "none", "text": {"valueSize": 9}}}, ()),
        ({"options": {"graphMode": "line"}}, ("选项 graphMode=line",)),
        ({"options": {"sparkle": {"deep": 1}}}, ("选项 sparkle.deep",)),
        (
            {"options": {"reduceOptions": {"calcs": ["sum", "p99"]}}},
            ("选项 reduceOptions.calcs=p99",),
        ),
        ({"options": {"sparkle": None}}, ()),
        ({"fieldConfig": {"defaults": {"filterable": True}}}, ("字段 filterable",)),
        ({"fieldConfig": {"defaults": {"color": {"mode": "shades"}}}}, ("字段 color.mode=shades",)),
        ({"transformations": [{"id": "organize"}]}, ("转换 organize",)),
        ({"repeat": "hospital"}, ("重复 hospital",)),
        ({"timeFrom": "1h"}, ("相对时间 1h",)),
        ({"targets": [{"datasource": {"type": "prometheus"}}]}, ("数据源 prometheus",)),
        ({"targets": [{"rawSql": "SELECT ${v:lucene}"}] * 2}, ("变量格式 lucene",)),
        ({"title": "${v:html}"}, ("变量格式 html",)),
    ],
)
def test_what_the_screen_does_not_know_is_told(
    tmp_path: Path, stated: Any, unknown: tuple[str, ...]
) -> None:
    assert one_panel(tmp_path, **stated).unknown == unknown


def test_overrides_are_looked_through_as_well(tmp_path: Path) -> None:
    override = {
        "matcher": {"id": "byValue"},
        "properties": [
            {"id": "custom.cellOptions", "value": {"type": "gauge"}},
            {"id": "custom.cellOptions", "value": {"type": "sparkline"}},
            {"id": "custom.sparkle", "value": 1},
            {"id": "color", "value": {"mode": "fixed", "fixedColor": "red"}},
        ],
    }
    table = one_panel(tmp_path, type="table", fieldConfig={"overrides": [override]})
    assert table.unknown == (
        "匹配 byValue",
        "字段 custom.cellOptions.type=sparkline",
        "字段 custom.sparkle",
    )


def test_boards_come_in_the_playlists_order_others_behind(tmp_path: Path) -> None:
    for name in ("other", "uploads", "calls", "wall"):
        content = {**MINIMUM, "uid": f"ningmai-{name}"}
        (tmp_path / f"{name}.json").write_text(json.dumps(content), encoding="utf-8")
    assert [uid.removeprefix("ningmai-") for uid in boards(tmp_path)] == [
        "wall",
        "calls",
        "uploads",
        "other",
    ]


def test_the_order_is_the_one_the_dashboards_are_built_in() -> None:
    assert ORDER == build.BOARDS


@pytest.mark.parametrize("path", sorted(DASHBOARDS.glob("*.json")), ids=lambda path: path.stem)
def test_the_screen_knows_all_that_the_committed_dashboards_ask_for(path: Path) -> None:
    board = load(path)
    assert board.uid == f"ningmai-{path.stem}"
    assert {panel.title: panel.unknown for panel in board.panels if panel.unknown} == {}
    assert {panel.type for panel in board.panels} <= OPTIONS.keys()
