"""远程医疗: four platforms, whom they reach and whom they do not, and table 07."""

from typing import Any

from grafana_foundation_sdk.builders.dashboard import Dashboard

from grafana import kit
from grafana.kit import BLUE, GREEN, GREY, ORANGE, PINK
from schemas.catalogue import catalogue

PLATFORMS = catalogue().lists["platforms"]
COLOURS = {PLATFORMS["ecg"]: PINK, PLATFORMS["imaging"]: BLUE, PLATFORMS["lab"]: GREEN}
CONNECTED = {"1": ("已对接", GREEN), "0": ("✕ 未对接", ORANGE), "null": ("未知", GREY)}


def board() -> Dashboard:
    """The dashboard."""
    return kit.board(
        "telemedicine",
        "远程医疗",
        [*_tiles(), *_range(), *_reach(), *_month()],
        description="会诊、心电、临检、影像四个平台：今日，所选时段；所选月份的覆盖与报表 07。",
        variables=[kit.month()],
    )


def _tiles() -> list[Any]:
    today = kit.tile("今日报告（份）*", (0, 0, 4, 4), "figure/today@reports", "今日", size=38)
    platforms = kit.tile("今日各平台*", (4, 0, 13, 4), "telemedicine/platforms_today", size=26)
    month = kit.tile("本月报告（份）*", (17, 0, 7, 4), "figure/month@reports", size=22)
    colours = {
        "心电报告": PINK,
        "影像报告": BLUE,
        "图像": BLUE,
        "临检报告": GREEN,
        "流转标本": GREEN,
    }
    return [
        today.thresholds(kit.steps((None, PINK))).description("心电、影像、临检平台的报告。"),
        kit.coloured(platforms, colours).description("今日各平台的报告、标本、会诊与图像。"),
        month.description("环比、同比：本月至上一整点，比上月、去年同月的同日同时。"),
    ]


def _range() -> list[Any]:
    hours = kit.lines(
        "逐小时报告（份）*", (0, 4, 12, 10), "telemedicine/by_platform", bars=True, stacked=True
    )
    days = kit.bars(
        "当月逐日报告（份）*", (12, 4, 12, 10), "telemedicine/by_day", lying=False, stacked=True
    )
    return [
        kit.coloured(hours, COLOURS).description("所选时段内；时段较长时按日计。"),
        kit.coloured(days, COLOURS).description("所选月份各日的报告。"),
    ]


def _reach() -> list[Any]:
    connections = kit.grid("各区对接（所选月份）", (0, 14, 10, 13), "telemedicine/connections")
    for name in ("会诊", "心电", "临检", "影像"):
        cell = {"type": "color-text"}
        kit.column(connections, name, cell=cell, align="center", mappings=kit.says(CONNECTED))
    coverage = kit.grid("覆盖（所选月份）", (10, 14, 14, 5), "telemedicine/coverage")
    missing = kit.says({"null": ("—", GREY)})
    for name in ("接入机构（家）", "覆盖区（个）", "累计会诊（次）"):
        kit.column(coverage, name, unit="locale", align="right", mappings=missing)
    most = kit.grid("报告最多的三家（所选月份）*", (10, 19, 14, 8), "telemedicine/most")
    kit.column(most, "报告（份）", unit="locale", align="right")
    kit.column(most, "名次", width=70)
    return [
        connections.description("按最近一次申报：已对接，未对接，或没有说（未知）。"),
        coverage.description("按最近一次申报；— ：没有申报。"),
        most.description("所选月份报告最多的单位，每个平台三家；单位不明的报告不排名。"),
    ]


def _month() -> list[Any]:
    table = kit.grid("报表 07：远程医疗（所选月份）", (0, 27, 24, 16), "telemedicine/table_07")
    kit.column(table, "平台", width=240)
    kit.column(table, "指标", width=320)
    return [table.description("按月报的行列；模拟数据不计。")]
