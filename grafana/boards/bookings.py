"""预约挂号: hospital by channel, routes, the cumulative figure, and the tables 02, 03 and 08."""

from typing import Any

from grafana_foundation_sdk.builders.dashboard import Dashboard

from grafana import kit
from grafana.kit import BLUE, GREEN, GREY, ORANGE, PINK
from schemas.catalogue import catalogue

CHANNELS = catalogue().lists["channels"]
COLOURS = {
    CHANNELS["online"]: BLUE,
    CHANNELS["phone"]: ORANGE,
    CHANNELS["clinic"]: GREEN,
    CHANNELS["third_party"]: PINK,
    "渠道不明": GREY,
}
CHOSEN = "按所选医院；选全部时，医院不明的预约也计入。"
TABLE = "按月报的行列；模拟数据不计。"


def board() -> Dashboard:
    """The dashboard."""
    return kit.board(
        "bookings",
        "预约挂号",
        [*_tiles(), *_range(), *_month()],
        description="今日、所选时段、所选月份的报表 02、03、08。医院只管图，不管今日与报表。",
        variables=[kit.month(), kit.asked("hospital", "医院", "shared/hospitals", every=True)],
    )


def _tiles() -> list[Any]:
    today = kit.tile("全市今日预约（次）*", (0, 0, 4, 4), "figure/today@bookings", "今日", size=38)
    channels = kit.tile("今日各渠道（次）*", (4, 0, 9, 4), "bookings/channels_today", size=30)
    month = kit.tile("全市本月预约（次）*", (13, 0, 7, 4), "figure/month@bookings", size=24)
    total = kit.tile("累计，至所选月末（次）", (20, 0, 4, 4), "bookings/total", "累计", size=30)
    today.thresholds(kit.steps((None, GREEN))).description("各医院各渠道的预约。")
    kit.coloured(channels, COLOURS).description("今日预约，按渠道；渠道不明的不列。")
    month.description(
        "环比、同比：本月至上一整点，比上月、去年同月的同日同时。最新：最近一次预约的时刻。"
    )
    total.description("开通以来的预约，取月报 08：最近一次申报，加其后的预约；模拟数据不计。")
    return [today, channels, month, total]


def _range() -> list[Any]:
    """What was asked for in the selected range, of the hospitals that are chosen."""
    hospitals = kit.bars(
        "预约最多的十五家医院，按渠道（次）*", (0, 4, 14, 16), "bookings/hospitals", stacked=True
    )
    routes = kit.bars("预约途径（次）*", (14, 4, 10, 8), "bookings/routes")
    hours = kit.lines(
        "逐小时预约，按渠道（次）*", (14, 12, 10, 8), "bookings/by_channel", bars=True, stacked=True
    )
    kit.coloured(routes, {"预约（次）": BLUE})
    return [
        kit.coloured(hospitals, COLOURS).description("所选时段内的预约。" + CHOSEN),
        routes.description("所选时段内知道途径的预约，不含电话、诊间与医院自有途径。" + CHOSEN),
        kit.coloured(hours, COLOURS).description("所选时段内的预约；时段较长时按日计。" + CHOSEN),
    ]


def _month() -> list[Any]:
    """The chosen month: day by day, and the bulletin's tables."""
    days = kit.bars(
        "当月逐日预约，按渠道（次）*", (0, 20, 24, 9), "bookings/by_day", lying=False, stacked=True
    )
    kit.coloured(days, COLOURS).description("所选月份各日的预约。" + CHOSEN)
    of_02 = kit.grid("报表 02：预约挂号服务统计（所选月份）", (0, 29, 14, 18), "bookings/table_02")
    of_03 = kit.grid("报表 03：分途径预约情况（所选月份）", (14, 29, 10, 12), "bookings/table_03")
    of_08 = kit.grid("报表 08：累计（所选月份）", (14, 41, 10, 6), "bookings/table_08")
    kit.column(of_02, "单位", width=260)
    for panel in (of_02, of_03):
        kit.column(panel, "序号", width=60)
    for name in (*CHANNELS.values(), "小计"):
        kit.column(of_02, name, unit="locale", align="right")
    kit.column(of_03, "预约数量", unit="locale", align="right")
    kit.column(of_08, "指标", width=300)
    kit.column(of_08, "数值", align="right")
    return [
        days,
        of_02.description(TABLE + "医院不明的预约不列；没有合计行。"),
        of_03.description(TABLE + "不含电话预约、诊间预约与医院自有途径。"),
        of_08.description("最近一次申报的累计，加其后的数量；模拟数据不计。"),
    ]
