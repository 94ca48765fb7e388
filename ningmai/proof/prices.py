"""Averages per item that are out of proportion."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from math import log
from statistics import median
from typing import NamedTuple

from ningmai.proof import rules
from ningmai.proof.finding import SUSPECT, Finding
from ningmai.proof.sheets import Sheet, Sheets
from producers.bulletin import Row

ROBUST = 1.4826
"""MAD of a normal distribution times this is its standard deviation."""


class Average(NamedTuple):
    """Yuan per item of one row."""

    row: Row
    times: Decimal
    yuan: Decimal

    @property
    def price(self) -> float:
        """Yuan per item."""
        return float(self.yuan / self.times)


def outlying(now: Sheets) -> Iterator[Finding]:
    """An average far from the median of all institutions and districts, by ratio and by spread."""
    sheet = now.get("06")
    for service in rules.SERVICES if sheet else ():
        assert sheet is not None  # for mypy: the loop is empty without a table
        averages = [one for row in sheet.rows if (one := _average(sheet, row, service))]
        if len(averages) < rules.PEERS:
            continue
        usual = median(one.price for one in averages)
        spread = _spread(averages, usual)
        for one in averages:
            if one.times >= rules.TIMES and _outlying(one.price, usual, spread):
                yield _finding(sheet, one, service, usual, len(averages))


def _average(sheet: Sheet, row: Row, service: rules.Service) -> Average | None:
    times, yuan = sheet.number(row, service.times), sheet.number(row, service.yuan)
    if times is None or yuan is None or times <= 0 or yuan <= 0:
        return None
    return Average(row, times, yuan)


def _spread(averages: Sequence[Average], usual: float) -> float:
    """Robust standard deviation of the logarithms."""
    deviation = median(abs(log(one.price / usual)) for one in averages)
    return max(ROBUST * deviation, rules.PRICE_SPREAD)


def _outlying(price: float, usual: float, spread: float) -> bool:
    distance = abs(log(price / usual))
    return distance > log(rules.PRICE_RATIO) and distance > rules.PRICE_DEVIATIONS * spread


def _finding(
    sheet: Sheet, one: Average, service: rules.Service, usual: float, peers: int
) -> Finding:
    place = sheet.place(one.row, service.yuan)
    much = f"{one.price / usual:.1f}倍" if one.price > usual else f"{one.price / usual:.0%}"
    message = (
        f"{one.row.label}{service.yuan}{one.yuan}除以{service.times}{one.times}，"
        f"每次均{one.price:.2f}元，为{peers}家中位数{usual:.2f}元的{much}，请核对次数与金额。"
    )
    also = (sheet.place(one.row, service.times),)
    difference = f"{usual - one.price:+.2f}"
    return Finding(
        place, "price", SUSPECT, f"{one.price:.2f}", f"{usual:.2f}", difference, message, also
    )
