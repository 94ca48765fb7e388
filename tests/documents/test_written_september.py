"""September 2020 as written against September 2020 as printed: cell by cell, sentence by sentence.

What differs is exactly what proof finds to contradict its own rows.
"""

from decimal import Decimal
from pathlib import Path

import pytest

from ningmai.bulletin import Facts, compose, read_facts
from ningmai.bulletin.model import Table
from producers.bulletin import Month
from tests.bulletin.folders import SEPTEMBER, file_of, lines_of
from tests.conftest import City
from tests.documents.months import said, september, tables

PRINTED = (Path(__file__).parent / "printed_2020_09.txt").read_text("utf-8").splitlines()
CODES = ("02", "03", "04", "05", "06")


def printed_cells(code: str) -> list[list[str]]:
    """Rows of a printed table, its header apart, as they stand on paper."""
    lines = lines_of(file_of(SEPTEMBER, code))[1:]
    if code == "03":
        *rows, total = lines
        half = len(rows) // 2
        pairs = [left + right for left, right in zip(rows[:half], rows[half:], strict=True)]
        return [*pairs, ["合计：" + total[-1]]]
    if code == "06":
        seen: set[str] = set()
        return [
            line[1:] if line[0] in seen or not line[0] else seen.add(line[0]) or line
            for line in lines
        ]
    return [line[1:] if line[0] == "" else line for line in lines]


def written(facts: Facts) -> dict[str, Table]:
    _, *found = tables(compose(facts))
    return dict(zip(CODES, found, strict=False))


def texts(table: Table) -> list[list[str]]:
    return [[cell.text for cell in row] for row in (*table.rows, *table.totals)]


@pytest.mark.parametrize("code", CODES)
def test_every_cell_is_the_printed_one_but_for_totals_that_contradict_their_rows(code: str) -> None:
    facts = september()
    wrong = {
        (one.place.row, one.printed): one.proved
        for one in facts.findings
        if one.place.table == code and one.rule == "total"
    }
    found = texts(written(facts)[code])
    expected = printed_cells(code)
    for cells in expected:
        if cells[0] == "合计":
            cells[1:] = [wrong.pop(("合计", cell), cell) for cell in cells[1:]]
    assert found == expected
    assert not wrong


def test_only_five_booking_totals_and_one_amount_are_not_as_printed() -> None:
    facts = september()
    differing = []
    for code in CODES:
        for ours, theirs in zip(texts(written(facts)[code]), printed_cells(code), strict=True):
            pairs = zip(ours, theirs, strict=True)
            differing += [(code, one, other) for one, other in pairs if one != other]
    assert len(differing) == 6
    assert differing[-1] == ("06", "274222456.75", "274222456.80")


@pytest.mark.parametrize("code", CODES)
def test_headers_are_the_printed_ones(code: str) -> None:
    heads = [cell.text for row in written(september())[code].header for cell in row]
    printed = lines_of(file_of(SEPTEMBER, code))[0]
    if code == "03":
        printed = printed * 2
    if code == "04":
        *plain, _, _, _ = printed
        printed = [*plain, "健康档案累计上传总量", "基本信息", "高血压", "糖尿病"]
    assert heads == printed


def test_every_sentence_is_the_printed_one_but_for_the_province_s_total_in_their_order() -> None:
    found = [text for text in said(compose(september())) if text in PRINTED or "127074" in text]
    assert found == [text.replace("127073", "127074") for text in PRINTED]


def test_figures_are_numbers_with_their_decimals() -> None:
    total = written(september())["06"].totals[0][-1]
    assert (total.number, total.pattern) == (Decimal("274222456.75"), "0.00")


@pytest.mark.engine
def test_the_live_september_is_written_as_the_printed_one(city: City) -> None:
    live = read_facts(city.client, Month(2020, 9))
    printed = september()
    assert compose(live).sections[1:-1] == compose(printed).sections[1:-1]
    assert live.last_month is live.last_year is None
    assert live.as_of is not None


@pytest.mark.engine
def test_a_month_nobody_knows_is_written_and_says_so(city: City) -> None:
    document = compose(read_facts(city.client, Month(2019, 1)))
    assert "2019年1月没有任何数据。" in said(document)
    assert said(document).count("本月没有数据。") == 7
