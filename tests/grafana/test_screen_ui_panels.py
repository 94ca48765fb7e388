import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from grafana.screen.board import Panel, Target
from grafana.screen.frames import Column, Frame
from grafana.screen.panels import TYPES, barchart, bargauge, piechart, stat, statetimeline, table
from grafana.screen.panels import text as words
from grafana.screen.panels import timeseries as lines
from grafana.screen.panels.base import Scene, em
from grafana.screen.timerange import TimeRange
from grafana.screen.variables import Chosen

SHANGHAI = ZoneInfo("Asia/Shanghai")
MIDNIGHT = datetime(2026, 11, 23, tzinfo=SHANGHAI)
DAY = TimeRange(MIDNIGHT, MIDNIGHT + timedelta(days=1, milliseconds=-1))
SCENE = Scene(DAY, {"mark": Chosen(("含模拟",), ("含模拟",))}, SHANGHAI)
HOURS = [MIDNIGHT + timedelta(hours=hour) for hour in range(3)]


def panel(
    type: str,
    options: Mapping[str, Any] | None = None,
    defaults: Mapping[str, Any] | None = None,
    overrides: Sequence[Mapping[str, Any]] = (),
) -> Panel:
    targets = (Target("A", "SELECT 1", type == "timeseries"),)
    shared = {"title": "板", "description": "", "x": 0, "y": 0, "w": 8, "h": 8}
    return Panel(
        id=1,
        type=type,
        targets=targets,
        options=options or {},
        defaults=defaults or {},
        overrides=tuple(overrides),
        links=(),
        transparent=False,
        unknown=(),
        **shared,  # type: ignore[arg-type]  # each is of its field's type
    )


def by_name(name: str, **properties: Any) -> Mapping[str, Any]:
    stated = [{"id": key, "value": value} for key, value in properties.items()]
    return {"matcher": {"id": "byName", "options": name}, "properties": stated}


def frame(**columns: Sequence[Any]) -> Frame:
    kinds = {str: "String", datetime: "DateTime('Asia/Shanghai')", Decimal: "Decimal(18, 2)"}
    found = []
    for name, values in columns.items():
        kind = next((type(value) for value in values if value is not None), int)
        found.append(Column(name, kinds.get(kind, "Int64"), values))
    return Frame(tuple(found))


NULLS = {"type": "special", "options": {"match": "null", "result": {"text": "未反馈"}}}


def test_every_type_of_panel_that_the_boards_use_can_be_drawn() -> None:
    assert TYPES.keys() == {
        *("stat", "timeseries", "barchart", "bargauge", "piechart", "table", "text"),
        "state-timeline",
    }


CHARTS = [
    ("timeseries", lines.options, frame(time=HOURS, 今日=[1, 2, 3], 平常日=[None, 2, 2])),
    ("barchart", barchart.options, frame(医院=["甲", "乙"], 次=[3, 1])),
    ("bargauge", bargauge.options, frame(医院=["甲", "乙"], 次=[3, 1])),
    ("piechart", piechart.options, frame(类别=["甲", "乙"], 次=[3, 1])),
    ("state-timeline", statetimeline.options, frame(time=HOURS, 甲=["好", "好", "坏"])),
]
ROWS = {"reduceOptions": {"values": True, "calcs": []}}


@pytest.mark.parametrize(("type", "options", "answer"), CHARTS, ids=[case[0] for case in CHARTS])
def test_charts_are_json_without_motion_and_with_words_for_those_who_do_not_see_them(
    type: str, options: Any, answer: Frame
) -> None:
    made = options(panel(type, ROWS), [answer], SCENE)
    assert json.loads(json.dumps(made)) == made
    assert made["animation"] is False
    assert made["aria"]["label"]["description"].startswith("板。")


@pytest.mark.parametrize(("type", "options", "answer"), CHARTS, ids=[case[0] for case in CHARTS])
def test_charts_of_nothing_are_no_charts(type: str, options: Any, answer: Frame) -> None:
    empty = Frame(tuple(Column(c.name, c.type, []) for c in answer.columns))
    assert options(panel(type, ROWS), [empty], SCENE) is None


