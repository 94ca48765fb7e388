"""Rules that a single month, or a mistake at random, doesn't show."""

from pathlib import Path
from random import Random

import pytest
from good_months import GoodMonth, good_month

from ningmai.proof import Finding, findings
from ningmai.proof.reading import read_printed
from ningmai.proof.repeats import striking
from ningmai.proof.sheets import value
from producers.bulletin import Bulletin, Malformed, Month
from producers.register import Institution, Register, register
from tests.bulletin.folders import NOW

JULY, AUGUST = Month(2020, 7), Month(2020, 8)


def tables(month: GoodMonth, folder: Path) -> Bulletin:
    return read_printed(month.write(folder), now=NOW)


@pytest.fixture
def july(tmp_path: Path) -> GoodMonth:
    return good_month(7, JULY)


@pytest.fixture
def august(july: GoodMonth) -> GoodMonth:
    """A month like the one before, whose cumulative figures are right."""
    month = good_month(7, AUGUST)
    _, bookings, uploaded = july.tables["08"]
    booked = int(month.tables["02"][-1][-1])
    month.tables["08"][1][1] = str(int(bookings[1]) + booked)
    more = sum(int(line[3]) for code in ("04", "05") for line in month.tables[code][1:])
    month.tables["08"][2][1] = f"{float(uploaded[1]) + more / 10**8:.1f}"
    return month


def held_against(august: GoodMonth, july: GoodMonth, tmp_path: Path) -> list[Finding]:
    return findings(tables(august, tmp_path / "8"), [tables(july, tmp_path / "7")])


def test_sums_by_which_a_figure_is_out_find_the_cell_where_they_cross(tmp_path: Path) -> None:
    month = good_month(3)
    line = month.tables["02"][4]
    line[3] = str(int(line[3]) + 17)
    (one,) = findings(tables(month, tmp_path))
    assert tuple(one.place) == ("02", line[1], "电话预约")
    assert (one.difference, int(one.printed) - int(one.proved)) == ("-17", 17)
    assert {place.row for place in one.also} == {"合计", line[1], "电话预约"}


def test_two_figures_wrong_are_two_findings(tmp_path: Path) -> None:
    month = good_month(3)
    for at, more in ((3, 17), (5, 400)):
        month.tables["02"][at][5] = str(int(month.tables["02"][at][5]) + more)
    found = findings(tables(month, tmp_path))
    # The column's total is out by both: it is told, and so are the rows.
    assert {one.place.row for one in found} == {
        "合计",
        *(month.tables["02"][at][1] for at in (3, 5)),
    }


def test_a_new_channel_is_part_of_the_subtotal(tmp_path: Path) -> None:
    month = good_month(4)
    header, *lines = month.tables["02"]
    month.tables["02"] = [[*header[:-1], "自助机", header[-1]]]
    for line in lines:
        more = 5 * (len(lines) - 1) if line[1] == "合计" else 5
        month.tables["02"].append([*line[:-1], str(more), str(int(line[-1]) + more)])
    assert findings(tables(month, tmp_path)) == []


def test_a_missing_hospital_shows_in_every_total_and_in_the_numbers(tmp_path: Path) -> None:
    month = good_month(5)
    gone = month.tables["02"].pop(3)
    found = findings(tables(month, tmp_path))
    at_total = {one.place.column: one.difference for one in found if one.place.row == "合计"}
    assert at_total["小计"] == f"-{gone[-1]}"
    assert [one.rule for one in found if one.place.row == month.tables["02"][3][1]] == ["number"]


@pytest.mark.parametrize("table", ["04", "06"])
def test_districts_missing_everywhere_are_missing_unless_all_agree(
    table: str, tmp_path: Path
) -> None:
    month = good_month(6)
    for code in ("04", "06"):
        month.tables[code] = [line for line in month.tables[code] if "高淳区" not in line[:2]]
    found = findings(tables(month, tmp_path))
    assert (table, "高淳区", "") in [tuple(one.place) for one in found]


def test_another_city_has_its_own_districts(tmp_path: Path) -> None:
    known = register()
    others = [one for one in known.institutions if one.kind != "district"]
    twelve = [*known.districts, Institution("D320199", "新设区", kind="district")]
    month = good_month(6)
    del month.tables["06"]
    # Its tables and platforms all come out with twelve: the thirteenth is not theirs.
    assert findings(tables(month, tmp_path), known=Register([*others, *twelve])) == []


def test_an_alias_is_a_name(tmp_path: Path) -> None:
    month = good_month(8)
    month.line("05", "南京梅山医院")[0] = "上海梅山医院"
    assert findings(tables(month, tmp_path)) == []


def test_what_is_cumulative_is_last_month_s_and_this_month_s(
    july: GoodMonth, august: GoodMonth, tmp_path: Path
) -> None:
    august.tables["08"][1][1] = str(int(august.tables["08"][1][1]) + 1)
    (one,) = held_against(august, july, tmp_path)
    assert (one.rule, one.place.table, one.difference) == ("cumulative", "08", "-1")


def test_a_rounded_figure_may_be_off_by_its_rounding(
    july: GoodMonth, august: GoodMonth, tmp_path: Path
) -> None:
    assert held_against(august, july, tmp_path) == []
    line = august.tables["08"][2]
    line[1] = f"{float(line[1]) + 0.3:.1f}"
    (one,) = held_against(august, july, tmp_path / "again")
    assert (one.rule, one.place.row) == ("cumulative", line[0])


def test_a_month_that_is_not_the_one_before_proves_nothing_cumulative(
    july: GoodMonth, tmp_path: Path
) -> None:
    september = good_month(7, Month(2020, 9))
    assert held_against(september, july, tmp_path) == []


