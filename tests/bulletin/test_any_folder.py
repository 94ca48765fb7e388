"""Any plausible folder comes out of its plan as it is printed."""

import tempfile
from pathlib import Path
from typing import Any

from figures import cells
from folders import NOW, SEPTEMBER, Lines, file_of, lines_of, write
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from producers.bulletin import Month, read
from producers.bulletin.plan import plan
from producers.register import register
from schemas.catalogue import catalogue

NAMES = [one.name for one in register().institutions if one.kind == "hospital"]
STRANGERS = ["某某医院", "马鞍山市人民医院", "甲乙（丙）院区"]
DISTRICTS = [one.name for one in register().districts]
HEADERS = {
    code: lines_of(file_of(SEPTEMBER, code))[0]
    for code in ("01a", "01b", "02", "03", "04", "05", "06", "07", "08")
}
few = st.integers(0, 40).map(str)
many = st.integers(0, 10**9).map(str)


def some(of: list[str], least: int = 0) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(of), unique=True, min_size=least, max_size=6)


@st.composite
def uploads(draw: st.DrawFn, month: Month, required: int) -> list[str]:
    days = draw(st.integers(1, month.days))
    tables = draw(st.integers(2, 9))
    declared = draw(st.one_of(st.just("未反馈"), few))
    figures = [str(tables), draw(many), str(days), draw(many), draw(few)]
    return [f"{declared}/{required}", *figures]


@st.composite
def services(draw: st.DrawFn) -> list[str]:
    count = draw(st.integers(0, 30))
    fen = draw(st.integers(0, 10**7)) if count else 0
    return [str(count), f"{fen // 100}.{fen % 100:02d}"]


@st.composite
def platform(draw: st.DrawFn, code: str, there: list[str]) -> Lines:
    three = sorted(draw(st.lists(st.integers(1, 50), min_size=3, max_size=3, unique=True)))[::-1]
    names = draw(st.permutations([*NAMES[:4], STRANGERS[0], "江宁区"]))[:3]
    reports = sum(three) + draw(st.integers(0, 50))
    no = draw(some(there))
    values: dict[str, Any] = {
        "unconnected": "、".join(no) or "无",
        "report": str(reports),
        **{
            rank: f"{name}{count}份"
            for rank, name, count in zip(("first", "second", "third"), names, three, strict=True)
        },
    }
    label = catalogue().label("platforms", code)
    return [
        [label, text, values.get(what) or draw(many if what != "consultation" else few)]
        for what, text in catalogue().lists[f"indicators.{code}"].items()
        if what not in ("specimen",)
    ]


@st.composite
def months(draw: st.DrawFn) -> tuple[Month, dict[str, Lines]]:
    month = Month(draw(st.integers(2001, 2025)), draw(st.integers(1, 12)))
    there = draw(some(DISTRICTS, 1))
    hospitals = some(NAMES + STRANGERS)
    calls = {
        label: draw(few)
        for label in draw(some([*catalogue().lists["categories"].values(), "新类别"]))
    }
    home = sum(map(int, calls.values())) + draw(st.integers(0, 20))
    cities = draw(some(["苏州", "无锡", "上海"]))
    tables: dict[str, Lines] = {
        "01a": [
            ["共受理咨询电话", draw(few), "个"],
            *([label, count, "个"] for label, count in calls.items()),
            ["省12345工单", draw(few), "件"],
        ],
        "01b": [["南京", str(home)], *([city, draw(few)] for city in cities)],
        "02": [
            [str(n), name, *draw(st.lists(few, min_size=5, max_size=5))]
            for n, name in enumerate(draw(hospitals))
        ],
        "03": [
            [str(n), name, draw(few)] for n, name in enumerate(draw(some(["就医160", "新途径"])))
        ],
        "04": [
            [name, *draw(uploads(month, 129)), *draw(st.lists(many, min_size=3, max_size=3))]
            for name in there
        ],
        "05": [[name, *draw(uploads(month, 83))] for name in draw(hospitals)],
        "06": [
            *(
                ["医疗单位", name, draw(few), *draw(services()), *draw(services())]
                for name in draw(hospitals)
            ),
            *(["各区", name, draw(few), *draw(services()), *draw(services())] for name in there),
        ],
        "07": [line for code in ("ecg", "imaging") for line in draw(platform(code, there))],
        "08": [
            [f"截止{month.number}月底总预约挂号量", draw(many), "次"],
            [
                f"截止{month.number}月底区及医院累计校验入库数据",
                draw(st.sampled_from(["0", "7", "71.0", "71.25"])),
                "亿条",
            ],
        ],
    }
    kept = draw(st.sets(st.sampled_from(sorted(tables)), min_size=1))
    return month, {code: [HEADERS[code], *tables[code]] for code in sorted(kept)}


@given(months())
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
def test_a_plausible_folder_comes_out_as_it_is_printed(
    folder: tuple[Month, dict[str, Lines]],
) -> None:
    month, tables = folder
    with tempfile.TemporaryDirectory() as name:
        for code, lines in tables.items():
            title = file_of(SEPTEMBER, code).name
            if "2020年" not in title:
                title = title.replace("9月", "2020年9月")
            title = title.replace("2020年9月", f"{month.year}年{month.number}月")
            write(Path(name) / title, lines)
        bulletin = read(name, now=NOW)
    planned = plan(bulletin)
    found = list(cells(planned, tables))
    assert [key for key, _, _ in found] == [(c.table, c.row, c.column) for c in bulletin.cells()]
    wrong = {key: (printed, made) for key, printed, made in found if _same(printed) != _same(made)}
    # A home city that 01b doesn't print can't be at odds with 01a, and is told as a reason.
    assert wrong == {}
    assert planned.reasons == {}


def _same(text: str) -> str:
    """An empty list of districts is printed 无."""
    return "" if text == "无" else text
