"""How each table is printed: its title, its header, which columns are figures and of what form."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from producers.bulletin import values
from producers.bulletin.model import SUBTOTAL
from schemas.catalogue import catalogue

Parser = Callable[[str], object]


@dataclass(frozen=True, slots=True)
class Layout:
    """One table's form. ``figures`` gives the parser of each column that is no label."""

    code: str
    title: re.Pattern[str]
    """Found in a file's name, width folded and spaces, number and month taken out."""
    header: tuple[str, ...]
    label: str
    figures: Mapping[str, Parser]
    total: str | None = "合计"
    """Label of the row that sums the others; None: nothing is one."""
    order: str | None = None
    """Column of row numbers: a number in rows, empty in totals."""
    group: str | None = None
    """Column of the group, empty in totals."""


def _layout(
    code: str,
    title: str,
    header: tuple[str, ...],
    label: str,
    parsers: Mapping[str, Parser] | None = None,
    **more: str | None,
) -> Layout:
    """Build a layout in which what is neither label, order, group nor unit is a plain number."""
    aside = {label, more.get("order"), more.get("group"), "单位" if label != "单位" else None}
    figures = {
        column: (parsers or {}).get(column, values.number)
        for column in header
        if column not in aside
    }
    return Layout(code, re.compile(title), header, label, figures, **more)


_CHANNELS = tuple(catalogue().lists["channels"].values())
_RECORDS = tuple(f"健康档案累计上传总量/{record}" for record in ("基本信息", "高血压", "糖尿病"))

LAYOUTS = (
    _layout(
        "01a",
        r"12320卫生热线.*数据统计_类别",
        ("类别", "数量", "单位"),
        "类别",
        total="共受理咨询电话",
    ),
    _layout(
        "01b",
        r"全省12320各市电话量",
        ("市", "电话量（人次）"),
        "市",
        total="全省12320共接听",
    ),
    _layout(
        "02",
        r"预约挂号服务统计表",
        ("序号", "单位", *_CHANNELS, SUBTOTAL),
        "单位",
        order="序号",
    ),
    _layout("03", r"分途径预约情况统计", ("序号", "名称", "预约数量"), "名称", order="序号"),
    _layout(
        "04",
        r"数据采集情况\(区\)",
        (
            "接入单位",
            "申明上传表/规定上传表",
            "已上传表（CDA文档）",
            "数据上传量",
            "数据上传天数",
            "门急诊信息上传人次",
            "出院信息上传人次",
            *_RECORDS,
        ),
        "接入单位",
        {"申明上传表/规定上传表": values.declared},
    ),
    _layout(
        "05",
        r"数据采集情况\(医院\)",
        (
            "接入单位",
            "申明上传表/规定上传",
            "已上传表/CDA文档（份）",
            "数据上传量",
            "数据上传天数",
            "门急诊信息上传人次",
            "出院信息上传人次",
        ),
        "接入单位",
        {"申明上传表/规定上传": values.declared},
    ),
    _layout(
        "06",
        r"自助智能医疗服务终端医院使用情况表",
        ("", "单位", "投放台数", "挂号（次）", "挂号金额（元）", "缴费（次）", "缴费金额（元）"),
        "单位",
        {"挂号金额（元）": values.amount, "缴费金额（元）": values.amount},
        group="",
    ),
    _layout("07", r"远程医疗系统数据统计", ("平台", "指标", "数值"), "平台", total=None),
    _layout("08", r"^累计$", ("指标", "数值", "单位"), "指标", total=None),
)
"""Every table of the bulletin, in the order of their codes."""

UNITS = {"call": "个", "order": "件", "bookings.total": "次", "uploads.rows_total": "亿条"}
"""What the unit column says: of the lines of table 01a, of the figures of table 08."""

CUMULATIVE: dict[str, Parser] = {"bookings.total": values.number, "uploads.rows_total": values.yi}
"""Parsers of the figures of table 08."""

_TELEMEDICINE: dict[str, Parser] = {
    "unconnected": values.districts,
    "first": values.named,
    "second": values.named,
    "third": values.named,
}


def telemedicine(platform: str, indicator: str) -> Parser:
    """Parser of a row of table 07; ValueError if the platform has no such indicator."""
    code = catalogue().known("platforms", platform)
    if code is None:
        raise ValueError(f"{platform!r} is not a platform of telemedicine")
    what = catalogue().known(f"indicators.{code}", indicator)
    if what is None:
        raise ValueError(f"{indicator!r} is not an indicator of {platform}")
    return _TELEMEDICINE.get(what, values.number)


def cumulative(label: str, month: int) -> str:
    """Figure of a row of table 08 in that month; ValueError if there is none of that label."""
    for figure, pattern in catalogue().lists["cumulative"].items():
        if label == pattern.format(month=month):
            return figure
    raise ValueError(f"{label!r} is not a cumulative figure of month {month}")
