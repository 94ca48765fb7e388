"""数据采集: who uploads what, on which days, who does not, how well; the tables 04 and 05."""

from typing import Any

from grafana_foundation_sdk.builders import dashboard as sdk
from grafana_foundation_sdk.builders.dashboard import Dashboard
from grafana_foundation_sdk.models import dashboard as model

from grafana import kit
from grafana.kit import BLUE, GREEN, GREY, ORANGE, PINK, RED

STATES = {
    "齐全": ("齐全", GREEN),
    "缺日": ("缺日", ORANGE),
    "未上传": ("未上传", RED),
    "未反馈": ("未反馈", PINK),
}
QUIET = {
    "正常": ("正常", GREEN),
    "静默": ("静默", RED),
    "久无上传": ("35 天内没有上传", GREY),
}
DAYS = {"0": ("未上传", RED), "1": ("零行", GREY), "2": ("已上传", GREEN)}


def board() -> Dashboard:
    """The dashboard."""
    return kit.board(
        "uploads",
        "数据采集",
        [*_tiles(), *_month(), _calendar(), *_quiet(), *_quality(), *_tables()],
        description="区与医院的数据上传：今日，所选月份，逐日，质量得分；报表 04、05。",
        variables=[kit.month(), _kind(), kit.asked("base", "基准月份", "uploads/base_months")],
        time=("now-30d/d", "now-1d/d"),
        refresh="30s",
    )


def _kind() -> sdk.CustomVariable:
    variable = sdk.CustomVariable("kind").label("逐日上传").values("区 : district,医院 : hospital")
    return variable.current(model.VariableOption(text="区", value="district", selected=True))


def _tiles() -> list[Any]:
    today = kit.tile("今日数据上传量（条）*", (0, 0, 5, 4), "figure/today@uploads", "今日", size=38)
    month = kit.tile("本月数据上传量（条）*", (5, 0, 7, 4), "figure/month@uploads", size=22)
    states = kit.tile("所选月份的单位*", (12, 0, 7, 4), "uploads/states", size=30)
    total = kit.tile("累计入库，至所选月末", (19, 0, 5, 4), "uploads/total", "累计", size=34)
    colours = {"已上传（个）": GREEN, "未上传（个）": RED, "未反馈（个）": PINK}
    return [
        today.thresholds(kit.steps((None, ORANGE))).description("今日到达的条数，按上传时间计。"),
        month.description("按上传时间计。环比、同比：本月至上一整点，比上月、去年同月的同日同时。"),
        kit.coloured(states, colours).description(
            "按业务日期计。未反馈：问过申明多少张表，没有答复。"
        ),
        total.description("开通以来校验入库的数据，取月报 08：最近一次申报，加其后的上传。"),
    ]


def _month() -> list[Any]:
    organisations = kit.grid("各单位（所选月份）*", (0, 4, 14, 16), "uploads/organisations")
    unanswered = kit.says({"未反馈": ("未反馈", PINK)})
    kit.column(organisations, "单位", width=240)
    cell = {"type": "color-text"}
    kit.column(organisations, "申明表", align="right", cell=cell, mappings=unanswered)
    kit.column(organisations, "规定表", align="right", mappings=kit.says({"null": ("—", GREY)}))
    for name in ("已上传表", "天数", "数据量（条）"):
        kit.column(organisations, name, unit="locale", align="right")
    kit.column(organisations, "状态", cell={"type": "color-text"}, mappings=kit.says(STATES))
    days = kit.bars(
        "逐日数据量（条，所选月份）*", (14, 4, 10, 16), "uploads/by_day", lying=False, stacked=True
    )
    return [
        organisations.description(
            "按业务日期计；行数为零的上传也算表和天。未反馈：规定了要传，没有申明传多少张。"
        ),
        kit.coloured(days, {"区": BLUE, "医院": GREEN}).description("按业务日期计。"),
    ]


