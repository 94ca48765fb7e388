"""系统运行: for the two or three who run it."""

from typing import Any

from grafana_foundation_sdk.builders.dashboard import Dashboard

from grafana import kit
from grafana.kit import BLUE, GREEN, GREY, ORANGE, PINK, RED, YELLOW

KINDS = {
    "12320 来电": BLUE,
    "预约": GREEN,
    "远程医疗": PINK,
    "数据上传": ORANGE,
    "自助机": YELLOW,
}
STATES = {"正常": ("正常", GREEN), "静默": ("静默", RED), "回放完毕": ("回放完毕", GREY)}
ALERTS = {"未解除": ("未解除", RED), "已解除": ("已解除", GREY)}
AGREES = {"相符": ("相符", GREEN), "不符": ("不符", RED)}
BLOCKS = {"已封": ("已封", GREY), "进行中": ("进行中", BLUE)}

IDLE = kit.says({"null": ("—", GREY)})


def board() -> Dashboard:
    """The dashboard."""
    return kit.board(
        "system",
        "系统运行",
        [*_now(), *_messages(), *_places(), _alerts()],
        description="给运行人员：新鲜度、每秒事件、去向、审计、死信、分区、来源。",
        time=("now-1h", "now"),
    )


def _now() -> list[Any]:
    written = kit.tile("消息去向与新鲜度", (0, 0, 16, 4), "system/written", size=38)
    engine = kit.tile("ClickHouse", (16, 0, 8, 4), "system/clickhouse", size=26)
    kit.coloured(written, {"计入": GREEN, "重复": GREY, "死信": RED})
    rate = kit.lines("每秒事件*", (0, 4, 14, 10), "system/rate")
    audit = kit.grid("审计（最近一小时已封的块）", (14, 4, 10, 10), "system/audit")
    for name in ("已封块", "日志差", "明细差", "汇总差"):
        kit.column(audit, name, unit="locale", align="right")
    kit.column(audit, "结论", cell={"type": "color-text"}, mappings=kit.says(AGREES))
    return [
        written.description(
            "最新消息距今：任何一种消息最近一次到达日志至此刻。其余为开始以来的累计。"
        ),
        engine.description(
            "应答的 ClickHouse：版本、启动至今、账本的块数。"
            "行数与磁盘在 system.parts，看屏的用户看不到。"
        ),
        kit.coloured(rate, KINDS).description(
            "每分钟按发生时间计入的事件除以六十；最后一分钟还没有过完。"
        ),
        audit.no_value("最近一小时没有封满的块").description(
            "每分钟一次：日志、明细与汇总逐块相比，差都应为零；不符是程序的错，请保留现场。"
        ),
    ]


def _messages() -> list[Any]:
    kinds = kit.grid("各类事件", (0, 14, 12, 9), "system/kinds")
    for name in ("最新消息距今（秒）", "入库延迟（秒）", "计入", "重复", "死信"):
        kit.column(kinds, name, unit="locale", align="right")
    kit.column(kinds, "入库延迟（秒）", decimals=2, mappings=IDLE)
    dead = kit.grid("死信", (12, 14, 12, 9), "system/dead_letters")
    kit.column(dead, "条数", unit="locale", align="right", width=80)
    kit.column(dead, "事件", width=110)
    kit.column(dead, "最近一次", width=170)
    return [
        kinds.description(
            "入库延迟：最新一条消息到达日志，至写进 ClickHouse；— ：十分钟没有消息。"
            "积压见 ningmai status。"
        ),
        dead.no_value("没有死信").description(
            "不是事件的消息，按原因；请转告来源系统。保留 90 天。"
        ),
    ]


def _places() -> list[Any]:
    partitions = kit.grid("分区", (0, 23, 14, 12), "system/partitions")
    for name in ("分区", "已入库至", "写入延迟（秒）"):
        kit.column(partitions, name, unit="locale", align="right")
    kit.column(partitions, "写入延迟（秒）", mappings=IDLE)
    kit.column(partitions, "最新块", cell={"type": "color-text"}, mappings=kit.says(BLOCKS))
    sources = kit.grid("来源系统*", (14, 23, 10, 12), "system/sources")
    kit.column(sources, "状态", cell={"type": "color-text"}, mappings=kit.says(STATES))
    return [
        partitions.description(
            "各分区写进 ClickHouse 的位置。Kafka 的末尾与积压见 ningmai status。"
        ),
        sources.description("各来源最近有事件的小时；两小时没有事件为静默。"),
    ]


def _alerts() -> Any:
    panel = kit.grid("告警*", (0, 35, 24, 9), "system/alerts")
    for name in ("告警于", "解除于"):
        kit.column(panel, name, width=170)
    kit.column(panel, "数据", width=80)
    kit.column(panel, "状态", width=90, cell={"type": "color-text"}, mappings=kit.says(ALERTS))
    return panel.no_value("所选时间内没有告警").description(
        "所选时间内出现或还没有解除的告警；回放的月份，告警在那个月里。规则见 docs/alerts.md。"
    )
