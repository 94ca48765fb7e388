"""What the live screen can draw, as data: options and field properties by panel type.

A path's ``None`` means any value; a set means that only those values have their effect, each of
them where it is a list, and that others are told to the viewer. Paths that are listed here and
change nothing are Grafana's defaults.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from grafana.screen.frames import CALCS

Allowed = frozenset[Any] | None


def _only(*values: Any) -> Allowed:
    return frozenset(values)


_REDUCE: dict[str, Allowed] = {
    "reduceOptions.calcs": frozenset(CALCS),
    "reduceOptions.fields": None,
    "reduceOptions.values": None,
    "reduceOptions.limit": None,
}
_LEGEND: dict[str, Allowed] = {
    "legend.showLegend": None,
    "legend.displayMode": _only("list", "table", "hidden"),
    "legend.placement": _only("bottom", "right"),
    "legend.calcs": _only(),
    "legend.values": _only("value", "percent"),
    "legend.width": None,
}
_TOOLTIP: dict[str, Allowed] = {
    "tooltip.mode": _only("single", "multi", "none"),
    "tooltip.sort": _only("none", "asc", "desc"),
}

OPTIONS: Mapping[str, Mapping[str, Allowed]] = {
    "stat": {
        **_REDUCE,
        "colorMode": _only("value", "background", "background_solid", "none"),
        "graphMode": _only("none", "area"),
        "justifyMode": _only("auto", "center"),
        "orientation": _only("auto", "horizontal", "vertical"),
        "percentChangeColorMode": None,
        "showPercentChange": _only(False),
        "text.titleSize": None,
        "text.valueSize": None,
        "textMode": _only("auto", "value", "value_and_name", "name", "none"),
        "wideLayout": None,
    },
    "timeseries": {**_LEGEND, **_TOOLTIP, "orientation": _only("auto", "horizontal")},
    "barchart": {
        **_LEGEND,
        **_TOOLTIP,
        "barRadius": None,
        "barWidth": None,
        "fullHighlight": _only(False),
        "groupWidth": None,
        "orientation": _only("auto", "horizontal", "vertical"),
        "showValue": _only("auto", "always", "never"),
        "stacking": _only("none", "normal", "percent"),
        "text.titleSize": None,
        "text.valueSize": None,
        "xField": None,
        "xTickLabelMaxLength": None,
        "xTickLabelRotation": None,
        "xTickLabelSpacing": _only(0),
    },
    "bargauge": {
        **_REDUCE,
        "displayMode": _only("basic", "gradient", "lcd"),
        "legend.calcs": None,
        "legend.displayMode": None,
        "legend.placement": None,
        "legend.showLegend": _only(False),
        "maxVizHeight": None,
        "minVizHeight": None,
        "minVizWidth": None,
        "namePlacement": _only("auto", "left", "top"),
        "orientation": _only("auto", "horizontal", "vertical"),
        "showUnfilled": None,
        "sizing": _only("auto"),
        "text.titleSize": None,
        "text.valueSize": None,
        "valueMode": _only("color", "text", "hidden"),
    },
    "piechart": {
        **_REDUCE,
        **_LEGEND,
        **_TOOLTIP,
        "displayLabels": _only("name", "value", "percent"),
        "orientation": None,
        "pieType": _only("pie", "donut"),
    },
    "table": {
        "cellHeight": _only("sm", "md", "lg"),
        "footer.countRows": _only(False),
        "footer.fields": None,
        "footer.reducer": None,
        "footer.show": _only(False),
        "frameIndex": _only(0),
        "showHeader": None,
        "showTypeIcons": _only(False),
        "sortBy": None,
    },
    "state-timeline": {
        **_LEGEND,
        **_TOOLTIP,
        "alignValue": _only("left", "center", "right"),
        "mergeValues": None,
        "perPage": None,
        "rowHeight": None,
        "showValue": _only("auto", "always", "never"),
    },
    "text": {
        "code.language": None,
        "code.showLineNumbers": None,
        "code.showMiniMap": None,
        "content": None,
        "mode": _only("markdown", "html"),
    },
}

PROPERTIES: Mapping[str, Allowed] = {
    "color.fixedColor": None,
    "color.mode": _only("fixed", "thresholds", "palette-classic", "palette-classic-by-name"),
    "color.seriesBy": None,
    "decimals": None,
    "description": None,
    "displayName": None,
    "fieldMinMax": _only(False),
    "links": None,
    "mappings": None,
    "max": None,
    "min": None,
    "noValue": None,
    "thresholds.mode": _only("absolute", "percentage"),
    "thresholds.steps": None,
    "unit": None,
}
"""Of every panel's fields, in ``fieldConfig.defaults`` and in overrides."""

