"""The rules as data: what adds up to what, what can't exceed what, and every threshold.

Columns and indicators are named by the layouts and the catalogue, so that a label stands once.
docs/proof.md gives each rule with its reason.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import NamedTuple

from ningmai.proof.finding import SUSPECT, WRONG, Severity
from producers.bulletin.layout import LAYOUTS
from schemas.catalogue import HOME_CITY, catalogue

NAMES: Mapping[str, str] = {
    "columns": "缺列",
    "cell": "单元格不成数",
    "negative": "负数",
    "number": "序号不连续",
    "total": "合计不符",
    "subtotal": "小计不符",
    "agreement": "表间不符",
    "cumulative": "累计不符",
    "coverage": "覆盖与未对接不符",
    "limit": "超出上限",
    "days": "天数超过当月",
    "together": "互相矛盾的零",
    "rank": "排名不符",
    "order": "行序异常",
    "duplicate": "机构重复",
    "unknown": "名称未登记",
    "missing": "机构缺失",
    "repeat": "数值重复",
    "copy": "整行重复",
    "idle": "投放未使用",
    "zero": "疑似漏报为零",
    "price": "均价异常",
}
"""Every rule by its code, as a reader sees it."""

_HEADERS = {form.code: form.header for form in LAYOUTS}


class Uploads(NamedTuple):
    """Columns of an upload table by what they hold: tables 04 and 05 print them differently."""

    declared: str
    tables: str
    volume: str
    days: str
    visits: str
    discharges: str


UPLOADS: Mapping[str, Uploads] = {code: Uploads(*_HEADERS[code][1:7]) for code in ("04", "05")}
RECORDS = _HEADERS["04"][7:]
"""Health records on file: basic information, hypertension, diabetes."""

DEVICES = "投放台数"
IDLE = "闲置台数"
"""Printed by no month yet; where it is, it can't exceed the devices."""


class Service(NamedTuple):
    """What is done at a kiosk: the column of times and the column of yuan."""

    times: str
    yuan: str


SERVICES = tuple(
    Service(f"{label}（次）", f"{label}金额（元）")
    for label in catalogue().lists["services"].values()
)


class Agreement(NamedTuple):
    """Two figures of two tables that are the same one: a cell, and a cell or the sum of a column.

    A side is a table, the label of a row ("合计": the total, by whatever name it is printed; None:
    all rows together) and a column.
    """

    left: tuple[str, str, str]
    right: tuple[str, str | None, str]


TOTAL = "合计"
_CALLS = "数量"
_CITIES = "电话量（人次）"

AGREEMENTS = (
    Agreement(
        ("01a", catalogue().lists["categories"]["booking"], _CALLS),
        ("02", None, catalogue().lists["channels"]["phone"]),
    ),
    Agreement(
        ("01b", catalogue().lists["cities"][HOME_CITY], _CITIES),
        ("01a", TOTAL, _CALLS),
    ),
)
"""Bookings by phone are bookings of the hotline; the home city's calls are the hotline's."""

KINDS: Mapping[str, tuple[str, ...]] = {
    "consultation": (
        "telemedicine.secondary_hospitals",
        "telemedicine.community_centres",
        "telemedicine.metropolitan_institutions",
        "telemedicine.aided_institutions",
        "telemedicine.other_institutions",
    ),
}
"""Platforms whose kinds of institutions, 其他 among them, add up to those connected."""

CONNECTED = "telemedicine.connected"
COVERED = "telemedicine.districts_covered"
UNCONNECTED = "unconnected"
REPORTS = "report"
RANKS = ("first", "second", "third")


class Limit(NamedTuple):
    """A column of a row that can't exceed another of the same row."""

    tables: tuple[str, ...]
    part: str
    whole: str
    severity: Severity


LIMITS = (
    Limit(("06",), IDLE, DEVICES, WRONG),
    *(Limit(("04",), part, RECORDS[0], SUSPECT) for part in RECORDS[1:]),
    *(
        Limit((code,), part, columns.volume, SUSPECT)
        for code, columns in UPLOADS.items()
        for part in (columns.visits, columns.discharges)
    ),
)

ORDERED: Mapping[str, str] = {
    "02": "小计",
    "03": "预约数量",
    "04": UPLOADS["04"].volume,
    "05": UPLOADS["05"].volume,
    "06": DEVICES,
}
"""Tables printed in descending order of a column (06 within each group). The cities of 01b are a
sentence, in which any order reads well."""

ORDERED_ROWS = 7
"""Fewer rows than these stand in order by chance too often to say that one of them is misplaced."""
RISES = Decimal("1.1")
"""A figure this much above that of the row before it is out of place. Neighbours that are nearer
are left alone: a figure that was corrected at the last moment changes places with the next one."""
MISPLACED_OF = 6
MISPLACED_OF_MANY = 10
"""A table of which more than every sixth row (of 20 or more: every tenth) is out of place is not
taken to be printed in that order. By chance, seven rows come that close in 7 of 1,000 cases."""

REPEATED = 1000
"""The least figure whose repetition is not chance. Below, hospitals of one size often agree."""
SIGNIFICANT = 3
"""Least digits that such a figure has before the zeros at its end: 12,000 was rounded, by many."""
BY_CHANCE = 0.01
"""Most pairs of equal figures expected by chance among figures of that size (half to twice it).
A crowd of figures in a narrow range repeats by itself: 30 between 1,000 and 4,000 do every tenth
time. With this, a month without a mistake has such a finding one time in twenty."""
COPIED_DIGITS = 6
"""Digits that the figures of two rows must have together for their being all equal to be told."""

PEERS = 5
"""Fewer institutions than these are no peers to judge by."""
TIMES = 30
"""An average over fewer times than these is chance: one operation among ten prescriptions."""
PRICE_RATIO = 3.5
"""An average so many times the peers' median, or that part of it. Real ones stay within 2.6: a
district pays a third of what a city hospital does. Those known to be wrong begin at 5."""
PRICE_DEVIATIONS = 2.5
"""And so many robust standard deviations (1.4826 × MAD of the logarithms) away from it."""
PRICE_SPREAD = 0.1
"""Least spread of the logarithms: where all take the same 10 yuan, 11 is no outlier."""

ZERO_SHARE = 0.8
"""A column is one that everybody has if this share of those who deliver anything has a figure."""
ZERO_EXPECTED = Decimal(10)
"""Least figure that the lowest share among the peers makes one expect, where zero is printed. A
Poisson figure of that mean is zero once in 22,000. With a past: the least it has ever been."""

DRIVERS: Mapping[str, Mapping[str, str]] = {
    "02": dict.fromkeys(catalogue().lists["channels"].values(), "小计"),
    **{
        code: {
            columns.visits: columns.volume,
            columns.discharges: columns.visits,
            **(dict.fromkeys(RECORDS, columns.volume) if code == "04" else {}),
        }
        for code, columns in UPLOADS.items()
    },
    "06": {
        **{one.yuan: one.times for one in SERVICES},
        **{one.times: other.times for one, other in zip(SERVICES, SERVICES[::-1], strict=True)},
    },
}
"""By table and column: the column of the same row that says how much to expect."""

BY_CHOICE = ("02",)
"""Tables where zero may be an institution's choice: not every hospital takes bookings by phone.
Only its own past tells there."""

LEFT_OUT: Mapping[str, tuple[str, Decimal]] = {
    "02": ("小计", Decimal(100)),
    "05": (UPLOADS["05"].volume, Decimal(1)),
    "06": (DEVICES, Decimal(1)),
}
"""By table: who had at least so much in that column last month is missed when not printed. Small
hospitals have a booking in one month and none in the next."""
