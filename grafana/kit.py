"""What every dashboard and panel has alike, stamped in one place.

Panels carry no transformations and no repeats: what is shown is what the SQL returns, so that any
viewer of the JSON, Grafana or the live screen, shows the same.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Self

from grafana_foundation_sdk.builders import (
    barchart,
    bargauge,
    common,
    piechart,
    stat,
    statetimeline,
    table,
    text,
    timeseries,
)
from grafana_foundation_sdk.builders import dashboard as sdk
from grafana_foundation_sdk.cog import variants
from grafana_foundation_sdk.models import common as looks
from grafana_foundation_sdk.models import dashboard as model
from grafana_foundation_sdk.models import piechart as pies
from grafana_foundation_sdk.models import text as texts

from grafana.queries import query
from ningmai.settings import Settings

DATASOURCE = model.DataSourceRef(type_val="grafana-clickhouse-datasource", uid="ningmai-clickhouse")
TIMEZONE = "Asia/Shanghai"
NO_DATA = "暂无数据"
PRINTED = re.compile(r"/table_(\w+)$")
"""Queries of a printed table, with its code."""

# Told apart by people with any colour vision, on dark and on light (after Okabe and Ito).
BLUE, ORANGE, GREEN, YELLOW = "#56B4E9", "#E69F00", "#00A37A", "#F0E442"
RED, PINK, GREY, WHITE = "#E8602C", "#CC79A7", "#9AA0A6", "#F4F5F7"
PALETTE = (BLUE, ORANGE, GREEN, PINK, YELLOW, RED, GREY, WHITE)


class Sql(variants.Dataquery):
    """A target of the ClickHouse datasource."""

    def __init__(self, sql: str, ref_id: str, *, over_time: bool) -> None:
        self._sql, self._ref_id, self._over_time = sql, ref_id, over_time

    def build(self) -> Self:
        """Itself: it is both builder and built."""
        return self

    def to_json(self) -> dict[str, object]:
        """As the plugin's version 4 writes it."""
        return {
            "datasource": {"type": DATASOURCE.type_val, "uid": DATASOURCE.uid},
            "editorType": "sql",
            "format": 0 if self._over_time else 1,
            "queryType": "timeseries" if self._over_time else "table",
            "rawSql": self._sql,
            "refId": self._ref_id,
        }


Place = tuple[int, int, int, int]
"""x, y, width, height on Grafana's grid: 24 columns, rows of 38 pixels."""
# The SDK's panel builders share these methods and no base class that has them.
Panel = Any


def _panel(builder: Panel, title: str, place: Place, *names: str, over_time: bool = False) -> Panel:
    """Stamps a panel; ``names`` are its queries, drawn on one another in this order.

    A title that ends in ``*`` shows events as they come: it says whether simulated ones are among
    them.
    """
    x, y, w, h = place
    builder.title(title.removesuffix("*") + ("　${mark}" if title.endswith("*") else ""))
    builder.grid_pos(model.GridPos(x=x, y=y, w=w, h=h)).datasource(DATASOURCE).no_value(NO_DATA)
    for name, ref_id in zip(names, "ABCDEFGH", strict=False):
        builder.with_target(Sql(query(name), ref_id, over_time=over_time))
    return builder


def tile(title: str, place: Place, name: str, *fields: str, size: int | None = None) -> Panel:
    """Large figures: one for each of ``fields`` (all columns where none is named), of the last row.

    ``size``: of the figures, in pixels; as large as fits where none is given.
    """
    pattern = "/.*/" if not fields else f"/^({'|'.join(fields)})$/"
    panel = _panel(stat.Panel(), title, place, name)
    panel.reduce_options(common.ReduceDataOptions().calcs(["lastNotNull"]).fields(pattern))
    many = len(fields) != 1
    panel.text_mode(looks.BigValueTextMode.VALUE_AND_NAME if many else looks.BigValueTextMode.VALUE)
    panel.color_mode(looks.BigValueColorMode.VALUE).graph_mode(looks.BigValueGraphMode.NONE)
    panel.justify_mode(looks.BigValueJustifyMode.CENTER)
    panel.orientation(looks.VizOrientation.VERTICAL if many else looks.VizOrientation.AUTO)
    if size:
        panel.text(common.VizTextDisplayOptions().value_size(size))
    return panel.thresholds(steps((None, WHITE)))


def lines(
    title: str, place: Place, *names: str, bars: bool = False, stacked: bool = False
) -> Panel:
    """Figures over time: a column ``time`` and a column a series, or ``time``, a label, a value."""
    panel = _panel(timeseries.Panel(), title, place, *names, over_time=True)
    panel.draw_style(looks.GraphDrawStyle.BARS if bars else looks.GraphDrawStyle.LINE)
    panel.line_width(1 if bars else 2).fill_opacity(70 if bars else 12)
    panel.show_points(looks.VisibilityMode.NEVER).span_nulls(False)
    mode = looks.StackingMode.NORMAL if stacked else looks.StackingMode.NONE
    panel.stacking(common.StackingConfig().mode(mode).group("A"))
    return panel.min(0).legend(_legend()).tooltip(_tooltip()).color_scheme(_classic())


