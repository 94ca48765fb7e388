"""12320 热线: calls by hour, city and category, work orders, the tables 01a and 01b."""

from typing import Any

from grafana_foundation_sdk.builders.dashboard import Dashboard

from grafana import kit
from grafana.kit import BLUE, GREEN, GREY, ORANGE, PINK, RED, WHITE, YELLOW
from schemas.catalogue import catalogue

CATEGORIES = catalogue().lists["categories"]
ORDERS = catalogue().lists["lines"]
COLOURS = {
    CATEGORIES["consultation"]: BLUE,
    CATEGORIES["booking"]: GREEN,
    CATEGORIES["complaint"]: ORANGE,
    CATEGORIES["crisis"]: RED,
    CATEGORIES["survey"]: PINK,
    CATEGORIES["voice"]: YELLOW,
    "其他类别": WHITE,
    "其他城市": GREY,
}
TODAY = {"今日": BLUE, "市": ORANGE, "省": BLUE, "平常同期": GREY}
USUAL = "平常日：过去四周同一小时的平均，只算有来电的日子。"


def board() -> Dashboard:
    """The dashboard."""
    return kit.board(
        "calls",
        "12320 热线",
        [*_tiles(), *_hours(), *_range(), *_month()],
        description="12320 热线来电与 12345 工单：今日、所选时段、所选月份的报表 01a、01b。",
        variables=[kit.month()],
    )


def _tiles() -> list[Any]:
    return [
        _tile("全省今日来电（次）*", 0, "figure/today@calls", "今日").description(
            "省内各市 12320 来电，不含 12345 工单。"
        ),
        _tile("南京今日来电（次）*", 4, "calls/nanjing_today", "今日").description(
            "南京 12320 的来电。"
        ),
        _tile("今日 12345 工单（件）*", 8, "calls/orders_today").description(
            "转自市、省 12345 的工单，不计入来电。"
        ),
        _tile("今日心理危机干预（次）*", 12, "calls/crisis_so_far").description(
            "平常同期：过去四周每日零点至此刻所在小时末的平均，只算有来电的日子。"
        ),
        kit.tile("全省本月来电（次）*", (16, 0, 8, 4), "figure/month@calls", size=26).description(
            "环比、同比：本月至上一整点，比上月、去年同月的同日同时。最新：最近一条来电的时刻。"
        ),
    ]


def _tile(title: str, x: int, name: str, *fields: str) -> Any:
    panel = kit.tile(title, (x, 0, 4, 4), name, *fields, size=38)
    return kit.coloured(panel, TODAY)


def _hours() -> list[Any]:
    """By hour: what was asked for in the range, and today beside the usual day."""
    categories = kit.lines(
        "逐小时来电，按类别（次）*", (0, 4, 14, 9), "calls/by_category", bars=True, stacked=True
    )
    kit.coloured(categories, COLOURS).description(
        "所选时段内 12320 来电。只有南京的来电分类别，其他城市合为一项；时段较长时按日计。"
    )
    return [
        categories,
        _usual("今日来电与平常日（次）*", (14, 4, 10, 9), "shared/calls_today_and_usual", BLUE),
    ]


def _usual(title: str, place: kit.Place, name: str, colour: str) -> Any:
    panel = kit.lines(title, place, name, bars=True)
    kit.coloured(panel, {"今日": colour, "平常日": GREY})
    dashed = {"fill": "dash", "dash": [8, 6]}
    kit.column(panel, "平常日", draw="line", line=dashed, fill=0, **{"custom.lineWidth": 2})
    return panel.description("今日，不随时段变化。" + USUAL)


def _range() -> list[Any]:
    """The selected range by city and category, orders, and calls for psychological crisis."""
    cities = kit.bars("各市来电（次）*", (0, 13, 6, 9), "calls/cities")
    kit.coloured(cities, {"来电（次）": BLUE})
    shares = kit.shares("南京来电类别*", (6, 13, 9, 9), "calls/shares")
    orders = kit.lines("12345 工单（件）*", (15, 13, 9, 9), "calls/orders", bars=True, stacked=True)
    kit.coloured(orders, {ORDERS["order_city"]: ORANGE, ORDERS["order_province"]: BLUE})
    return [
        cities.description("所选时段内各市 12320 的来电。"),
        kit.coloured(shares, COLOURS).description("所选时段内南京 12320 来电的类别。"),
        orders.description("所选时段内转自 12345 的工单，不计入来电；时段较长时按日计。"),
        _usual("今日心理危机干预与平常日（次）*", (0, 22, 10, 9), "calls/crisis_today", RED),
    ]


def _month() -> list[Any]:
    """The chosen month: day by day, and the bulletin's tables."""
    days = kit.bars(
        "当月逐日来电（次）*", (10, 22, 14, 9), "calls/by_day", lying=False, stacked=True
    )
    kit.coloured(days, {catalogue().lists["cities"]["nanjing"]: BLUE, "其他城市": GREY})
    return [
        days.description("所选月份各日 12320 来电，不含 12345 工单。"),
        _table("报表 01a：12320 热线服务（所选月份）", (0, 31, 12, 11), "calls/table_01a"),
        _table("报表 01b：各市电话量（所选月份）", (12, 31, 12, 11), "calls/table_01b"),
    ]


def _table(title: str, place: kit.Place, name: str) -> Any:
    panel = kit.grid(title, place, name)
    for figures in ("数量", "电话量（人次）"):
        kit.column(panel, figures, unit="locale", align="right")
    return panel.description("按月报的行列；模拟数据不计。没有合计行，工单不计入来电。")