def test_who_had_uploads_last_month_is_missed(
    july: GoodMonth, august: GoodMonth, tmp_path: Path
) -> None:
    last = august.tables["05"].pop()
    found = held_against(august, july, tmp_path)
    assert ("missing", "05", last[0]) in [(one.rule, *one.place[:2]) for one in found]


def test_zero_where_it_never_was(july: GoodMonth, august: GoodMonth, tmp_path: Path) -> None:
    row = next(
        at for at, line in enumerate(august.tables["02"]) if at and 10 < int(line[5]) < 10**6
    )
    line, total = august.tables["02"][row], august.tables["02"][-1]
    total[5], total[6] = (str(int(total[at]) - int(line[5])) for at in (5, 6))
    line[6] = str(int(line[6]) - int(line[5]))
    line[5] = "0"
    found = [one for one in held_against(august, july, tmp_path) if one.rule == "zero"]
    assert [tuple(one.place) for one in found] == [("02", line[1], "第三方")]
    assert findings(tables(august, tmp_path / "alone")) == []


def test_tables_declared_and_nothing_uploaded(tmp_path: Path) -> None:
    month = good_month(9)
    month.tables["04"][-1][2:7] = ["0"] * 5
    (one,) = findings(tables(month, tmp_path))
    assert (one.rule, one.place.row) == ("idle", month.tables["04"][-1][0])


def test_zero_days_beside_rows_contradict_each_other(tmp_path: Path) -> None:
    month = good_month(9)
    month.tables["05"][2][4] = "0"
    (one,) = findings(tables(month, tmp_path))
    assert (one.rule, one.place.column) == ("together", "数据上传天数")


def test_more_idle_devices_than_devices(tmp_path: Path) -> None:
    month = good_month(10)
    header, *lines, total = month.tables["06"]
    idle = ["0"] * len(lines)
    idle[4] = str(int(lines[4][2]) + 2)
    sums = str(sum(map(int, idle)))
    month.tables["06"] = [
        [*header, "闲置台数"],
        *([*line, one] for line, one in zip(lines, idle, strict=True)),
        [*total, sums],
    ]
    (one,) = findings(tables(month, tmp_path))
    assert (one.rule, *one.place[1:]) == ("limit", lines[4][1], "闲置台数")


@pytest.mark.parametrize(
    ("number", "column", "told"),
    [
        ("999", ["999"] * 2, False),
        ("1023", ["1023"] * 2, True),
        ("12000", ["12000"] * 2, False),
        ("12340", ["12340"] * 2, True),
        ("2001", ["2001", "2001", *map(str, range(1500, 3000, 50))], False),
        ("200113", ["200113", "200113", *map(str, range(150000, 300000, 5000))], True),
    ],
)
def test_a_figure_repeats_by_chance_if_it_is_small_rounded_or_one_of_a_crowd(
    number: str, column: list[str], told: bool
) -> None:
    figures = [found for one in column if (found := value(one)) is not None]
    wanted = value(number)
    assert wanted is not None
    assert striking(wanted, figures) == told


def test_an_average_of_few_is_no_outlier(tmp_path: Path) -> None:
    month = good_month(11)
    line, total = month.tables["06"][-2], month.tables["06"][-1]
    paid, fen = int(line[5]), round(float(line[6]) * 100)
    line[5:7] = ["9", "90000.00"]
    total[5] = str(int(total[5]) - paid + 9)
    total[6] = f"{(round(float(total[6]) * 100) - fen + 9_000_000) / 100:.2f}"
    assert findings(tables(month, tmp_path)) == []


def test_the_order_of_files_rows_or_columns_in_memory_changes_nothing(tmp_path: Path) -> None:
    month = good_month(12)
    month.tables["02"][-1][3] = "1"
    once = findings(tables(month, tmp_path / "1"))
    names = list(month.tables)
    Random(1).shuffle(names)
    month.tables = {name: month.tables[name] for name in names}
    assert findings(tables(month, tmp_path / "2")) == once


def test_a_remark_is_no_part_of_the_subtotal(tmp_path: Path) -> None:
    month = good_month(4)
    month.tables["02"] = [
        [*line, "停诊" if at == 2 else ""] for at, line in enumerate(month.tables["02"])
    ]
    month.tables["02"][0][-1] = "备注"
    assert findings(tables(month, tmp_path)) == []
    month.tables["02"][3][3] = "7777777"
    assert {one.place.column for one in findings(tables(month, tmp_path))} == {"电话预约"}


def test_without_labels_nobody_can_tell_the_rows(tmp_path: Path) -> None:
    month = good_month(4)
    for code, at in (("04", 0), ("02", 1)):
        month.tables[code] = [line[:at] + line[at + 1 :] for line in month.tables[code]]
    found = findings(tables(month, tmp_path))
    assert [tuple(one.place) for one in found] == [("02", "", "单位"), ("04", "", "接入单位")]


@pytest.mark.parametrize(("more", "printed"), [(["5"], "{},5"), ([], "")])
def test_a_row_of_another_length_is_found_at_its_last_cell(
    more: list[str], printed: str, tmp_path: Path
) -> None:
    month = good_month(4)
    line = month.tables["05"][4]
    last = line[-1]
    line[-1:] = [last, *more] if more else []
    (one,) = findings(tables(month, tmp_path))
    assert (one.rule, *one.place[1:]) == ("cell", line[0], "出院信息上传人次")
    assert one.printed == printed.format(last)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("03_2020年9月分途径预约情况统计.csv", "序号,名称\n1,甲".encode("gb18030")),
        ("03_分途径预约情况统计.csv", "序号,名称,预约数量\n".encode()),
        ("别的表_2020年9月.csv", "名称\n".encode()),
    ],
)
def test_a_folder_that_is_no_bulletin_is_refused(name: str, content: bytes, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(Malformed):
        read_printed(tmp_path)
