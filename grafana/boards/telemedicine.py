"""远程医疗: the four platforms, whom they reach and whom they do not, the top three, table 07."""

from typing import Any

from grafana_foundation_sdk.builders.dashboard import Dashboard

from grafana import kit
from grafana.kit import BLUE, GREEN, GREY, ORANGE, PINK, RED, WHITE

# The figure's name, the title, the colour, what is counted.
PLATFORMS = (
    ("ecg", "心电报告（份）", PINK, "远程心电监测诊断平台采集的心电病例。"),
    ("imaging", "影像报告（份）", BLUE, "远程影像诊断平台采集的影像报告。"),
    ("lab", "临检报告（份）", GREEN, "远程临检诊断平台采集的检验报告。"),
    ("consultations", "会诊（次）", ORANGE, "会诊、心电、影像各平台逐次上报的会诊。"),
)
COLOURS = {"心电报告": PINK, "影像报告": BLUE, "临检报告": GREEN, "会诊": ORANGE}
REACHED = {
    "已对接": ("● 已对接", GREEN),
    "未对接": ("✕ 未对接", RED),
    "未知": ("？ 未知", GREY),
}
PAST = "环比、同比：本月至上一整点，比上月、去年同月的同日同时；没有往期数据时为 —。"
STATED = "为所选月末或之前最近一次申报。"


def board() -> Dashboard:
    """The dashboard."""
    return kit.board(
        "telemedicine",
        "远程医疗",
        [
            *(panel for nth in range(len(PLATFORMS)) for panel in _platform(nth)),
            *_range(),
            *_reached(),
            *_most(),
            *_month(),
        ],
        description="四个远程医疗平台：今日、所选时段；所选月份的覆盖与未对接、前三、报表 07。",
        variables=[kit.month()],
    )


def _platform(nth: int) -> tuple[Any, Any]:
    """Today's figure, and under it the month so far and what it is against."""
    name, title, colour, counts = PLATFORMS[nth]
    today = kit.tile(f"今日{title}*", (6 * nth, 0, 6, 4), f"figure/today@{name}", "今日", size=48)
    month = kit.tile(f"本月{title}*", (6 * nth, 4, 6, 3), f"figure/month@{name}", size=20)
    today.thresholds(kit.steps((None, colour)))
    return today.description(counts), month.description(counts + PAST)


def _range() -> list[Any]:
    others = kit.tile(
        "今日图像、标本与各平台会诊*", (0, 7, 14, 4), "telemedicine/others_today", size=28
    )
    hours = kit.lines(
        "逐小时报告与会诊（份、次）*",
        (0, 11, 14, 8),
        "telemedicine/by_platform",
        bars=True,
        stacked=True,
    )
    return [
        others.thresholds(kit.steps((None, WHITE))).description(
            "今日影像平台的图像、临检平台流转的标本、各平台会诊。— ：35 天内会诊平台没有逐次上报。"
        ),
        kit.coloured(hours, COLOURS).description("所选时段内，按平台；时段较长时按日计。"),
    ]


def _reached() -> list[Any]:
    """Districts by platform, and platforms by what their owners state of them."""
    districts = kit.grid("各区对接（所选月末）", (14, 7, 10, 12), "telemedicine/connections")
    for name in ("会诊", "心电", "影像", "临检"):
        kit.column(districts, name, cell={"type": "color-text"}, mappings=kit.says(REACHED))
    coverage = kit.grid("各平台覆盖（所选月末）", (0, 19, 14, 5), "telemedicine/coverage")
    missing = kit.says({"null": ("未申报", GREY)})
    kit.column(coverage, "平台", width=200)
    for name in ("接入机构（家）", "覆盖（区）", "未对接（区）", "未知（区）"):
        kit.column(coverage, name, unit="locale", align="right", mappings=missing)
    none = kit.says({"null": ("—", GREY)})
    kit.column(coverage, "累计会诊（次）", unit="locale", align="right", mappings=none)
    kit.column(
        coverage, "未对接（区）", cell={"type": "color-text"}, thresholds=[(None, GREY), (1, RED)]
    )
    return [
        districts.description("未知：问过而没有答复，或从未申报。" + STATED),
        coverage.no_value("没有申报").description(STATED + "未对接、未知：按区逐个申报的个数。"),
    ]


def _most() -> list[Any]:
    three = kit.grid("报告前三（所选月份）*", (14, 19, 10, 9), "telemedicine/first_three")
    kit.column(three, "平台", width=70)
    kit.column(three, "名次", width=60, align="right")
    kit.column(three, "报告（份）", width=110, unit="locale", align="right")
    most = kit.bars(
        "报告最多的机构（份）*", (0, 24, 14, 12), "telemedicine/institutions", stacked=True
    )
    return [
        three.description("所选月份各平台报告最多的三家机构；机构不明的报告不列。"),
        kit.coloured(most, COLOURS).description(
            "所选时段内报告最多的十二家机构；机构不明的报告不列。"
        ),
    ]


def _month() -> list[Any]:
    """The chosen month: day by day, and the bulletin's table."""
    days = kit.bars(
        "当月逐日报告（份）*",
        (0, 36, 14, 10),
        "telemedicine/reports_by_day",
        lying=False,
        stacked=True,
    )
    images = kit.bars(
        "当月逐日图像（份）*", (0, 46, 14, 11), "telemedicine/images_by_day", lying=False
    )
    table = kit.grid("报表 07：远程医疗（所选月份）", (14, 28, 10, 29), "telemedicine/table_07")
    kit.column(table, "平台", width=170)
    kit.column(table, "指标", width=240)
    return [
        kit.coloured(days, COLOURS).description("所选月份各日的报告，按平台。"),
        kit.coloured(images, {"图像（份）": BLUE}).description(
            "所选月份各日影像平台的图像；一份报告有多份图像。"
        ),
        table.description("按月报的行列；模拟数据不计。份数与会诊为当月，其余为最近一次申报。"),
    ]
