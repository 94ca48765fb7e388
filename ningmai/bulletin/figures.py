"""Figures of a month's tables, as numbers. A figure that is not known is None, never zero."""

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal

from ningmai.bulletin.model import Number
from ningmai.proof.sheets import value
from producers.bulletin import Bulletin, Row, values
from producers.bulletin.layout import CUMULATIVE, cumulative
from schemas.catalogue import catalogue

CALLS = "数量"
CITIES = "电话量（人次）"
SUBTOTAL = "小计"


def number(text: str | None) -> Number | None:
    """What a cell holds: a whole number, or an amount with its decimals; None where it is none."""
    found = value(text)
    if found is None or text is None:
        return None
    return found if "." in text else int(found)


def total(rows: Iterable[Row], column: str) -> Number | None:
    """The sum of a column's figures; None where it holds none."""
    found = [one for row in rows if (one := number(row.cells.get(column))) is not None]
    return sum(found[1:], start=found[0]) if found else None


def calls(bulletin: Bulletin) -> tuple[list[Row], list[Row]]:
    """Table 01a's categories of calls, and its work orders of 12345, which are in no total."""
    rows = bulletin.rows("01a")
    orders = set(catalogue().lists["lines"].values())
    return [one for one in rows if one.label not in orders], [
        one for one in rows if one.label in orders
    ]


def platforms(bulletin: Bulletin) -> Mapping[str, Mapping[str, str]]:
    """Table 07: texts by the platform's and the indicator's code, in printed order."""
    found: dict[str, dict[str, str]] = {}
    for row in bulletin.rows("07"):
        platform = catalogue().known("platforms", row.label)
        for label, text in row.cells.items():
            what = platform and catalogue().known(f"indicators.{platform}", label)
            if platform and what:
                found.setdefault(platform, {})[what] = text
    return found


def unconnected(text: str | None) -> list[str] | None:
    """Districts that are not connected; None where nobody stated which."""
    return None if text is None else [one for one in text.split("、") if one not in ("", "无")]


def since_opening(bulletin: Bulletin) -> Mapping[str, str]:
    """Table 08: texts by figure, those that are figures."""
    found = {}
    for row in bulletin.rows("08"):
        try:
            figure = cumulative(row.label, bulletin.month.number)
            CUMULATIVE[figure](row.cells.get("数值", ""))
        except ValueError:
            continue
        found[figure] = row.cells["数值"]
    return found


def _of_column(code: str, column: str) -> Callable[[Bulletin], Number | None]:
    return lambda bulletin: total(bulletin.rows(code), column)


def _of_platform(platform: str, what: str) -> Callable[[Bulletin], Number | None]:
    return lambda bulletin: number(platforms(bulletin).get(platform, {}).get(what))


def _since_opening(figure: str) -> Callable[[Bulletin], Number | None]:
    return lambda bulletin: number(since_opening(bulletin).get(figure))


def _uploaded(bulletin: Bulletin) -> Number | None:
    found = [
        one
        for code in ("04", "05")
        if (one := total(bulletin.rows(code), "数据上传量")) is not None
    ]
    return sum(found) if found else None


def _answered(bulletin: Bulletin) -> Number | None:
    return total(calls(bulletin)[0], CALLS)


KEY: Mapping[str, tuple[str, Callable[[Bulletin], Number | None]]] = {
    "南京12320受理咨询电话": ("个", _answered),
    "全省12320接听电话": ("人次", _of_column("01b", CITIES)),
    "预约挂号": ("次", _of_column("02", SUBTOTAL)),
    "其中：12320在线预约": ("次", _of_column("02", "12320在线预约")),
    "其中：电话预约": ("次", _of_column("02", "电话预约")),
    "其中：诊间预约": ("次", _of_column("02", "诊间预约")),
    "其中：第三方": ("次", _of_column("02", "第三方")),
    "分途径预约": ("次", _of_column("03", "预约数量")),
    "远程会诊平台接入机构": ("家", _of_platform("consultation", "telemedicine.connected")),
    "采集心电病例": ("份", _of_platform("ecg", "report")),
    "采集检验报告": ("份", _of_platform("lab", "report")),
    "采集影像报告": ("份", _of_platform("imaging", "report")),
    "区及医院数据上传量": ("条", _uploaded),
    "自助终端投放": ("台", _of_column("06", "投放台数")),
    "自助终端挂号": ("次", _of_column("06", "挂号（次）")),
    "自助终端缴费": ("次", _of_column("06", "缴费（次）")),
    "自助终端缴费金额": ("元", _of_column("06", "缴费金额（元）")),
    "累计预约挂号": ("次", _since_opening("bookings.total")),
    "累计校验入库数据": ("亿条", _since_opening("uploads.rows_total")),
}
"""What is compared with the past: a name, its unit, and where a month has it."""


def change(now: Number | None, then: Number | None) -> Decimal | None:
    """Growth in percent, to a tenth; None where there is nothing to compare with."""
    if now is None or not then:
        return None
    return ((Decimal(now) - Decimal(then)) / Decimal(then) * 100).quantize(Decimal("0.1"))


def named(text: str | None) -> values.Named | None:
    """Who of the top three, and how many reports; None where it isn't known."""
    try:
        return values.named(text) if text else None
    except ValueError:
        return None
