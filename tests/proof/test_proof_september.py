"""What the rules find in the printed tables of September 2020."""

from dataclasses import replace

import pytest

from ningmai.proof import SUSPECT, WRONG, Finding, findings
from ningmai.proof.reading import read_printed
from producers.bulletin import Bulletin, read


@pytest.fixture(scope="module")
def september() -> Bulletin:
    return read_printed("2020-09")


@pytest.fixture(scope="module")
def found(september: Bulletin) -> list[Finding]:
    return findings(september)


def places(found: list[Finding], *rules: str) -> list[tuple[str, str, str]]:
    return [tuple(one.place) for one in found if one.rule in rules]


def test_totals_that_are_not_the_sum_of_their_rows(found: list[Finding]) -> None:
    wrong = [
        (*one.place[:2], one.printed, one.proved, one.difference)
        for one in found
        if one.rule == "total"
    ]
    assert wrong == [
        ("01b", "全省12320共接听", "127073", "127074", "+1"),
        ("02", "合计", "101498", "91621", "-9877"),
        ("02", "合计", "75225", "45930", "-29295"),
        ("02", "合计", "171338", "150372", "-20966"),
        ("02", "合计", "85664", "80828", "-4836"),
        ("02", "合计", "433725", "368751", "-64974"),
        ("06", "合计", "274222456.80", "274222456.75", "-0.05"),
    ]


def test_the_laboratory_s_districts_are_one_short(found: list[Finding]) -> None:
    (one,) = (one for one in found if one.rule == "coverage")
    assert (*one.place, one.printed, one.proved) == (
        *("07", "远程临检诊断平台", "覆盖区（个）"),
        *("8", "9"),
    )


def test_a_figure_of_two_institutions(found: list[Finding]) -> None:
    (one,) = (one for one in found if one.rule == "repeat")
    assert one.printed == "153233"
    assert [(place.table, place.row) for place in (one.place, *one.also)] == [
        ("05", "东南大学附属中大医院"),
        ("04", "雨花台区"),
    ]


def test_zero_discharges_of_three_institutions(found: list[Finding]) -> None:
    assert [row for _, row, _ in places(found, "zero")] == [
        *("建邺区", "南京市第一医院", "南京脑科医院")
    ]


def test_ten_hospitals_with_133_idle_kiosks(found: list[Finding]) -> None:
    idle = [one for one in found if one.rule == "idle"]
    assert len(idle) == 10
    assert sum(int(one.printed) for one in idle) == 133
    assert all("共10家、133台" in one.message for one in idle)


def test_four_outlying_averages(found: list[Finding]) -> None:
    outlying = [(*one.place[1:], one.printed) for one in found if one.rule == "price"]
    assert outlying == [
        ("南京市妇幼保健院", "缴费金额（元）", "2452.63"),
        ("江苏省肿瘤医院", "缴费金额（元）", "1143.67"),
        ("南京市口腔医院", "挂号金额（元）", "240.26"),
        ("建邺区", "挂号金额（元）", "2.72"),
    ]


def test_nothing_else_is_found(found: list[Finding]) -> None:
    known = {"total", "coverage", "repeat", "zero", "idle", "price"}
    assert {one.rule for one in found} == known
    assert len(found) == 26


def test_contradictions_are_wrong_and_the_rest_is_to_be_asked(found: list[Finding]) -> None:
    assert {one.rule for one in found if one.severity == WRONG} == {"total", "coverage"}
    assert all(one.severity == SUSPECT for one in found if one.rule not in ("total", "coverage"))


def test_findings_come_in_the_order_of_print(found: list[Finding]) -> None:
    tables = [one.place.table for one in found]
    assert tables == sorted(tables)


def test_every_finding_says_its_place_in_chinese(found: list[Finding]) -> None:
    for one in found:
        assert one.place.row in one.message
        assert one.message.endswith("。")


def test_tables_as_the_strict_reader_reads_them_have_the_same_findings(
    found: list[Finding],
) -> None:
    assert findings(read("2020-09")) == found


def test_a_table_that_is_absent_is_not_proved(september: Bulletin) -> None:
    alone = replace(september, tables={"01a": september.tables["01a"]})
    assert findings(alone) == []


def test_a_mistake_beside_a_stale_total_is_still_found_where_it_is(september: Bulletin) -> None:
    booking = september.tables["02"]
    row = booking.rows[20]
    changed = replace(row, cells={**row.cells, "电话预约": str(int(row.cells["电话预约"]) + 405)})
    rows = (*booking.rows[:20], changed, *booking.rows[21:])
    tables = {**september.tables, "02": replace(booking, rows=rows)}
    found = findings(replace(september, tables=tables))
    (one,) = (one for one in found if one.place.table == "02" and one.place.row == row.label)
    assert (one.place.column, one.difference) == ("电话预约", "-405")
    assert not [one for one in found if one.place.table == "01a"]
