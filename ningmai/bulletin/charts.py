"""What people would rather look at than read: bars of the tables' figures. None where there is
nothing to draw."""

from collections.abc import Sequence

from ningmai.bulletin.figures import CITIES, named, number, platforms, unconnected
from ningmai.bulletin.model import Chart, Number
from producers.bulletin import Bulletin, Row
from schemas.catalogue import catalogue

MOST = 10
"""Bars of a chart: the largest, of more nobody keeps track."""


def cities(bulletin: Bulletin) -> Chart | None:
    """Calls by city."""
    return _chart("各市12320电话量", "人次", bulletin.rows("01b"), (CITIES,))


def bookings(bulletin: Bulletin) -> Chart | None:
    """Bookings of the largest hospitals by channel."""
    channels = tuple(catalogue().lists["channels"].values())
    return _chart(f"预约量前{MOST}家医院（按渠道）", "次", bulletin.rows("02"), channels)


def routes(bulletin: Bulletin) -> Chart | None:
    """Bookings by route."""
    return _chart("各途径预约量", "次", bulletin.rows("03"), ("预约数量",))


def coverage(bulletin: Bulletin) -> Chart | None:
    """Districts that each platform reaches, and those that it does not."""
    bars = []
    for platform, figures in platforms(bulletin).items():
        covered = number(figures.get("telemedicine.districts_covered"))
        without = unconnected(figures.get("unconnected"))
        if covered is not None and without is not None:
            bars.append((catalogue().label("platforms", platform), (covered, len(without))))
    return Chart("各平台覆盖辖区", "个", ("覆盖", "未对接"), tuple(bars)) if bars else None


def reports(bulletin: Bulletin) -> Chart | None:
    """The three who delivered most, of each platform that collects reports."""
    bars = []
    for platform, figures in platforms(bulletin).items():
        short = catalogue().label("platforms", platform).removeprefix("远程")[:2]
        for rank in ("first", "second", "third"):
            if one := named(figures.get(rank)):
                bars.append((f"{short} {one.name}", (one.reports,)))
    return Chart("各平台数据上传量前三", "份", ("上传量",), tuple(bars)) if bars else None


def uploads(bulletin: Bulletin, code: str) -> Chart | None:
    """Rows that the largest organisations uploaded."""
    who = "各区" if code == "04" else f"前{MOST}家医院"
    rows = bulletin.rows(code)
    return _chart(f"{who}数据上传量", "条", rows, ("数据上传量",), MOST if code == "05" else 99)


def kiosks(bulletin: Bulletin) -> Chart | None:
    """What the kiosks were used for, where they were used most."""
    used = ("挂号（次）", "缴费（次）")
    return _chart(f"自助终端使用量前{MOST}家单位", "次", bulletin.rows("06"), used)


def _chart(
    title: str, unit: str, rows: Sequence[Row], columns: Sequence[str], most: int = MOST
) -> Chart | None:
    """The rows with the largest sums of these columns; a figure that isn't known has no length."""
    drawn: list[tuple[str, tuple[Number, ...]]] = [
        (row.label, tuple(number(row.cells.get(column)) or 0 for column in columns)) for row in rows
    ]
    drawn.sort(key=lambda bar: -sum(bar[1]))
    names = tuple(column.partition("（")[0] for column in columns)
    bars = tuple(bar for bar in drawn[:most] if any(bar[1]))
    return Chart(title, unit, names, bars) if bars else None
