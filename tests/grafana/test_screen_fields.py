from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grafana import kit
from grafana.screen import palette
from grafana.screen.board import Panel, Target
from grafana.screen.fields import Field, Kind, Shown, Thresholds, colours, field, shown

NOW = datetime(2020, 9, 1, 4, 0, 0, tzinfo=UTC)  # noon in Shanghai


def panel(
    defaults: Mapping[str, Any] | None = None,
    overrides: Sequence[Mapping[str, Any]] = (),
    type: str = "table",
    refs: str = "A",
) -> Panel:
    targets = tuple(Target(ref, "SELECT 1", False) for ref in refs)
    return Panel(
        1, type, "", "", 0, 0, 1, 1, targets, {}, defaults or {}, tuple(overrides), (), False, ()
    )


def override(how: str, options: str, **properties: Any) -> dict[str, Any]:
    listed = [{"id": name, "value": value} for name, value in properties.items()]
    return {"matcher": {"id": how, "options": options}, "properties": listed}


def a_field(unit: str = "", decimals: int | None = None, **stated: Any) -> Field:
    return Field(name="n", title="n", kind="number", unit=unit, decimals=decimals, **stated)


def text(value: Any, unit: str = "", decimals: int | None = None, **stated: Any) -> str:
    return shown(a_field(unit, decimals, **stated), value, NOW).text


def test_the_palette_is_the_dashboards() -> None:
    assert palette.PALETTE == kit.PALETTE


@pytest.mark.parametrize(
    ("name", "colour"),
    [
        ("#123456", "#123456"),
        ("red", palette.RED),
        ("semi-dark-red", palette.RED),
        ("super-light-green", palette.GREEN),
        ("rgb(1, 2, 3)", "rgb(1, 2, 3)"),
        ("transparent", "transparent"),
        ("text", None),
    ],
)
def test_colours_by_name(name: str, colour: str | None) -> None:
    assert palette.colour(name) == colour


@pytest.mark.parametrize(
    ("value", "unit", "decimals", "found"),
    [
        (1234567, "", None, "1234567"),
        (2**64 - 1, "", None, "18446744073709551615"),
        (2**64 - 1, "locale", None, "18,446,744,073,709,551,615"),
        (-1234567, "locale", None, "-1,234,567"),
        (1234.5678, "locale", None, "1,234.568"),
        (1234.5, "locale", 2, "1,234.5"),
        (Decimal("1234567.80"), "locale", 2, "1,234,567.8"),
        (Decimal("12.30"), "", 2, "12.30"),
        (0, "", None, "0"),
        (0, "", 2, "0.00"),
        (0.0, "short", None, "0"),
        (5, "none", 1, "5.0"),
        (12.345, "", None, "12.3"),
        (0.01234, "", None, "0.0123"),
        (0.02345, "", None, "0.0235"),
        (1.005, "", 2, "1.01"),
        (2.5, "", 0, "3"),
        (1e21, "", None, "1" + "0" * 21),
        (999, "short", None, "999"),
        (1500, "short", None, "1.50 K"),
        (12_345_678, "short", 1, "12.3 Mil"),
        (-1500, "short", 1, "-1.5 K"),
        (10**12, "short", None, "1 Tri"),
        (42.5, "percent", None, "42.5%"),
        (0.425, "percentunit", 1, "42.5%"),
        (1024, "bytes", None, "1 KiB"),
        (1536, "bytes", 1, "1.5 KiB"),
        (1500, "decbytes", 1, "1.5 kB"),
        (2_000_000, "Bps", None, "2 MB/s"),
        (90, "s", 1, "1.5 分钟"),
        (0.25, "s", None, "250 毫秒"),
        (7200, "s", None, "2 小时"),
        (86400, "s", None, "1 天"),
        (1500, "ms", 1, "1.5 秒"),
        (0, "s", None, "0 秒"),
        (5, "reqps", None, "5 req/s"),
        (1200, "eps", 1, "1.2K evt/s"),
        (3, "count:辆", None, "3 辆"),
        (3, "suffix:次", None, "3 次"),
        (3, "prefix:第", None, "第3"),
        (12, "currencyCNY", 2, "¥12.00"),
        (12, "currency:元", None, "元12"),
        (7, "furlong", None, "7 furlong"),
        (float("inf"), "", None, "∞"),
        (1_598_889_600_000, "dateTimeAsIso", None, "2020-09-01 00:00:00"),
        (1_598_889_600_000, "time:YYYY年M月", None, "2020年9月"),
        (1_598_932_620_000, "dateTimeFromNow", None, "3 分钟前"),
        (1_598_932_920_000, "dateTimeFromNow", None, "2 分钟后"),
        (1_598_932_800_000, "dateTimeFromNow", None, "刚刚"),
        (True, "", None, "是"),
        (False, "bool_on_off", None, "关"),
        (True, "bool:已接/未接", None, "已接"),
        ("12345 热线", "locale", 2, "12345 热线"),
        ("0012", "locale", None, "0012"),
        (datetime(2020, 8, 31, 16, tzinfo=UTC), "", None, "2020-09-01 00:00:00"),
        (datetime(2020, 8, 31, 16, tzinfo=UTC), "dateTimeAsIsoNoDateIfToday", None, "00:00:00"),
        (datetime(2020, 8, 30, 16, tzinfo=UTC), "dateTimeFromNow", None, "1 天前"),
        (date(2020, 9, 1), "", None, "2020-09-01"),
        (date(2020, 9, 1), "time:M月D日", None, "9月1日"),
    ],
)
def test_a_value_with_its_unit(value: Any, unit: str, decimals: int | None, found: str) -> None:
    assert text(value, unit, decimals) == found


