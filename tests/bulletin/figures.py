"""The printed cells again, recomputed from a plan's events without any code of the planner.

A second reading of how each cell comes about: where it and the planner differ, one is wrong.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from folders import Lines

from producers import Booking, Call, KioskTransaction, Telemedicine, Upload
from producers.bulletin.plan import Plan
from schemas.catalogue import catalogue

Key = tuple[str, str, str]
PERSON_COLUMNS = {"门急诊信息上传人次": "visits", "出院信息上传人次": "discharges"}
STATED_07 = {
    "覆盖": "districts_covered",
    "联通": "cities_linked",
    "累计会诊": "consultations_total",
}


class Figures:
    """Everything that a plan adds up to."""

    def __init__(self, plan: Plan) -> None:
        self.count: Counter[Any] = Counter()
        self.sets: defaultdict[Any, set[Any]] = defaultdict(set)
        self.month = plan.month
        self.stocks = {(one.figure, one.subject): one for one in plan.statements}
        self.code = {
            (label.table, label.label): one.code
            for one in plan.institutions
            for label in one.labels
        }
        self.printed_as = {
            (one.code, label.table, label.place): label.label
            for one in plan.institutions
            for label in one.labels
        }
        self.names = {one.code: one.name for one in plan.institutions}
        for flow in plan.flows:
            self._add(flow.event, flow.count)

    def _add(self, e: Any, n: int) -> None:
        if isinstance(e, Call):
            self.count[
                "line" if e.line != "hotline" else "category", e.line, e.city, e.category
            ] += n
            if e.line == "hotline":
                self.count["city", e.city] += n
        elif isinstance(e, Booking):
            self.count["channel", e.hospital, e.channel] += n
            self.count["route", e.route] += n
        elif isinstance(e, Telemedicine):
            self.count["item", e.platform, e.item] += n
            self.count["images", e.platform] += n * (e.images or 0)
            if e.item == "report" and e.institution:
                self.count["by", e.platform, e.institution] += n
        elif isinstance(e, Upload):
            assert self.month.first <= e.business_date <= self.month.last
            self.sets["tables", e.organisation].add(e.table_code)
            self.sets["days", e.organisation].add(e.business_date)
            self.count["rows", e.organisation] += n * e.rows
            self.count[e.table_code, e.organisation] += n * (e.persons or 0)
        elif isinstance(e, KioskTransaction):
            self.count["times", e.institution, e.service] += n
            self.count["fen", e.institution, e.service] += n * e.amount_fen

    def stock(self, figure: str, subject: str) -> int | None:
        value: int | None = self.stocks[figure, subject].value
        return value

    def top(self, platform: str, rank: int) -> str:
        found = [(-n, key[2]) for key, n in self.count.items() if key[:2] == ("by", platform) and n]
        if len(found) <= rank:
            return ""
        fewer, code = sorted(found)[rank]
        labels = [
            label
            for (of, table, _), label in self.printed_as.items()
            if (of, table) == (code, "07")
        ]
        return f"{labels[0]}{-fewer}份"


def cells(plan: Plan, tables: dict[str, Lines]) -> Iterator[tuple[Key, str, str]]:
    """Key, printed and recomputed text of every cell of the given lines."""
    figures = Figures(plan)
    for code, (header, *lines) in tables.items():
        for line in lines:
            row = dict(zip(header, line, strict=True))
            yield from ((key, printed, made) for key, printed, made in _row(figures, code, row))


def _row(f: Figures, code: str, row: dict[str, str]) -> Iterator[tuple[Key, str, str]]:
    known = catalogue()
    if code in ("01a", "01b", "03"):
        label = next(row[name] for name in ("类别", "市", "名称") if name in row)
        if label in ("共受理咨询电话", "全省12320共接听", "合计"):
            return
        column = next(name for name in ("数量", "电话量（人次）", "预约数量") if name in row)
        if code == "03":
            made = f.count["route", known.code("routes", label)]
        elif code == "01b":
            made = f.count["city", known.code("cities", label)]
        elif label in ("受理市12345工单", "省12345工单"):
            line = "order_province" if label.startswith("省") else "order_city"
            made = f.count["line", line, None, None]
        else:
            made = f.count["category", "hotline", "nanjing", known.code("categories", label)]
        yield (code, label, column), row[column], str(made)
    elif code == "08":
        figure = "bookings.total" if row["单位"] == "次" else "uploads.rows_total"
        one = f.stocks[figure, "city"]
        scale = Decimal(one.value).scaleb(one.exponent - (0 if row["单位"] == "次" else 8))
        yield (code, row["指标"], "数值"), row["数值"], f"{scale:f}"
    elif code == "07":
        yield (code, row["平台"], row["指标"]), *_telemedicine(f, row)
    else:
        label = row.get("单位") or row["接入单位"]
        if label != "合计":
            who = f.code[code, label]
            for column, printed in row.items():
                if column not in ("", "序号", "单位", "接入单位", "小计"):
                    yield (code, label, column), printed, _institution(f, who, column)


def _institution(f: Figures, who: str, column: str) -> str:
    services = {"挂": "registration", "缴": "payment"}
    for channel, label in catalogue().lists["channels"].items():
        if column == label:
            return str(f.count["channel", who, channel])
    if column == "投放台数":
        return str(f.stock("kiosk.devices", who))
    if column.endswith("（次）"):
        return str(f.count["times", who, services[column[0]]])
    if column.endswith("（元）"):
        return f"{Decimal(f.count['fen', who, services[column[0]]]) / 100:.2f}"
    if column.startswith("申明"):
        declared = f.stock("uploads.declared", who)
        said = "未反馈" if declared is None else declared
        return f"{said}/{f.stock('uploads.required', who)}"
    if column.startswith("已上传"):
        return str(len(f.sets["tables", who]))
    if column == "数据上传天数":
        return str(len(f.sets["days", who]))
    if column == "数据上传量":
        return str(f.count["rows", who])
    if column in PERSON_COLUMNS:
        return str(f.count[PERSON_COLUMNS[column], who])
    records = {"基": "basic", "高": "hypertension", "糖": "diabetes"}
    return str(f.stock(f"records.{records[column.split('/')[1][0]]}", who))


def _telemedicine(f: Figures, row: dict[str, str]) -> tuple[str, str]:
    what, printed = row["指标"], row["数值"]
    platform = catalogue().code("platforms", row["平台"])
    if what.startswith("数据上传量第"):
        return printed, f.top(platform, "一二三".index(what[-1]))
    if what == "未对接":
        figure = f"telemedicine.connection.{platform}"
        no = {
            one.subject for (name, _), one in f.stocks.items() if name == figure and one.value == 0
        }
        return "、".join(sorted(set(printed.split("、")))), "、".join(
            sorted(f.names[code] for code in no)
        )
    if what.startswith("采集"):
        return printed, str(f.count["item", platform, "report"])
    if what.startswith("流转"):
        return printed, str(f.count["item", platform, "specimen"])
    if what.startswith("图像"):
        return printed, str(f.count["images", platform])
    if what.startswith("会诊"):
        return printed, str(f.count["item", platform, "consultation"])
    return printed, str(f.stock(_stated(what), platform))


def _stated(what: str) -> str:
    names = {
        "累计接入": "connected",
        "覆盖": "districts_covered",
        "联通": "cities_linked",
        "累计会诊": "consultations_total",
        "三级": "tertiary_hospitals",
        "南京市内二级": "secondary_hospitals",
        "二级": "secondary_hospitals",
        "社区": "community_centres",
        "南京都市圈": "metropolitan_institutions",
        "对外帮扶": "aided_institutions",
        "其他": "other_institutions",
    }
    return "telemedicine." + next(code for text, code in names.items() if what.startswith(text))