def test_a_chart_shows_the_boards_clock_wherever_the_browser_is() -> None:
    made = lines.options(panel("timeseries"), [frame(time=HOURS, n=[1, 2, 3])], SCENE)
    assert made is not None
    as_utc = datetime(2026, 11, 23, tzinfo=ZoneInfo("UTC")).timestamp() * 1000
    assert made["useUTC"] is True
    assert made["series"][0]["data"][0] == [as_utc, 1]
    assert made["xAxis"]["min"] == as_utc


def test_a_gap_in_a_line_stays_a_gap_unless_the_panel_spans_it() -> None:
    answer = frame(time=HOURS, n=[1, None, 3])
    made = lines.options(panel("timeseries"), [answer], SCENE)
    spanned = {"custom": {"spanNulls": True}}
    joined = lines.options(panel("timeseries", defaults=spanned), [answer], SCENE)
    assert made is not None
    assert joined is not None
    assert [value for _, value in made["series"][0]["data"]] == [1, None, 3]
    assert (made["series"][0]["connectNulls"], joined["series"][0]["connectNulls"]) == (False, True)


def test_overrides_draw_one_series_otherwise() -> None:
    dashed = by_name("平常日", **{"custom.drawStyle": "line", "custom.lineStyle": {"fill": "dash"}})
    bars = {"custom": {"drawStyle": "bars"}}
    answer = frame(time=HOURS, 今日=[1, 2, 3], 平常日=[2, 2, 2])
    made = lines.options(panel("timeseries", defaults=bars, overrides=[dashed]), [answer], SCENE)
    assert made is not None
    assert [series["type"] for series in made["series"]] == ["bar", "line"]
    assert made["series"][1]["lineStyle"]["type"] != "solid"


def test_percent_stacks_add_up_to_a_hundred() -> None:
    stacked = {"custom": {"stacking": {"mode": "percent", "group": "A"}}}
    answer = frame(time=HOURS[:1], a=[1], b=[3])
    made = lines.options(panel("timeseries", defaults=stacked), [answer], SCENE)
    assert made is not None
    assert [series["data"][0][1] for series in made["series"]] == [25, 75]


def test_lying_bars_have_the_first_row_on_top() -> None:
    made = barchart.options(
        panel("barchart", {"orientation": "horizontal"}), [frame(a=["甲", "乙"], n=[3, 1])], SCENE
    )
    assert made is not None
    assert (made["yAxis"]["data"], made["yAxis"]["inverse"]) == (["甲", "乙"], True)
    assert made["series"][0]["data"] == [3, 1]


def test_gauges_go_from_zero_to_the_most_and_write_their_figures() -> None:
    made = bargauge.options(panel("bargauge", ROWS), [frame(a=["甲", "乙"], n=[30, 10])], SCENE)
    assert made is not None
    assert (made["xAxis"]["min"], made["xAxis"]["max"]) == (0, 30)
    assert [axis["data"] for axis in made["yAxis"]] == [["甲", "乙"], ["30", "10"]]


def test_shares_are_written_beside_their_names() -> None:
    legend = {"legend": {"values": ["value", "percent"], "placement": "right"}}
    made = piechart.options(
        panel("piechart", {**ROWS, **legend}), [frame(a=["甲", "乙"], n=[3, 1])], SCENE
    )
    assert made is not None
    assert "甲　3　75.0%" in made["legend"][":formatter"]


def test_equal_states_one_after_another_are_one_span_to_the_end() -> None:
    made = statetimeline.options(
        panel("state-timeline"), [frame(time=HOURS, 甲=["好", "好", "坏"])], SCENE
    )
    assert made is not None
    spans = {series["name"]: [item["name"] for item in series["data"]] for series in made["series"]}
    assert spans == {
        "好": ["甲：好，11-23 00:00 至 11-23 02:00"],
        "坏": ["甲：坏，11-23 02:00 至 11-23 23:59"],
    }


def test_a_tile_shows_the_last_row_and_says_what_each_figure_is() -> None:
    options = {"reduceOptions": {"calcs": ["lastNotNull"], "fields": "/.*/"}}
    options["textMode"] = "value_and_name"  # type: ignore[assignment]  # JSON
    made = stat.html(panel("stat", options), [frame(累计=["1 万"], 环比=["—"])], SCENE)
    assert made.index("1 万") < made.index("累计") < made.index("环比")


