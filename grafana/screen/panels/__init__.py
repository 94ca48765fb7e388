"""What the screen can draw: one type of panel a module."""

from collections.abc import Callable, Mapping

from grafana.screen.board import Panel
from grafana.screen.panels.barchart import draw as barchart
from grafana.screen.panels.bargauge import draw as bargauge
from grafana.screen.panels.base import Drawing
from grafana.screen.panels.piechart import draw as piechart
from grafana.screen.panels.stat import Stat
from grafana.screen.panels.statetimeline import draw as statetimeline
from grafana.screen.panels.table import Table
from grafana.screen.panels.text import Text
from grafana.screen.panels.timeseries import draw as timeseries

TYPES: Mapping[str, Callable[[Panel], Drawing]] = {
    "barchart": barchart,
    "bargauge": bargauge,
    "piechart": piechart,
    "stat": Stat,
    "state-timeline": statetimeline,
    "table": Table,
    "text": Text,
    "timeseries": timeseries,
}


def draws(panel: Panel) -> Drawing | None:
    """Begins a panel's drawing in the element that is open; None for a type that is not known."""
    begin = TYPES.get(panel.type)
    return None if begin is None else begin(panel)
