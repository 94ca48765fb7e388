"""What the screen can draw: one type of panel a module."""

from collections.abc import Callable, Mapping

from grafana.screen.board import Panel
from grafana.screen.panels import (
    barchart,
    bargauge,
    piechart,
    stat,
    statetimeline,
    table,
    text,
    timeseries,
)
from grafana.screen.panels.base import Drawing

TYPES: Mapping[str, Callable[[Panel], Drawing]] = {
    "barchart": barchart.draw,
    "bargauge": bargauge.draw,
    "piechart": piechart.draw,
    "stat": stat.Stat,
    "state-timeline": statetimeline.draw,
    "table": table.Table,
    "text": text.Text,
    "timeseries": timeseries.draw,
}


def draws(panel: Panel) -> Drawing | None:
    """Begins a panel's drawing in the element that is open; None for a type that is not known."""
    begin = TYPES.get(panel.type)
    return None if begin is None else begin(panel)