@given(st.integers(-(2**64), 2**64))
def test_whole_numbers_are_exact(value: int) -> None:
    assert int(text(value)) == value
    assert int(text(value, "locale").replace(",", "")) == value
    assert text(value, "locale") == f"{value:,}"


@given(st.decimals(allow_nan=False, allow_infinity=False, places=2, min_value=-(10**15)))
def test_money_is_exact(value: Decimal) -> None:
    assert Decimal(text(value, "", 2)) == value


@given(
    st.floats(allow_nan=False), st.sampled_from(["", "short", "s", "bytes", "locale", "percent"])
)
def test_every_number_can_be_written(value: float, unit: str) -> None:
    assert text(value, unit)


@pytest.mark.parametrize("value", [None, float("nan"), Decimal("NaN"), ""])
def test_what_is_missing_is_said_in_the_dashboards_words_and_is_not_zero(value: Any) -> None:
    assert text(value, "locale", no_value="暂无数据") == "暂无数据"
    assert text(value) == ""
    assert text(0, no_value="暂无数据") == "0"


def maps(type: str, **options: Any) -> dict[str, Any]:
    return {"type": type, "options": options}


RED = {"text": "未反馈", "color": "#E8602C"}


@pytest.mark.parametrize(
    ("mapping", "fitting", "other"),
    [
        (maps("value", **{"5": RED}), [5, 5.0, Decimal("5.00"), "5"], [None, 50, "", True]),
        (maps("value", true=RED), [True, "true"], [False, 1]),
        (maps("value", 未对接=RED), ["未对接"], ["对接", None]),
        (maps("range", **{"from": 1, "to": 3, "result": RED}), [1, 2.5, 3, "2"], [0, 4, None, "x"]),
        (maps("range", **{"from": None, "to": 3, "result": RED}), [-9, 3], [3.5, float("nan")]),
        (maps("regex", pattern="/^未/", result=RED), [], ["对", 5, None]),
        (maps("special", match="null", result=RED), [None], [0, "", float("nan")]),
        (maps("special", match="nan", result=RED), [float("nan")], [None, 0]),
        (maps("special", match="null+nan", result=RED), [None, float("nan")], [0]),
        (maps("special", match="empty", result=RED), [""], [None, 0]),
        (maps("special", match="true", result=RED), [True], [False, 1]),
        (maps("special", match="false", result=RED), [False], [True, 0, None]),
    ],
)
def test_mappings(mapping: Mapping[str, Any], fitting: list[Any], other: list[Any]) -> None:
    mapped = a_field(mappings=(mapping,))
    assert [shown(mapped, value) for value in fitting] == [Shown("未反馈", "#E8602C")] * len(
        fitting
    )
    assert all(shown(mapped, value).text != "未反馈" for value in other)


def test_the_first_mapping_that_fits_counts() -> None:
    mapped = a_field(
        mappings=(
            maps("value", **{"1": RED}),
            maps("range", **{"from": 0, "result": {"text": "多"}}),
        )
    )
    assert [shown(mapped, value).text for value in (1, 2, -1)] == ["未反馈", "多", "-1"]


def test_a_mapping_without_a_text_only_colours() -> None:
    mapped = a_field("locale", mappings=(maps("value", **{"1000": {"color": "red"}}),))
    assert shown(mapped, 1000) == Shown("1,000", palette.RED)


def test_a_pattern_may_use_what_it_found() -> None:
    mapping = maps("regex", pattern="/^(.+)医院$/", result={"text": "$1院"})
    assert text("鼓楼医院", mappings=(mapping,)) == "鼓楼院"


