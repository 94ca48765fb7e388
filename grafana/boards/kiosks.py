"""自助终端: kiosks deployed and idle, what was done at them, amounts that stand out, table 06."""

from typing import Any

from grafana_foundation_sdk.builders.dashboard import Dashboard

from grafana import kit
from grafana.kit import BLUE, GREEN, GREY, ORANGE, RED, YELLOW
from schemas.catalogue import catalogue

SERVICES = catalogue().lists["services"]
COLOURS = {SERVICES["registration"]: GREEN, SERVICES["payment"]: ORANGE}
JUDGED = {"偏高": ("▲ 偏高", RED), "偏低": ("▼ 偏低", BLUE), "": ("在三倍以内", GREY)}


def board() -> Dashboard:
    """The dashboard."""
    return kit.board(
        "kiosks",
        "自助终端",
        [*_tiles(), *_range(), *_month()],
        description="自助终端：今日、所选时段；所选月份的闲置、均价与报表 06。",
        variables=[kit.month()],
    )


def _tiles() -> list[Any]:
    today = kit.tile("今日交易（笔）*", (0, 0, 4, 4), "figure/today@kiosks", "今日", size=38)
    services = kit.tile("今日各业务*", (4, 0, 8, 4), "kiosks/services_today", size=24)
    month = kit.tile("本月交易（笔）*", (12, 0, 6, 4), "figure/month@kiosks", size=20)
    devices = kit.tile("终端（所选月份）", (18, 0, 6, 4), "kiosks/devices", size=24)
    today.thresholds(kit.steps((None, YELLOW))).description("挂号与缴费的笔数。")
    services.description("今日挂号、缴费的次数与金额。")
    month.description("环比、同比：本月至上一整点，比上月、去年同月的同日同时。")
    devices.description("投放台数为最近一次申报；闲置：所在单位当月没有一笔交易。")
    return [
        today,
        kit.coloured(
            services,
            {"挂号（次）": GREEN, "挂号（元）": GREEN, "缴费（次）": ORANGE, "缴费（元）": ORANGE},
        ),
        month,
        kit.coloured(devices, {"闲置（台）": RED}),
    ]


def _range() -> list[Any]:
    hours = kit.lines(
        "逐小时交易（笔）*", (0, 4, 12, 10), "kiosks/by_service", bars=True, stacked=True
    )
    most = kit.bars(
        "交易最多的十五家单位（笔）*", (12, 4, 12, 16), "kiosks/institutions", stacked=True
    )
    idle = kit.grid("闲置终端（所选月份）", (0, 14, 12, 6), "kiosks/idle")
    kit.column(
        idle, "状态", cell={"type": "color-text"}, mappings=kit.says({"闲置": ("闲置", RED)})
    )
    kit.column(idle, "投放（台）", align="right")
    return [
        kit.coloured(hours, COLOURS).description("所选时段内；时段较长时按日计。"),
        kit.coloured(most, COLOURS).description("所选时段内交易最多的单位。"),
        idle.no_value("没有闲置终端").description(
            "有终端而当月没有一笔交易的单位；没有申报终端的不在其列。"
        ),
    ]


def _month() -> list[Any]:
    """The chosen month: yuan a transaction, and the bulletin's table."""
    averages = kit.grid("每笔金额与中位数（所选月份）*", (0, 20, 12, 14), "kiosks/averages")
    for name in ("次数", "金额（元）", "均价（元）", "与中位数之比"):
        kit.column(averages, name, unit="locale", align="right")
    for name in ("金额（元）", "均价（元）", "与中位数之比"):
        kit.column(averages, name, decimals=2)
    kit.column(averages, "单位", width=220)
    kit.column(averages, "判断", cell={"type": "color-text"}, mappings=kit.says(JUDGED))
    table = kit.grid("报表 06：自助终端（所选月份）", (12, 20, 12, 14), "kiosks/table_06")
    missing = kit.says({"null": ("—", GREY)})
    kit.column(table, "单位", width=220)
    for name in ("投放台数", "挂号（次）", "缴费（次）"):
        kit.column(table, name, unit="locale", align="right", mappings=missing)
    for name in ("挂号金额（元）", "缴费金额（元）"):
        kit.column(table, name, unit="locale", decimals=2, align="right")
    return [
        averages.description("按业务与各单位的中位数相比，超过三倍或不到三分之一的标出。"),
        table.description("按月报的行列；模拟数据不计。— ：没有申报投放台数。"),
    ]
