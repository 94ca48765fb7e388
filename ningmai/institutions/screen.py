"""The register, a history and a month's deliveries, for people and for programs."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from ningmai.institutions.book import EVER, Book, Entry, Resolved
from ningmai.institutions.reading import Duty
from schemas.catalogue import catalogue

KINDS = {"hospital": "医院", "district": "区", "other": "其他"}
STATES = {
    "未反馈": "magenta",
    "逾期": "red",
    "未对接": "yellow",
    "未到期": "dim",
    "已上传": "green",
}
WHAT_TO_DO = (
    "Provisional (待核): nobody of the register has the name, and nothing is guessed. If somebody "
    "is printed so: `ningmai institutions alias CODE NAME`; if it is new: `… add NAME`."
)
NOBODY = Duty()


@dataclass(frozen=True, slots=True)
class Line:
    """One institution as of a day, with what it must deliver."""

    entry: Entry
    until: date | None
    """First day on which the entry is no longer true; None: it is the last."""
    standing: str
    duty: Duty
    near: tuple[tuple[str, str], ...] = ()
    """Of a provisional one: code and name of those that its name looks like."""

    def as_json(self) -> dict[str, Any]:
        """For programs: dates are ISO, null is unknown, ``connections`` by platform."""
        entry = asdict(self.entry)
        del entry["labels"]
        into = self.standing if self.standing != self.entry.code else None
        last = self.until - timedelta(1) if self.until else None
        near = [{"code": code, "name": name} for code, name in self.near]
        return {**entry, "merged_into": into, "valid_to": last, **asdict(self.duty), "near": near}


def lines(book: Book, duties: Mapping[str, Duty], day: date) -> list[Line]:
    """Everybody who is in the register on a day, those merged into another among them."""
    found = []
    for code in book.codes:
        if entry := book.on(code, day):
            duty, standing = duties.get(code, NOBODY), book.standing(code, day)
            asked = entry.provisional and standing == code
            near = book.near(entry.name, day) if asked else ()
            found.append(Line(entry, book.until(entry), standing, duty, near))
    return found


def show_list(found: Sequence[Line], console: Console) -> None:
    """A table, and what to do about provisional ones."""
    table = _table(
        "代码", "名称", "别名", "类别", "区", "有效期", "状态", "申明/规定", "远程医疗对接"
    )
    for one in found:
        table.add_row(
            one.entry.code,
            one.entry.name,
            "、".join(one.entry.aliases),
            KINDS[one.entry.kind],
            _district(one.entry.district),
            _validity(one.entry.valid_from, one.until),
            _state(one),
            _duty(one.duty),
            _connections(one.duty),
        )
    console.print(table)
    console.print(f"{len(found)} institutions.")
    for one in found:
        for code, name in one.near:
            console.print(
                f"  {one.entry.code} {one.entry.name} is near {code} {name}", markup=False
            )
    if any(one.entry.provisional and one.standing == one.entry.code for one in found):
        console.print(WHAT_TO_DO, markup=False)


def show_history(rows: Sequence[Mapping[str, Any]], console: Console) -> None:
    """Entries as they were published, the oldest first."""
    table = _table("登记时间", "来源", "自", "名称", "别名", "类别", "区", "说明")
    for row in rows:
        told = row["told_at"]
        said = [
            "撤回" if row["sign"] == -1 else "",
            "待核" if row["provisional"] else "",
            f"{row['campus_of']}的院区" if row["campus_of"] else "",
            f"并入{row['merged_into']}" if row["merged_into"] else "",
            f"月报{row['rows_printed']}行" if row["rows_printed"] else "",
        ]
        table.add_row(
            f"{told:%Y-%m-%d %H:%M}",
            row["source"],
            _from(row["valid_from"]),
            row["name"],
            "、".join(row["aliases"]),
            KINDS[row["kind"]],
            _district(row["district"]),
            "，".join(filter(None, said)),
        )
    console.print(table)


def show_resolved(found: Resolved, console: Console) -> None:
    """Whom a name means, or whom it might."""
    if found.entry:
        note = "（待核：登记中没有此名称）" if found.entry.provisional else ""
        console.print(f"{found.name} → {found.entry.code} {found.entry.name}{note}", markup=False)
        if found.entry.provisional:
            console.print(WHAT_TO_DO, markup=False)
        return
    said = "means several" if found.ambiguous else "is nobody's name"
    console.print(f"{found.name} {said}; nothing is guessed.", markup=False)
    for code, name in found.near:
        console.print(f"  {'could be' if found.ambiguous else 'near'}: {code} {name}", markup=False)


def show_due(rows: Sequence[Mapping[str, Any]], console: Console) -> None:
    """A month's deliveries, then the lists of who is behind."""
    table = _table(
        "代码",
        "单位",
        "类别",
        "申明/规定",
        "已上传表",
        "天数",
        "应传",
        "逾期",
        "最近业务日期",
        "状态",
    )
    for row in rows:
        table.add_row(
            row["code"],
            row["name"],
            KINDS[row["kind"]],
            _declared(row["declared"], row["required"]),
            str(row["tables"]),
            str(row["days"]),
            str(row["due_days"]),
            str(len(row["overdue"])) if row["overdue"] else "",
            f"{row['last_day']:%m-%d}" if row["last_day"] else "—",
            Text(row["state"], style=STATES[row["state"]]),
        )
    console.print(table)
    for title, names in lists(rows).items():
        console.print(f"{title}（{len(names)}）：{'、'.join(names) or '无'}", markup=False)


def lists(rows: Sequence[Mapping[str, Any]]) -> dict[str, list[str]]:
    """Names by what is amiss: 未反馈, 逾期, and 未对接 of each platform."""
    found = {
        "未反馈": [row["name"] for row in rows if row["unanswered"]],
        "逾期": [row["name"] for row in rows if row["overdue"]],
    }
    for platform, label in catalogue().lists["platforms"].items():
        if any(platform in (*row["connected"], *row["unconnected"]) for row in rows):
            apart = [row for row in rows if platform in row["unconnected"]]
            found[f"{label}未对接"] = [row["name"] for row in sorted(apart, key=_code)]
    return found


def _code(row: Mapping[str, Any]) -> str:
    return str(row["code"])


def _table(*columns: str) -> Table:
    table = Table()
    for column in columns:
        table.add_column(column, overflow="fold")
    return table


def _from(day: date) -> str:
    return "始终" if day == EVER else f"{day}"


def _validity(since: date, until: date | None) -> str:
    return f"{_from(since)} 起" if until is None else f"{_from(since)} 至 {until - timedelta(1)}"


def _district(code: str | None) -> str:
    return catalogue().lists["districts"].get(code, code) if code else ""


def _state(one: Line) -> str:
    if one.standing != one.entry.code:
        return f"并入 {one.standing}"
    if one.entry.provisional:
        return "待核"
    return f"{one.entry.campus_of} 的院区" if one.entry.campus_of else ""


def _duty(duty: Duty) -> str:
    return "" if duty.required is None else _declared(duty.declared, duty.required)


def _declared(declared: int | None, required: int | None) -> str:
    return "—" if required is None else f"{'未反馈' if declared is None else declared}/{required}"


def _connections(duty: Duty) -> str:
    platforms = catalogue().lists["platforms"]
    said = {True: "已对接", False: "未对接", None: "未反馈"}
    return "，".join(
        f"{platforms.get(platform, platform)}{said[on]}"
        for platform, on in duty.connections.items()
        if not on
    )