def bars(
    title: str, place: Place, name: str, *, lying: bool = True, stacked: bool = False
) -> Panel:
    """Bars side by side: the first column names them, each other column is a series.

    ``lying``: horizontal, the first row on top, figures written beside the bars.
    """
    panel = _panel(barchart.Panel(), title, place, name)
    panel.orientation(looks.VizOrientation.HORIZONTAL if lying else looks.VizOrientation.VERTICAL)
    panel.stacking(looks.StackingMode.NORMAL if stacked else looks.StackingMode.NONE)
    written = looks.VisibilityMode.AUTO if lying else looks.VisibilityMode.NEVER
    panel.show_value(written).bar_width(0.8).fill_opacity(85)
    return panel.min(0).legend(_legend()).tooltip(_tooltip()).color_scheme(_classic())


def gauges(title: str, place: Place, name: str) -> Panel:
    """A bar a row, from 0 to ``max``, its value written out: the first column names it."""
    panel = _panel(bargauge.Panel(), title, place, name)
    panel.reduce_options(common.ReduceDataOptions().values(True).calcs([]).limit(30))
    panel.orientation(looks.VizOrientation.HORIZONTAL).show_unfilled(True)
    panel.display_mode(looks.BarGaugeDisplayMode.BASIC).value_mode(looks.BarGaugeValueMode.TEXT)
    return panel.min(0).thresholds(steps((None, BLUE)))


def shares(title: str, place: Place, name: str) -> Panel:
    """A ring of shares: the first column names a row, the second is its value."""
    panel = _panel(piechart.Panel(), title, place, name)
    panel.reduce_options(common.ReduceDataOptions().values(True).calcs([]).limit(12))
    panel.pie_type(pies.PieChartType.DONUT).display_labels([pies.PieChartLabels.PERCENT])
    legend = piechart.PieChartLegendOptions().show_legend(True)
    legend.display_mode(looks.LegendDisplayMode.TABLE).placement(looks.LegendPlacement.RIGHT)
    legend.values([pies.PieChartLegendValues.VALUE, pies.PieChartLegendValues.PERCENT])
    return panel.legend(legend).tooltip(_tooltip()).color_scheme(_classic())


def grid(title: str, place: Place, name: str) -> Panel:
    """A table, in the columns and order of its query; a printed one leads to what explains it."""
    panel = _panel(table.Panel(), title, place, name)
    if printed := PRINTED.search(name):
        explained(panel, printed[1])
    return panel.show_header(True).cell_height(looks.TableCellHeight.SM)


def states(title: str, place: Place, name: str) -> Panel:
    """States over time: a column ``time`` and a column a row, or ``time``, a label, a state."""
    panel = _panel(statetimeline.Panel(), title, place, name, over_time=True)
    panel.merge_values(True).show_value(looks.VisibilityMode.AUTO).row_height(0.85)
    return panel.fill_opacity(80).line_width(0).legend(_legend()).tooltip(_tooltip())


def words(place: Place, content: str, title: str = "") -> Panel:
    """Markdown, with variables."""
    x, y, w, h = place
    panel = text.Panel().title(title).grid_pos(model.GridPos(x=x, y=y, w=w, h=h))
    return panel.transparent(True).mode(texts.TextMode.MARKDOWN).content(content)


def steps(*of: tuple[float | None, str]) -> sdk.ThresholdsConfig:
    """Thresholds: (from this value on, colour); the first has None for its value."""
    found = [model.Threshold(value=value, color=color) for value, color in of]
    return sdk.ThresholdsConfig().mode(model.ThresholdsMode.ABSOLUTE).steps(found)


def coloured(panel: Panel, colours: Mapping[str, str]) -> Panel:
    """A fixed colour for each series that is named."""
    for name, colour in colours.items():
        panel.override_by_name(name, [_property("color", {"mode": "fixed", "fixedColor": colour})])
    return panel


def linked(panel: Panel, name: str) -> Panel:
    """Its figures lead to the dashboard of that name."""
    link = sdk.DashboardLink("看明细").type(model.DashboardLinkType.LINK)
    return panel.data_links([link.url(f"/d/ningmai-{name}")])


def explained(panel: Panel, table: str) -> Panel:
    """It leads to where the figures of that printed table come from, in the chosen month."""
    link = sdk.DashboardLink("这些数从哪来").type(model.DashboardLinkType.LINK).target_blank(True)
    return panel.links([link.url(f"${{screen:raw}}/explain?month=${{month:raw}}&table={table}")])