_AXIS: dict[str, Allowed] = {
    "axisBorderShow": _only(False),
    "axisCenteredZero": _only(False),
    "axisColorMode": _only("text"),
    "axisGridShow": None,
    "axisLabel": None,
    "axisPlacement": _only("auto", "left", "right", "hidden"),
    "axisSoftMax": None,
    "axisSoftMin": None,
    "hideFrom.legend": None,
    "hideFrom.tooltip": None,
    "hideFrom.viz": None,
    "scaleDistribution.type": _only("linear"),
}
CUSTOM: Mapping[str, Mapping[str, Allowed]] = {
    "timeseries": {
        **_AXIS,
        "barAlignment": None,
        "barMaxWidth": None,
        "barWidthFactor": None,
        "drawStyle": _only("line", "bars", "points"),
        "fillOpacity": None,
        "gradientMode": _only("none", "opacity"),
        "insertNulls": _only(False),
        "lineInterpolation": _only("linear", "smooth", "stepBefore", "stepAfter"),
        "lineStyle.dash": None,
        "lineStyle.fill": _only("solid", "dash", "dot"),
        "lineWidth": None,
        "pointSize": None,
        "showPoints": _only("auto", "always", "never"),
        "spanNulls": None,
        "stacking.group": None,
        "stacking.mode": _only("none", "normal", "percent"),
        "thresholdsStyle.mode": _only("off", "line", "dashed"),
    },
    "barchart": {
        **_AXIS,
        "fillOpacity": None,
        "gradientMode": _only("none"),
        "lineWidth": None,
        "thresholdsStyle.mode": _only("off"),
    },
    "table": {
        "align": _only("auto", "left", "center", "right"),
        "cellOptions.applyToRow": _only(False),
        "cellOptions.mode": _only("basic", "gradient"),
        "cellOptions.type": _only("auto", "color-text", "color-background", "gauge"),
        "cellOptions.valueDisplayMode": _only("color", "text", "hidden"),
        "cellOptions.wrapText": None,
        "filterable": _only(False),
        "hidden": None,
        "inspect": _only(False),
        "minWidth": None,
        "width": None,
    },
    "state-timeline": {
        "fillOpacity": None,
        "hideFrom.legend": None,
        "hideFrom.tooltip": None,
        "hideFrom.viz": None,
        "lineWidth": None,
    },
    "piechart": {"hideFrom.legend": None, "hideFrom.tooltip": None, "hideFrom.viz": None},
}
"""Of the fields of one panel type, below ``custom``."""

MATCHERS = frozenset({"byName", "byRegexp", "byType", "byFrameRefID"})


def paths(tree: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, Any]]:
    """The leaves of a JSON object, by path; lists are leaves, and what is null is not there."""
    for key, value in tree.items():
        if isinstance(value, Mapping):
            yield from paths(value, f"{before}{key}.")
        elif value is not None:
            yield f"{before}{key}", value


def strange(tree: Mapping[str, Any], allowed: Mapping[str, Allowed]) -> Iterator[str]:
    """``path`` of each leaf that is not known, ``path=value`` where the value is not."""
    for path, value in paths(tree):
        if path not in allowed:
            yield path
            continue
        values = allowed[path]
        for one in value if isinstance(value, list) and values is not None else [value]:
            if values is not None and one not in values:
                yield f"{path}={one}"
