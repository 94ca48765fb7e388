"""总览大屏: what a leader sees from five metres away."""

from grafana_foundation_sdk.builders.dashboard import Dashboard

from grafana import kit
from grafana.kit import month, tile


def board() -> Dashboard:
    """The dashboard."""
    return kit.board(
        "wall",
        "总览大屏",
        [tile("12320 今日来电*", (0, 0, 6, 4), "wall/calls_today")],
        description="x",
        variables=[month()],
    )
