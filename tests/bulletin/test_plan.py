"""A plan's events add up to the printed cells, whatever folder they were printed in."""

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest
from figures import cells
from folders import NOW, SEPTEMBER, change, copy_of_september, lines_of, move_to, only

from producers.bulletin import Bulletin, read
from producers.bulletin.month import OFFSET_MS
from producers.bulletin.plan import Plan, explain, plan


def differences(folder: Path, bulletin: Bulletin, planned: Plan) -> dict[tuple[str, str, str], str]:
    tables = {code: lines_of(folder / table.file) for code, table in bulletin.tables.items()}
    found = list(cells(planned, tables))
    assert [key for key, _, _ in found] == [
        (cell.table, cell.row, cell.column) for cell in bulletin.cells()
    ]
    return {key: f"{printed} != {made}" for key, printed, made in found if printed != made}


def planned_of(folder: Path) -> tuple[Bulletin, Plan, dict[tuple[str, str, str], str]]:
    bulletin = read(folder, now=NOW)
    planned = plan(bulletin)
    return bulletin, planned, differences(folder, bulletin, planned)


@pytest.fixture(scope="module")
def september() -> Plan:
    return plan(read("2020-09"))


@pytest.fixture(autouse=True)
def _fewer_uploads(monkeypatch: pytest.MonkeyPatch) -> None:
    """But for September's plan itself, as many as tables and days take: the tests stay quick."""
    monkeypatch.setattr("producers.bulletin.uploads.GRID", 0)


def test_all_723_cells_of_september_2020_come_out(september: Plan) -> None:
    bulletin = read("2020-09")
    assert len(list(bulletin.cells())) == 723
    assert differences(SEPTEMBER, bulletin, september) == {}
    assert september.reasons == {}


def test_every_institution_of_september_is_in_the_register(september: Plan) -> None:
    assert [one.name for one in september.institutions if one.provisional] == []
    assert len({one.code for one in september.institutions}) == len(september.institutions) == 61


def test_home_calls_beyond_those_by_category_have_no_category(tmp_path: Path) -> None:
    folder = copy_of_september(tmp_path / "x")
    change(folder, "01b", lambda lines: lines[2].__setitem__(1, "89479"))
    _, planned, wrong = planned_of(folder)
    assert wrong == {}
    unknown = [
        f.count
        for f in planned.flows
        if f.event.KIND == "calls" and f.event.city == "nanjing" and f.event.category is None  # type: ignore[attr-defined]
    ]
    assert unknown == [100]


def test_routes_left_over_have_neither_hospital_nor_channel(tmp_path: Path) -> None:
    folder = copy_of_september(tmp_path / "x")
    change(folder, "03", lambda lines: lines[1].__setitem__(2, "200000"))
    _, planned, wrong = planned_of(folder)
    assert wrong == {}
    alone = sum(f.count for f in planned.flows if getattr(f.event, "hospital", "") is None)
    assert alone == 200000 + 111383 - 70300 - 172449


def test_without_table_02_every_route_stands_alone(tmp_path: Path) -> None:
    folder = only(copy_of_september(tmp_path / "x"), "03")
    _, planned, wrong = planned_of(folder)
    assert wrong == {}
    assert {f.event.hospital for f in planned.flows} == {None}  # type: ignore[attr-defined]
    assert planned.statements == ()


@pytest.mark.parametrize("code", ["01a", "01b", "02", "03", "04", "05", "06", "07", "08"])
def test_any_table_may_be_the_only_one(tmp_path: Path, code: str) -> None:
    folder = only(copy_of_september(tmp_path / "x"), code)
    (folder / "2020年9月的说明.txt").write_text("nothing")
    if code == "01b":
        path = next(folder.rglob("*.csv"))
        path.rename(path.with_name("01b_2020年9月全省12320各市电话量.csv"))
    assert planned_of(folder)[2] == {}


