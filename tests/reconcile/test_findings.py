from dataclasses import replace

import pytest

from ningmai.reconcile.findings import findings
from producers.bulletin import Bulletin, read


@pytest.fixture(scope="module")
def september() -> Bulletin:
    return read("2020-09")


def test_september_2020_has_exactly_the_eight_known_findings(september: Bulletin) -> None:
    found = [
        (one.table, one.row, one.column, one.printed, one.computed) for one in findings(september)
    ]
    assert found == [
        ("01b", "全省12320共接听", "电话量（人次）", "127073", "127074"),
        ("02", "合计", "12320在线预约", "101498", "91621"),
        ("02", "合计", "电话预约", "75225", "45930"),
        ("02", "合计", "诊间预约", "171338", "150372"),
        ("02", "合计", "第三方", "85664", "80828"),
        ("02", "合计", "小计", "433725", "368751"),
        ("06", "合计", "缴费金额（元）", "274222456.80", "274222456.75"),
        ("07", "远程临检诊断平台", "覆盖区（个）", "8", "9"),
    ]


def test_every_finding_says_why(september: Bulletin) -> None:
    reasons = {(one.table, one.column): one.reason for one in findings(september)}
    assert reasons["02", "小计"] == "sum of the 39 printed rows"
    assert reasons["07", "覆盖区（个）"] == "8 covered and 3 unconnected of 12 districts"


def test_a_subtotal_that_is_not_its_rows_sum_is_a_finding(september: Bulletin) -> None:
    table = september.tables["02"]
    first = replace(table.rows[0], cells={**table.rows[0].cells, "小计": "169890"})
    changed = replace(table, rows=(first, *table.rows[1:]), totals=())
    (found,) = findings(replace(september, tables={"02": changed}))
    assert (found.row, found.column, found.printed) == ("南京鼓楼医院", "小计", "169890")
    assert (found.computed, found.reason) == ("169889", "sum of the row's channels")


def test_orders_of_12345_are_in_no_total(september: Bulletin) -> None:
    assert findings(replace(september, tables={"01a": september.tables["01a"]})) == []


def test_without_table_04_coverage_is_of_the_registers_districts(september: Bulletin) -> None:
    (found,) = findings(replace(september, tables={"07": september.tables["07"]}))
    assert found.reason.endswith("of 12 districts")


def test_a_table_without_a_total_row_has_no_finding(september: Bulletin) -> None:
    bare = replace(september.tables["06"], totals=())
    assert findings(replace(september, tables={"06": bare})) == []