def column(panel: Panel, name: str, **properties: Any) -> Panel:
    """Properties of one column: ``unit``, ``decimals``, ``width``, ``align``, ``cell``, ``title``,
    ``mappings``, ``links``, ``thresholds`` (a list of (value, colour)), ``hidden``, as Grafana's
    overrides call them or by a shorter name.
    """
    short = {
        "width": "custom.width",
        "align": "custom.align",
        "cell": "custom.cellOptions",
        "title": "displayName",
        "hidden": "custom.hidden",
        "line": "custom.lineStyle",
        "fill": "custom.fillOpacity",
        "draw": "custom.drawStyle",
    }
    return panel.override_by_name(
        name, [_property(short.get(key, key), value) for key, value in properties.items()]
    )


def says(values: Mapping[str, tuple[str, str]]) -> list[Any]:
    """Value mappings: value → (text, colour). ``null`` and ``empty`` are special values."""
    special = {"null": model.SpecialValueMatch.NULL, "empty": model.SpecialValueMatch.EMPTY}
    found: list[Any] = [
        model.SpecialValueMap(
            options=model.DashboardSpecialValueMapOptions(
                match=special[value], result=model.ValueMappingResult(text=shown, color=colour)
            )
        )
        for value, (shown, colour) in values.items()
        if value in special
    ]
    plain = {
        value: model.ValueMappingResult(text=shown, color=colour, index=index)
        for index, (value, (shown, colour)) in enumerate(values.items())
        if value not in special
    }
    return [*found, model.ValueMap(options=plain)] if plain else found


def board(
    name: str,
    title: str,
    panels: Sequence[Panel],
    *,
    description: str,
    variables: Sequence[Any] = (),
    time: tuple[str, str] = ("now/d", "now"),
    refresh: str = "10s",
) -> sdk.Dashboard:
    """A dashboard with the defaults of all; ``name`` is its file, ``ningmai-<name>`` its uid."""
    made = sdk.Dashboard(title).uid(f"ningmai-{name}").description(description)
    made.tags(["ningmai"]).timezone(TIMEZONE).time(*time).refresh(refresh).week_start("monday")
    made.timepicker(sdk.TimePicker().refresh_intervals(["5s", "10s", "30s", "1m", "5m"]))
    made.tooltip(model.DashboardCursorSync.CROSSHAIR).readonly()
    made.link(
        sdk.DashboardLink("宁脉")
        .type(model.DashboardLinkType.DASHBOARDS)
        .tags(["ningmai"])
        .keep_time(False)
        .include_vars(False)
        .as_dropdown(False)
    )
    for variable in (origin(), *variables, mark(), screen()):
        made.with_variable(variable)
    for number, panel in enumerate(panels, start=1):
        made.with_panel(panel.id(number))
    return made


def origin() -> sdk.CustomVariable:
    """Which events are shown. In SQL: ``origin IN (${origin:singlequote})``."""
    names = {"实况": "live", "回放": "replay", "模拟": "simulated"}
    variable = sdk.CustomVariable("origin").label("数据").multi(True).include_all(True)
    variable.values(",".join(f"{shown} : {value}" for shown, value in names.items()))
    return variable.current(model.VariableOption(text="All", value="$__all", selected=True))


def mark() -> sdk.QueryVariable:
    """What titles say about simulated events: 含模拟 where some of today are shown, else 真实."""
    return asked("mark", "", "shared/mark").hide(model.VariableHide.HIDE_VARIABLE)


def screen() -> sdk.TextBoxVariable:
    """Where the live screen is, for links out of Grafana; on the live screen itself: here."""
    address = Settings.model_construct().screen_url
    variable = sdk.TextBoxVariable("screen").default_value(address)
    variable.current(model.VariableOption(text=address, value=address, selected=True))
    return variable.hide(model.VariableHide.HIDE_VARIABLE)


def asked(name: str, label: str, sql: str, *, every: bool = False) -> sdk.QueryVariable:
    """A variable whose options a query gives: a column of values and one of texts, or one of both.

    The first option is chosen until somebody chooses another. ``every``: may be all of them.
    """
    variable = sdk.QueryVariable(name).label(label).datasource(DATASOURCE).query(query(sql))
    variable.refresh(model.VariableRefresh.ON_TIME_RANGE_CHANGED)
    if every:
        variable.multi(True).include_all(True)
        variable.current(model.VariableOption(text="All", value="$__all", selected=True))
    return variable


def month() -> sdk.QueryVariable:
    """The month of the printed tables: its first day, 2020-09-01; the newest with real events."""
    return asked("month", "月份", "shared/months")


def _legend() -> common.VizLegendOptions:
    legend = common.VizLegendOptions().show_legend(True)
    return legend.display_mode(looks.LegendDisplayMode.LIST).placement(looks.LegendPlacement.BOTTOM)


def _tooltip() -> common.VizTooltipOptions:
    return common.VizTooltipOptions().mode(looks.TooltipDisplayMode.MULTI)


def _classic() -> sdk.FieldColor:
    return sdk.FieldColor().mode(model.FieldColorModeId.PALETTE_CLASSIC)


def _property(name: str, value: Any) -> model.DynamicConfigValue:
    if name == "thresholds":
        value = steps(*value).build()
    return model.DynamicConfigValue(id_val=name, value=value)