@pytest.mark.parametrize("code", ["01a", "02", "04", "08"])
def test_any_table_may_be_absent(tmp_path: Path, code: str) -> None:
    folder = copy_of_september(tmp_path / "x")
    next(folder.rglob(f"{code}_*.csv")).unlink()
    assert planned_of(folder)[2] == {}


@pytest.mark.parametrize(("year", "month", "days"), [(2021, 2, 28), (2020, 2, 29), (2021, 12, 31)])
def test_other_months_have_their_own_days(tmp_path: Path, year: int, month: int, days: int) -> None:
    folder = move_to(copy_of_september(tmp_path / "x"), year, month)
    bulletin, planned, wrong = planned_of(folder)
    assert bulletin.month.days == days
    long = {key for key in wrong if key[2] == "数据上传天数"}
    assert wrong.keys() == long == planned.reasons.keys()
    assert bool(long) == (days < 30)


def test_a_provisional_institution_is_made_for_a_name_that_the_register_lacks(
    tmp_path: Path,
) -> None:
    folder = copy_of_september(tmp_path / "x")
    change(folder, "02", lambda lines: lines[1].__setitem__(1, "某某医院"))
    change(folder, "04", lambda lines: lines[1].__setitem__(0, "某某区"))
    _, planned, wrong = planned_of(folder)
    assert wrong == {}
    found = {(one.name, one.kind, one.code[0]) for one in planned.institutions if one.provisional}
    assert found == {("某某医院", "hospital", "P"), ("某某区", "district", "P")}


def test_names_of_one_institution_in_several_tables_share_its_code(september: Plan) -> None:
    (one,) = (one for one in september.institutions if one.name == "江苏省省级机关医院")
    assert [(label.table, label.label, label.place) for label in one.labels] == [
        ("02", "江苏省省级机关医院", 21),
        ("05", "江苏省级机关医院", 22),
        ("06", "江苏省省级机关医院", 32),
    ]


def test_connection_is_unknown_where_the_numbers_leave_doubt(september: Plan) -> None:
    values = {
        platform: Counter(
            one.value
            for one in september.statements
            if one.figure == f"telemedicine.connection.{platform}"
        )
        for platform in ("consultation", "ecg", "lab", "imaging")
    }
    assert values == {
        "consultation": {0: 3, 1: 9},
        "ecg": {0: 1, 1: 11},
        "lab": {0: 3, None: 9},
        "imaging": {0: 2, 1: 10},
    }


def test_precision_of_a_rounded_total_is_kept(september: Plan) -> None:
    (one,) = (one for one in september.statements if one.figure == "uploads.rows_total")
    assert (one.value, one.exponent, one.unit) == (710, 7, "row")
    assert one.as_of == september.month.last


IMPLAUSIBLE = [
    ("04", 1, 4, "31", {("04", "江宁区", "数据上传天数")}),
    ("04", 1, 2, "0", {("04", "江宁区", "已上传表（CDA文档）")}),
    ("04", 1, 2, "1", {("04", "江宁区", "已上传表（CDA文档）")}),
    ("04", 1, 4, "0", {("04", "江宁区", "数据上传天数")}),
    ("06", 5, 4, "7.00", {("06", "东部战区总医院", "挂号金额（元）")}),
    ("01b", 2, 1, "5", {("01b", "南京", "电话量（人次）")}),
    ("07", 16, 2, "10", {("07", "远程心电监测诊断平台", "采集心电病例（份）")}),
    ("07", 34, 2, "10", {("07", "远程影像诊断平台", "采集影像报告（份）")}),
]


@pytest.mark.parametrize(("code", "line", "column", "text", "expected"), IMPLAUSIBLE)
def test_an_implausible_cell_alone_differs_and_says_why(
    tmp_path: Path, code: str, line: int, column: int, text: str, expected: set[object]
) -> None:
    folder = only(copy_of_september(tmp_path / "x"), code, "01a", "03")
    change(folder, code, lambda lines: lines[line].__setitem__(column, text))
    bulletin, planned, wrong = planned_of(folder)
    assert wrong.keys() == expected
    assert planned.reasons.keys() == expected
    assert explain(bulletin) == planned.reasons