def test_zero_is_a_figure_and_a_missing_one_is_not() -> None:
    zero = stat.html(panel("stat"), [frame(n=[0])], SCENE)
    missing = stat.html(panel("stat"), [frame(n=[None])], SCENE)
    assert ">0<" in zero
    assert "nothing" not in zero
    assert "暂无数据" in missing
    assert ">0<" not in missing


def test_a_tile_without_rows_says_so_in_the_panels_words() -> None:
    made = stat.html(panel("stat", defaults={"noValue": "没有逾期"}), [frame(n=[])], SCENE)
    assert "没有逾期" in made


def test_nothing_from_the_database_is_read_as_markup() -> None:
    evil = '<img src=x onerror="alert(1)">'
    options = {"reduceOptions": {"fields": "/.*/"}, "textMode": "value_and_name"}
    for made in (
        stat.html(panel("stat", options), [Frame((Column(evil, "String", [evil]),))], SCENE),
        table.html(panel("table"), Frame((Column(evil, "String", [evil]),)), SCENE),
    ):
        assert "<img" not in made
        assert "&lt;img" in made


def test_a_table_keeps_the_columns_and_rows_of_its_query() -> None:
    made = table.html(panel("table"), frame(乙=["b", "a"], 甲=[2, 1]), SCENE)
    places = [made.index(f">{text}<") for text in ("乙", "甲", "b", "2", "a", "1")]
    assert places == sorted(places)
    assert '<th scope="col" class="right nowrap">甲</th>' in made


def test_a_hidden_column_is_neither_shown_nor_saved() -> None:
    hidden = panel("table", overrides=[by_name("甲", **{"custom.hidden": True})])
    answer = frame(乙=["b"], 甲=[2])
    assert "甲" not in table.html(hidden, answer, SCENE)
    assert table.comma_separated(hidden, answer).decode("utf-8-sig") == "乙\r\nb\r\n"


def test_zero_missing_and_not_deployed_look_different_in_tables_and_files() -> None:
    mapped = panel("table", overrides=[by_name("n", mappings=[NULLS])])
    answer = frame(区=["甲", "乙"], n=[0, None])
    made = table.html(mapped, answer, SCENE)
    assert ">0<" in made
    assert ">未反馈<" in made
    saved = table.comma_separated(mapped, answer).decode("utf-8-sig")
    assert saved == "区,n\r\n甲,0\r\n乙,未反馈\r\n"


def test_a_file_has_exact_figures_for_excel() -> None:
    units = panel("table", defaults={"unit": "locale", "decimals": 0})
    saved = table.comma_separated(units, frame(元=[Decimal("12345678901234.56")], 名=["=1+1"]))
    assert saved.startswith(b"\xef\xbb\xbf")
    assert saved.decode("utf-8-sig") == "元,名\r\n12345678901234.56,'=1+1\r\n"


def test_a_long_table_says_what_it_leaves_to_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table, "MOST_ROWS", 2)
    made = table.html(panel("table"), frame(n=[1, 2, 3]), SCENE)
    assert "另有 1 行" in made


def test_a_table_is_sorted_as_the_panel_says_with_missing_figures_last() -> None:
    sort = {"sortBy": [{"displayName": "n", "desc": True}]}
    made = table.html(panel("table", sort), frame(n=[1, None, 3]), SCENE)
    assert made.index(">3<") < made.index(">1<")


def test_words_hold_what_is_chosen_but_never_its_markup() -> None:
    evil = Chosen(("<script>x</script>",), ("<script>x</script>",), how="free")
    made = words.html(
        panel("text", {"mode": "markdown", "content": "# 总览 ${mark} $typed"}),
        Scene(DAY, {**SCENE.values, "typed": evil}, SHANGHAI),
    )
    assert "<h1" in made
    assert "含模拟" in made
    assert "<script" not in made


def test_chinese_letters_are_as_wide_as_they_are_tall() -> None:
    assert em("数据") == 2
    assert em("88") < 2
