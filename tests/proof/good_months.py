"""Months without a mistake, of any size: what a bulletin prints when all is well.

Figures are drawn as a city's are: hospitals from tiny to huge, prices and shares that differ by
what is usual between hospitals. No large figure stands twice.
"""

from dataclasses import dataclass
from pathlib import Path
from random import Random

from producers.bulletin import Month
from producers.register import register
from schemas.catalogue import catalogue
from tests.bulletin.folders import SEPTEMBER, Lines, file_of, lines_of, write

HOSPITALS = [one.name for one in register().institutions if one.kind == "hospital"]
DISTRICTS = [one.name for one in register().districts]
HEADERS = {
    code: lines_of(file_of(SEPTEMBER, code))[0]
    for code in ("01a", "01b", "02", "03", "04", "05", "06", "07", "08")
}


@dataclass
class GoodMonth:
    """Tables of a month: their lines by code, the header first."""

    month: Month
    tables: dict[str, Lines]

    def write(self, folder: Path) -> Path:
        for code, lines in self.tables.items():
            title = file_of(SEPTEMBER, code).name.replace("2020年9月", "9月")
            title = title.replace("9月", f"{self.month.year}年{self.month.number}月")
            write(folder / title, lines)
        return folder

    def line(self, code: str, label: str) -> list[str]:
        (found,) = (line for line in self.tables[code] if label in line[:2])
        return found

    def at(self, code: str, column: str) -> int:
        return self.tables[code][0].index(column)


def good_month(seed: int, of: Month | None = None) -> GoodMonth:
    chance = Random(seed)
    month = of or Month(chance.randint(2001, 2025), chance.randint(1, 12))
    drawn = _Drawn(chance, month)
    booking = drawn.bookings()
    phone = sum(int(line[3]) for line in booking[1:-1])
    tables = {
        **drawn.calls(phone),
        "02": booking,
        "03": drawn.routes(),
        "04": drawn.uploads("04", DISTRICTS, 129),
        "05": drawn.uploads("05", drawn.some(HOSPITALS, 8), 83),
        "06": drawn.kiosks(),
        "07": drawn.telemedicine(),
        "08": [
            HEADERS["08"],
            [f"截止{month.number}月底总预约挂号量", str(drawn.size(10**7, 10**8)), "次"],
            [f"截止{month.number}月底区及医院累计校验入库数据", "83.6", "亿条"],
        ],
    }
    return GoodMonth(month, tables)