def test_rows_without_a_table_or_day_can_not_be_uploaded(tmp_path: Path) -> None:
    folder = copy_of_september(tmp_path / "x")
    change(folder, "05", lambda lines: lines[1].__setitem__(slice(2, 7), ["0", "9", "0", "0", "0"]))
    _, planned, wrong = planned_of(folder)
    assert wrong.keys() == planned.reasons.keys() == {("05", "江苏省中医院", "数据上传量")}


def test_fewer_rows_than_uploads_are_uploads_of_no_rows(tmp_path: Path) -> None:
    folder = copy_of_september(tmp_path / "x")
    change(folder, "05", lambda lines: lines[1].__setitem__(3, "3"))
    assert planned_of(folder)[2] == {}


def test_a_ranking_out_of_order_is_a_difference_with_its_reason(tmp_path: Path) -> None:
    folder = copy_of_september(tmp_path / "x")
    change(folder, "07", lambda lines: lines[18].__setitem__(2, "江苏省人民医院5份"))
    _, planned, wrong = planned_of(folder)
    assert wrong.keys() >= planned.reasons.keys() > set()


def test_the_rest_of_an_amount_is_on_the_last_transaction(september: Plan) -> None:
    flows = [
        f
        for f in september.flows
        if getattr(f.event, "institution", "") == "H011"
        and getattr(f.event, "service", "") == "payment"
    ]
    assert {f.event.amount_fen for f in flows[:-1]} == {1399033236 // 39260}  # type: ignore[attr-defined]
    assert flows[-1].count == 1
    assert {f.event.device for f in flows} == {f"{n:03d}" for n in range(1, 201)}  # type: ignore[attr-defined]


def test_the_same_content_gives_the_same_events(tmp_path: Path) -> None:
    folder = copy_of_september(tmp_path / "elsewhere")
    for path in list(folder.rglob("*.csv")):
        text = path.read_bytes().replace(b"\r\n", b"\n")
        path.unlink()
        (folder / path.name).write_bytes(b"\xef\xbb\xbf" + text)
    first = only(copy_of_september(tmp_path / "a"), "01a", "01b", "04")
    second = only(folder, "01a", "01b", "04")
    one, two = (plan(read(each, now=NOW)) for each in (first, second))
    assert one == two
    assert list(one.chunks()) == list(two.chunks())


def test_other_content_gives_other_ids(tmp_path: Path, september: Plan) -> None:
    folder = copy_of_september(tmp_path / "x")
    change(folder, "01a", lambda lines: lines[2].__setitem__(1, "42665"))
    assert plan(read(folder, now=NOW)).prefix != september.prefix


def test_events_come_in_order_of_time_numbered_within_their_kind(tmp_path: Path) -> None:
    planned = plan(read(only(copy_of_september(tmp_path / "x"), "01a", "04"), now=NOW))
    seen: Counter[str] = Counter()
    before = 0
    for chunk in planned.chunks():
        for flow, number, at in zip(chunk.flows, chunk.numbers, chunk.times, strict=True):
            kind = planned.flows[flow].event.KIND
            seen[kind] += 1
            assert number == seen[kind]
            assert at >= before
            before = at
    assert sum(seen.values()) == planned.events


def test_everything_but_uploads_happens_in_the_month(tmp_path: Path) -> None:
    planned = plan(read(only(copy_of_september(tmp_path / "x"), "01a", "05", "08"), now=NOW))
    month = planned.month
    for chunk in planned.chunks():
        for flow, at in zip(chunk.flows, chunk.times, strict=True):
            event = planned.flows[flow].event
            if event.KIND == "uploads":
                local = datetime.fromtimestamp((at + OFFSET_MS) / 1000, UTC)
                assert (local.date() - event.business_date).days == 1  # type: ignore[attr-defined]
                assert 5 <= local.hour < 9
            else:
                assert month.start_ms <= at < month.end_ms