def _calendar() -> Any:
    panel = kit.states("逐日上传*", (0, 20, 24, 16), "uploads/calendar")
    panel.mappings(kit.says(DAYS)).description(
        "所选时段的业务日期，应上传或有上传的单位；零行：传了，一行数据也没有。"
    )
    return panel


def _quiet() -> list[Any]:
    """Who has not been heard of, now: the organisations, and the systems that speak for them."""
    organisations = kit.grid("各单位最近上传*", (0, 36, 14, 10), "uploads/quiet_organisations")
    sources = kit.grid("来源静默*", (14, 36, 10, 10), "uploads/quiet_sources")
    never = kit.says({"null": ("—", GREY)})
    kit.column(organisations, "单位", width=240)
    for panel, name in (
        (organisations, "最近上传"),
        (organisations, "静默（小时）"),
        (sources, "静默（小时）"),
        (sources, "平常最长"),
    ):
        kit.column(panel, name, unit="locale", align="right", mappings=never)
    for panel in (organisations, sources):
        kit.column(panel, "状态", cell={"type": "color-text"}, mappings=kit.says(QUIET))
    return [
        organisations.description(
            "应上传或 35 天内上传过的单位，不随时段与月份变化。超过 36 小时没有上传为静默。"
        ),
        sources.no_value("35 天内没有来源").description(
            "35 天内有过事件的来源，上传在前。平常最长：过去四周同一时刻的静默，"
            "超过即为静默；不足两周时以 24 小时计。"
        ),
    ]


def _quality() -> list[Any]:
    """Scores of the chosen month, what takes points, and how the means grew since a base month."""
    scores = kit.grid("数据质量得分（所选月份）", (0, 46, 12, 15), "uploads/scores")
    points = kit.grid("失分原因（所选月份）", (12, 46, 12, 15), "uploads/score_points")
    growth = kit.grid("平均得分增长（比基准月份）", (0, 61, 24, 5), "uploads/score_growth")
    for panel in (scores, points):
        kit.column(panel, "单位", width=240)
    for name in ("得分", "完整（50）", "及时（20）", "一致（20）", "重复与死信（10）"):
        kit.column(scores, name, decimals=1, align="right")
    cell = {"type": "color-text"}
    kit.column(scores, "得分", cell=cell, thresholds=[(None, RED), (60, ORANGE), (85, GREEN)])
    kit.column(points, "失分", decimals=1, align="right")
    kit.column(points, "满分", align="right")
    missing = kit.says({"null": ("—", GREY)})
    for name in ("基准月均分", "所选月均分", "增长（%）"):
        kit.column(growth, name, decimals=2, align="right", mappings=missing)
    return [
        scores.no_value("所选月份没有应上传的单位").description(
            "满分 100，规定了要上传的单位；模拟数据不计。每项检查的分值见 quality_weights。"
        ),
        points.no_value("没有失分").description("每行一项检查扣去的分，扣得最多的在上。"),
        growth.description("两个月都有得分的单位的平均分，所选月份比基准月份。"),
    ]


def _tables() -> list[Any]:
    of_04 = kit.grid("报表 04：区数据采集（所选月份）", (0, 66, 24, 12), "uploads/table_04")
    of_05 = kit.grid("报表 05：医院数据采集（所选月份）", (0, 78, 24, 16), "uploads/table_05")
    missing = kit.says({"null": ("—", GREY)})
    for panel in (of_04, of_05):
        kit.column(panel, "接入单位", width=240)
        for name in ("数据上传量", "数据上传天数", "门急诊信息上传人次", "出院信息上传人次"):
            kit.column(panel, name, unit="locale", align="right", mappings=missing)
    for name in ("基本信息", "高血压", "糖尿病"):
        column = f"健康档案累计上传总量/{name}"
        kit.column(of_04, column, unit="locale", align="right", mappings=missing)
    for panel, name in ((of_04, "已上传表（CDA文档）"), (of_05, "已上传表/CDA文档（份）")):
        kit.column(panel, name, align="right")
    said = "按月报的行列；模拟数据不计。未反馈：没有申明；— ：没有申报。"
    return [of_04.description(said), of_05.description(said)]
