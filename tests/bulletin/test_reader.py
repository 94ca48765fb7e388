"""Reading is strict: what is not as printed is refused with its file, its line and the reason."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from folders import NOW, Lines, change, copy_of_september, file_of, lines_of, move_to, only, write

from producers.bulletin import Malformed, Month, read


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return copy_of_september(tmp_path / "month")


def refusal(folder: Path) -> Malformed:
    with pytest.raises(Malformed) as caught:
        read(folder, now=NOW)
    assert caught.value.file in str(caught.value)
    return caught.value


def rename(folder: Path, code: str, old: str, new: str) -> Path:
    path = file_of(folder, code)
    return path.rename(path.with_name(path.name.replace(old, new)))


def cell(line: int, column: int, text: str) -> Callable[[Lines], None]:
    return lambda lines: lines[line].__setitem__(column, text)


def test_the_packaged_month_has_the_723_cells_that_are_printed() -> None:
    bulletin = read("2020-09")
    assert bulletin.month == Month(2020, 9)
    assert [(code, len(table.rows)) for code, table in bulletin.tables.items()] == [
        ("01a", 8),
        ("01b", 7),
        ("02", 39),
        ("03", 8),
        ("04", 12),
        ("05", 25),
        ("06", 49),
        ("07", 39),
        ("08", 2),
    ]
    assert len(list(bulletin.cells())) == 723


MALFORMED = [
    ("02", cell(0, 2, "在线"), 1, "header"),
    ("02", lambda lines: lines[0].append("x"), 1, "header"),
    ("02", lambda lines: lines[5].pop(), 6, "6 cells"),
    ("02", lambda lines: lines[5].append(""), 6, "8 cells"),
    ("02", cell(5, 2, "-1"), 6, "'-1'"),
    ("02", cell(5, 2, "1,234"), 6, "'1,234'"),
    ("02", cell(5, 2, "12.0"), 6, "'12.0'"),
    ("02", cell(5, 2, ""), 6, "''"),
    ("02", cell(5, 2, "１２"), 6, "'１２'"),
    ("02", cell(5, 2, "007"), 6, "'007'"),
    ("02", cell(5, 2, "1e3"), 6, "'1e3'"),
    ("02", cell(5, 2, "9" * 30), 6, "15 digits"),
    ("02", cell(5, 0, "五"), 6, "序号"),
    ("02", cell(5, 0, ""), 6, "序号"),
    ("02", cell(5, 1, ""), 6, "单位"),
    ("02", cell(40, 0, "40"), 41, "must be empty"),
    ("02", cell(40, 3, "x"), 41, "电话预约"),
    ("06", cell(5, 4, "12"), 6, "two decimals"),
    ("06", cell(5, 4, "12.5"), 6, "two decimals"),
    ("06", cell(5, 4, "-1.00"), 6, "two decimals"),
    ("06", cell(5, 0, ""), 6, "is empty"),
    ("04", cell(3, 1, "52"), 4, "52/129"),
    ("04", cell(3, 1, "未反馈"), 4, "未反馈/83"),
    ("04", cell(3, 1, "未知/83"), 4, "'未知'"),
    ("07", cell(1, 0, "远程平台"), 2, "platform"),
    ("07", cell(1, 1, "其他"), 2, "indicator"),
    ("07", cell(3, 2, "鼓楼区、"), 4, "districts"),
    ("07", cell(18, 2, "31403份"), 19, "a name"),
    ("07", cell(18, 2, "江苏省人民医院31403"), 19, "份"),
    ("08", cell(1, 0, "截止8月底总预约挂号量"), 2, "month 9"),
    ("08", cell(2, 1, "七十一"), 3, "亿"),
    ("08", cell(2, 2, "条"), 3, "单位"),
    ("01a", cell(8, 2, "个"), 9, "must be '件'"),
    ("01b", cell(3, 0, "南京"), 4, "南京"),
    ("03", cell(3, 1, "健康南京客户端"), 4, "line 2"),
    ("02", cell(5, 1, "南京鼓楼医院"), 6, "line 2"),
    ("02", cell(22, 1, "江苏省级机关医院"), 23, "line 22"),
    ("02", cell(5, 1, " 南京 鼓楼医院 "), 6, "line 2"),
    ("07", cell(2, 1, "累计接入医疗机构（家）"), 3, "line 2"),
    ("07", cell(19, 2, "江苏省人民医院9份"), 20, "line 19"),
]


@pytest.mark.parametrize(("code", "how", "line", "reason"), MALFORMED)
def test_a_malformed_table_is_refused_with_file_line_and_reason(
    folder: Path, code: str, how: Callable[[Lines], None], line: int, reason: str
) -> None:
    path = change(folder, code, how)
    refused = refusal(folder)
    assert refused.file == str(path.relative_to(folder))
    assert refused.line == line
    assert reason in refused.reason


@pytest.mark.parametrize(
    ("content", "line", "reason"),
    [
        (b"", 1, "empty"),
        ("类别,数量,单位\n咨询".encode() + b"\xff", 2, "UTF-8"),
        ('类别,数量,单位\n"咨询,1,个\n'.encode(), 2, "CSV"),
        ("类别,数量,单位\r\n\r\n,,\r\n".encode(), 3, "empty"),
    ],
)
def test_bytes_that_are_no_table_are_refused(
    folder: Path, content: bytes, line: int, reason: str
) -> None:
    file_of(folder, "01a").write_bytes(content)
    refused = refusal(folder)
    assert refused.line == line
    assert reason in refused.reason


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("2020年9月", "2020年13月", "13"),
        ("2020年9月", "2020年0月", "0"),
        ("2020年9月", "2020年九月", "月"),
        ("2020年9月", "1999年9月", "1999"),
        ("2020年9月", "20年9月", "20"),
        ("2020年9月", "2020年8月", "month 8"),
        ("2020年9月", "2021年9月", "year 2021"),
        ("预约挂号服务统计表", "挂号统计表", "title"),
        ("预约挂号服务统计表", "预约挂号服务统计表分途径预约情况统计", "title"),
    ],
)
def test_a_title_that_is_no_table_of_this_month_is_refused(
    folder: Path, old: str, new: str, reason: str
) -> None:
    path = rename(folder, "02", old, new)
    refused = refusal(folder)
    assert path.name in str(refused) or "another one" in refused.reason
    assert reason in refused.reason


def test_no_year_anywhere_is_refused(folder: Path) -> None:
    for path in list(folder.rglob("*.csv")):
        path.rename(path.with_name(path.name.replace("2020年", "")))
    assert "year" in refusal(folder).reason


def test_one_title_with_its_year_is_enough(folder: Path) -> None:
    for path in list(folder.rglob("*.csv")):
        if not path.name.startswith("08"):
            path.rename(path.with_name(path.name.replace("2020年9月", "")))
    assert read(folder, now=NOW).month == Month(2020, 9)


@pytest.mark.parametrize(
    ("now", "refused"),
    [
        (datetime(2020, 9, 30, 15, 59, tzinfo=UTC), True),
        (datetime(2020, 8, 1, tzinfo=UTC), True),
        (datetime(2020, 9, 30, 16, 0, tzinfo=UTC), False),
    ],
)
def test_a_month_that_is_not_over_in_shanghai_is_refused(
    folder: Path, now: datetime, refused: bool
) -> None:
    if refused:
        with pytest.raises(Malformed, match="not over"):
            read(folder, now=now)
    else:
        assert read(folder, now=now).month == Month(2020, 9)


def test_a_csv_file_that_is_no_table_is_refused(folder: Path) -> None:
    (folder / "narrative" / "其他.csv").write_text("a,b\n", "utf-8")
    assert refusal(folder).file == str(Path("narrative/其他.csv"))


def test_a_table_that_is_there_twice_is_refused(folder: Path) -> None:
    path = file_of(folder, "03")
    (folder / "narrative" / path.name.replace("03_", "")).write_bytes(path.read_bytes())
    assert "second time" in refusal(folder).reason


def test_a_folder_without_tables_is_refused(tmp_path: Path) -> None:
    assert "no CSV file" in refusal(tmp_path).reason


def test_what_is_neither_folder_nor_month_is_refused(tmp_path: Path) -> None:
    assert "2020-09" in refusal(tmp_path / "absent").reason
    with pytest.raises(Malformed, match="1999-01"):
        read("1999-01")


def test_files_are_known_by_their_titles_wherever_they_lie(folder: Path, tmp_path: Path) -> None:
    bulletin = read(folder, now=NOW)
    other = tmp_path / "other"
    for number, path in enumerate(sorted(folder.rglob("*.csv"))):
        name = path.name.split("_", 1)[1].replace("（", "(").replace("）", ")")
        write(other / str(number) / "below" / name.replace(".csv", ".CSV"), lines_of(path))
    assert read(other, now=NOW).checksum == bulletin.checksum


@pytest.mark.parametrize("before", ["02 ", "2.", "02_", "02-", "2、", "02A_", ""])
def test_the_number_before_a_title_says_nothing(folder: Path, before: str) -> None:
    rename(folder, "02", "02_", before)
    assert list(read(folder, now=NOW).tables) == list(read("2020-09").tables)


def test_marks_line_ends_blank_lines_and_other_files_change_nothing(folder: Path) -> None:
    before = read(folder, now=NOW).checksum
    for path in folder.rglob("*.csv"):
        text = path.read_text("utf-8").replace("\r\n", "\n").replace(",", " , ")
        path.write_text("\ufeff" + text + "\n\n", "utf-8")
    (folder / "README.md").write_text("# 2021年8月", "utf-8")
    (folder / "._02_2020年9月预约挂号服务统计表.csv").write_bytes(b"\x00")
    assert read(folder, now=NOW).checksum == before


def test_the_checksum_tells_of_every_cell(folder: Path) -> None:
    before = read(folder, now=NOW).checksum
    change(folder, "02", cell(40, 2, "101499"))
    assert read(folder, now=NOW).checksum != before


def test_another_month_is_other_content(folder: Path) -> None:
    before = read(folder, now=NOW).checksum
    assert read(move_to(folder, 2020, 8), now=NOW).checksum != before


def test_a_table_may_have_no_rows(folder: Path) -> None:
    change(only(folder, "02", "03"), "03", lambda lines: lines.__delitem__(slice(1, None)))
    assert read(folder, now=NOW).rows("03") == ()