STEPS = Thresholds(((None, "#00A37A"), (10, "#E69F00"), (20, "#E8602C")))


@pytest.mark.parametrize(
    ("value", "colour"),
    [(9.9, "#00A37A"), (10, "#E69F00"), (25, "#E8602C"), (None, "#00A37A"), ("1 万", "#00A37A")],
)
def test_thresholds_colour_from_their_value_on(value: Any, colour: str) -> None:
    assert shown(a_field(thresholds=STEPS), value).colour == colour


def test_thresholds_in_percent_are_of_the_way_from_min_to_max() -> None:
    percent = a_field(thresholds=replace(STEPS, percentage=True), min=100, max=200)
    found = [shown(percent, value).colour for value in (100, 110, 120)]
    assert found == ["#00A37A", "#E69F00", "#E8602C"]
    assert shown(replace(percent, max=None), 120).colour == "#00A37A"


def test_a_fixed_colour_is_of_every_value_and_series_have_none_of_their_own() -> None:
    fixed = a_field(color_mode="fixed", fixed_color="#123456", thresholds=STEPS)
    assert shown(fixed, 15).colour == "#123456"
    assert shown(a_field(color_mode="palette-classic", thresholds=STEPS), 15).colour is None
    assert shown(a_field(), 15).colour is None


def test_overrides_come_over_defaults_in_their_order() -> None:
    found = field(
        panel(
            {"unit": "locale", "decimals": 1, "custom": {"align": "left", "width": 9}},
            [
                override("byType", "number", unit="percent"),
                override("byName", "n", **{"custom.align": "right", "displayName": "数"}),
                override("byName", "m", unit="s"),
            ],
        ),
        "n",
        "number",
        0,
    )
    assert (found.title, found.unit, found.decimals) == ("数", "percent", 1)
    assert found.custom == {"align": "right", "width": 9}


@pytest.mark.parametrize(
    ("how", "options", "fits"),
    [
        ("byName", "今日（次）", True),
        ("byName", "今日", False),
        ("byRegexp", "/^今日/", True),
        ("byRegexp", "/次/i", True),
        ("byRegexp", "今日.*", True),
        ("byRegexp", "今日", False),
        ("byType", "number", True),
        ("byType", "string", False),
        ("byFrameRefID", "A", True),
        ("byFrameRefID", "B", False),
        ("byValue", "今日（次）", False),
    ],
)
def test_whom_an_override_fits(how: str, options: str, fits: bool) -> None:
    found = field(panel({}, [override(how, options, unit="s")]), "今日（次）", "number", 0)
    assert (found.unit == "s") is fits


def test_of_several_queries_an_override_fits_the_one_that_is_known() -> None:
    of_b = panel({}, [override("byFrameRefID", "B", unit="s")], refs="AB")
    found = [field(of_b, "n", "number", 0, ref).unit for ref in ("A", "B", "")]
    assert found == ["", "s", ""]


@pytest.mark.parametrize(
    ("type", "mode"), [("stat", "thresholds"), ("timeseries", "palette-classic")]
)
def test_where_nothing_is_said_panels_colour_as_grafanas_do(type: str, mode: str) -> None:
    assert field(panel({}, type=type), "n", "number", 0).color_mode == mode


@pytest.mark.parametrize("kind", ["number", "string", "time", "other"])
def test_a_field_without_any_configuration_is_shown_plainly(kind: Kind) -> None:
    found = field(panel(), "n", kind, 3)
    assert (found.title, found.kind, found.index, dict(found.custom)) == ("n", kind, 3, {})


def test_series_get_the_colour_fixed_for_them_and_others_one_that_nobody_has() -> None:
    fixed = {"mode": "fixed", "fixedColor": palette.BLUE}
    lines = panel({}, [override("byName", "b", color=fixed)], type="timeseries")
    assert colours(lines, ["a", "b", "c"]) == [palette.ORANGE, palette.BLUE, palette.GREEN]


def test_more_series_than_colours_use_them_again() -> None:
    names = [str(number) for number in range(20)]
    found = colours(panel({}, type="timeseries"), names)
    assert found[:8] == list(palette.PALETTE)
    assert found[8:16] == list(palette.PALETTE)


def test_series_coloured_by_thresholds_have_the_lowest_ones_colour() -> None:
    steps = {"mode": "absolute", "steps": [{"value": None, "color": "red"}]}
    defaults = {"color": {"mode": "thresholds"}, "thresholds": steps}
    assert colours(panel(defaults, type="bargauge"), ["a"]) == [palette.RED]