class _Drawn:
    def __init__(self, chance: Random, month: Month) -> None:
        self.chance = chance
        self.month = month
        self.taken: set[int] = set()

    def some(self, of: list[str], least: int) -> list[str]:
        return self.chance.sample(of, self.chance.randint(least, len(of)))

    def once(self, number: float) -> int:
        """The number, or the next that no other figure is."""
        found = int(number)
        while found >= 1000 and found in self.taken:
            found += 1
        self.taken.add(found)
        return found

    def size(self, least: float, most: float) -> int:
        return self.once(least * (most / least) ** self.chance.random())

    def part(self, whole: int, least: float, most: float) -> int:
        return self.once(whole * self.chance.uniform(least, most))

    def calls(self, phone: int) -> dict[str, Lines]:
        labels = catalogue().lists["categories"]
        counts = {
            label: phone if code == "booking" else self.size(20, 50_000)
            for code, label in labels.items()
        }
        home = sum(counts.values())
        cities = [["苏州"], ["无锡"], ["南通"], ["扬州"], ["淮安"], ["镇江"]]
        others = sorted((self.size(10, home + 10) for _ in cities), reverse=True)
        lines = [["南京", home], *([*city, n] for city, n in zip(cities, others, strict=True))]
        lines.sort(key=lambda line: -line[1])
        orders = [
            [label, str(self.size(10, 5000)), "件"] for label in catalogue().lists["lines"].values()
        ]
        return {
            "01a": [
                HEADERS["01a"],
                ["共受理咨询电话", str(home), "个"],
                *([label, str(count), "个"] for label, count in counts.items()),
                *orders,
            ],
            "01b": [
                HEADERS["01b"],
                ["全省12320共接听", str(sum(line[1] for line in lines))],
                *([city, str(n)] for city, n in lines),
            ],
        }

    def bookings(self) -> Lines:
        rows = []
        for name in self.some(HOSPITALS, 8):
            online = self.size(1, 60_000)
            phone = self.size(1, online + 1) if self.chance.random() < 0.6 else 0
            clinic = self.size(1, 2 * online + 1) if self.chance.random() < 0.1 else 0
            third = self.part(online, 0.01, 1)
            rows.append([name, online, phone, clinic, third, online + phone + clinic + third])
        rows.sort(key=lambda row: -row[-1])
        total = ["", "合计", *(str(sum(row[at] for row in rows)) for at in range(1, 6))]
        lines = [[str(n), *map(str, row)] for n, row in enumerate(rows, 1)]
        return [HEADERS["02"], *lines, total]

    def routes(self) -> Lines:
        rows = [[name, self.size(3, 80_000)] for name in catalogue().lists["routes"].values()]
        rows.sort(key=lambda row: -row[-1])
        lines = [[str(n), name, str(count)] for n, (name, count) in enumerate(rows, 1)]
        return [HEADERS["03"], *lines, ["", "合计", str(sum(count for _, count in rows))]]

    def uploads(self, code: str, names: list[str], required: int) -> Lines:
        rows = []
        for name in names:
            volume = self.size(20_000, 20_000_000)
            visits = self.part(volume, 0.01, 0.15)
            discharges = self.part(visits, 0.005, 0.2)
            promised = self.chance.randint(3, required)
            tables = self.chance.randint(2, promised)
            said = promised if code == "04" or self.chance.random() < 0.7 else "未反馈"
            days = self.chance.randint(20, self.month.days)
            row = [name, f"{said}/{required}", tables, volume, days, visits, discharges]
            if code == "04":
                basic = self.size(300_000, 1_000_000)
                row += [basic, self.part(basic, 0.04, 0.2), self.part(basic, 0.005, 0.05)]
            rows.append(row)
        rows.sort(key=lambda row: -row[3])
        return [HEADERS[code], *(list(map(str, row)) for row in rows)]

    def kiosks(self) -> Lines:
        lines: Lines = []
        sums = [0, 0, 0, 0, 0]
        for group, names in (("医疗单位", self.some(HOSPITALS, 8)), ("各区", DISTRICTS)):
            devices = sorted((self.size(1, 200) for _ in names), reverse=True)
            for name, device in zip(names, devices, strict=True):
                registered = self.size(device * 20, device * 900)
                paid = self.part(registered, 0.3, 1.8)
                fen = [
                    self.once(registered * 1600 * self.chance.uniform(0.6, 1.8)),
                    self.once(paid * 24_000 * self.chance.uniform(0.5, 1.8)),
                ]
                figures = [device, registered, fen[0], paid, fen[1]]
                sums = [all_ + one for all_, one in zip(sums, figures, strict=True)]
                lines.append([group, name, *_kiosk(figures)])
        return [HEADERS["06"], *lines, ["", "合计", *_kiosk(sums)]]

    def telemedicine(self) -> Lines:
        lines: Lines = []
        for code, platform in catalogue().lists["platforms"].items():
            no = self.chance.sample(DISTRICTS, self.chance.randint(0, 4))
            kinds = [self.chance.randint(1, 40) for _ in range(5)]
            named = self.chance.sample([*HOSPITALS, *set(DISTRICTS) - set(no)], 3)
            three = sorted((self.size(1000, 150_000) for _ in named), reverse=True)
            ranks = [f"{name}{n}份" for name, n in zip(named, three, strict=True)]
            values = {
                "telemedicine.connected": str(sum(kinds)),
                "telemedicine.districts_covered": str(12 - len(no)),
                "unconnected": "、".join(no) or "无",
                "report": str(sum(three) + self.size(10, 10**6)),
                **dict(zip(("first", "second", "third"), ranks, strict=True)),
            }
            if code == "consultation":
                of_kinds = [
                    f"telemedicine.{kind}"
                    for kind in (
                        *("secondary_hospitals", "community_centres"),
                        *("metropolitan_institutions", "aided_institutions", "other_institutions"),
                    )
                ]
                values |= dict(zip(of_kinds, map(str, kinds), strict=True))
            lines += [
                [platform, label, values.get(what) or str(self.chance.randint(1, 50))]
                for what, label in catalogue().lists[f"indicators.{code}"].items()
            ]
        return [HEADERS["07"], *lines]


def _kiosk(figures: list[int]) -> list[str]:
    devices, registered, fen, paid, more = figures
    return [str(devices), str(registered), _yuan(fen), str(paid), _yuan(more)]


def _yuan(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02d}"
