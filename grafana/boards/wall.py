"""总览大屏: what a leader sees from five metres away, on 1920 × 1080, with nothing to scroll."""

from typing import Any

from grafana_foundation_sdk.builders import common
from grafana_foundation_sdk.builders.dashboard import Dashboard

from grafana import kit
from grafana.kit import BLUE, GREEN, GREY, ORANGE, PINK, WHITE, YELLOW

# The query's name, the title, the colour, the board with the details, what is counted.
HEADLINES = (
    ("calls", "12320 {}来电（次）", BLUE, "calls", "省内各市 12320 热线来电，不含 12345 工单。"),
    ("bookings", "{}预约挂号（次）", GREEN, "bookings", "各医院各渠道预约。"),
    ("reports", "{}远程医疗报告（份）", PINK, "telemedicine", "心电、影像、临检平台的报告。"),
    ("uploads", "{}数据上传量（条）", ORANGE, "uploads", "区与医院上传的条数，按上传时间计。"),
    ("kiosks", "{}自助机交易（笔）", YELLOW, "kiosks", "自助终端挂号与缴费的笔数。"),
    ("amount", "{}自助机缴费（元）", WHITE, "kiosks", "自助终端缴费的金额，不含挂号费。"),
)
PAST = "环比、同比：本月至上一整点，比上月、去年同月的同日同时；没有往期数据时为 —。"
STATES = {
    "已上传": ("已上传", GREEN),
    "今日未上传": ("今日未上传", ORANGE),
    "未对接": ("未对接", GREY),
}


def board() -> Dashboard:
    """The dashboard: 27 rows of the grid, all 24 columns of each."""
    return kit.board(
        "wall",
        "总览大屏",
        [
            kit.words((0, 0, 12, 2), "# 宁脉 · 卫生信息总览　${mark}"),
            _as_of(),
            *(panel for nth in range(len(HEADLINES)) for panel in _headline(nth)),
            _calls(),
            _alerts(),
            _hospitals(),
            _overdue(),
            _districts(),
            _platforms(),
        ],
        description="全市卫生信息总览：今日、本月、环比、同比，逾期与未对接。供 1920×1080 大屏。",
        time=("now/d", "now/d"),
        refresh="5s",
    )


def _as_of() -> Any:
    panel = kit.tile("数据截至", (12, 0, 12, 2), "wall/as_of", "数据截至", size=22)
    return panel.description("最新一条事件到达的时间（来电、预约、远程医疗、上传、自助机）。")


def _headline(nth: int) -> tuple[Any, Any]:
    """Today's figure, and under it the month so far and what it is against."""
    name, title, colour, detail, counts = HEADLINES[nth]
    today = kit.tile(
        title.format("今日") + "*", (4 * nth, 2, 4, 4), f"figure/today@{name}", "今日", size=60
    )
    kit.linked(today.thresholds(kit.steps((None, colour))), detail)
    month = kit.tile(
        title.format("本月") + "*", (4 * nth, 6, 4, 3), f"figure/month@{name}", size=22
    )
    return today.description(counts), month.description(counts + PAST)


def _calls() -> Any:
    panel = kit.lines(
        "今日逐小时来电与平常日（次）*", (0, 9, 8, 8), "shared/calls_today_and_usual", bars=True
    )
    kit.coloured(panel, {"今日": BLUE, "平常日": GREY})
    dashed = {"fill": "dash", "dash": [8, 6]}
    kit.column(panel, "平常日", draw="line", line=dashed, fill=0, **{"custom.lineWidth": 3})
    panel.description("平常日：过去四周同一小时的平均，只算有数据的日子。")
    return kit.linked(panel, "calls")


def _alerts() -> Any:
    panel = kit.grid("当前告警*", (8, 9, 7, 8), "wall/alerts")
    kit.column(panel, "起于", width=130)
    panel.description(
        "还没有解除的告警，最多六条：来源比平常静默得久，单位上传逾期，"
        "某类来电超出平常同时段，缴费远少于平常。全部见系统运行。"
    )
    return kit.linked(panel, "system").no_value("没有告警")


def _hospitals() -> Any:
    panel = kit.gauges("今日预约前十医院（次）*", (0, 17, 8, 10), "wall/hospitals")
    kit.linked(panel.thresholds(kit.steps((None, GREEN))), "bookings")
    panel.text(common.VizTextDisplayOptions().title_size(18).value_size(20))
    return panel.description("今日预约最多的十家医院；医院不明的预约不计。")


def _overdue() -> Any:
    panel = kit.grid("逾期与未对接*", (8, 17, 7, 10), "wall/overdue")
    kit.column(panel, "事项", width=150)
    kit.column(panel, "个数", width=60, align="right")
    panel.description(
        "应上传而昨日没有上传的单位；两周内有过数据、昨日起静默的来源；"
        "远程医疗各平台未对接、未反馈的区（按最近一次申报）。"
    )
    return kit.linked(panel, "uploads").no_value("没有逾期与未对接")


def _districts() -> Any:
    panel = kit.grid("各区数据上传*", (15, 9, 9, 14), "wall/districts")
    kit.column(panel, "状态", width=140, cell={"type": "color-text"}, mappings=kit.says(STATES))
    missing = kit.says({"null": ("—", GREY)})
    for name in ("今日（条）", "本月（条）"):
        kit.column(panel, name, unit="locale", align="right", mappings=missing)
    panel.description("按上传时间计。未对接：本月没有上传，也没有申报应上传的表。")
    return kit.linked(panel, "uploads")


def _platforms() -> Any:
    panel = kit.tile("远程医疗今日（份、次）*", (15, 23, 9, 4), "wall/platforms_today", size=34)
    kit.linked(panel.thresholds(kit.steps((None, PINK))), "telemedicine")
    return panel.description("心电、影像、临检的报告数，各平台会诊数。")
