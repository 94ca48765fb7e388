"""Mistakes as they happen, planted one at a time in a good month.

Each takes a good month and chance, changes the month, and returns the rule that must find it and
the cells where it may be found; None where this month has no room for it.
"""

from collections.abc import Callable
from random import Random

from good_months import GoodMonth

Cell = tuple[str, str, str]
Planted = tuple[str, set[Cell]] | None
Mistake = Callable[[GoodMonth, Random], Planted]

LABELS = {"01a": 0, "01b": 0, "02": 1, "03": 1, "04": 0, "05": 0, "06": 1}
UPLOADED = "数据上传量"
DAYS = "数据上传天数"
VISITS = "门急诊信息上传人次"
DISCHARGES = "出院信息上传人次"


def a_total(month: GoodMonth, chance: Random) -> Planted:
    table = chance.choice(["01a", "01b", "02", "03", "06"])
    lines = month.tables[table]
    line = lines[1] if table.startswith("01") else lines[-1]
    at = chance.randrange(LABELS[table] + 1, 2 if table.startswith("01") else len(line))
    _add(line, at, chance.randint(1, 90_000))
    return "total", {_cell(month, table, line, at)}


def a_total_of_money_by_a_few_fen(month: GoodMonth, chance: Random) -> Planted:
    line = month.tables["06"][-1]
    at = month.at("06", chance.choice(["挂号金额（元）", "缴费金额（元）"]))
    line[at] = f"{(round(float(line[at]) * 100) + chance.choice([5, -5])) / 100:.2f}"
    return "total", {_cell(month, "06", line, at)}


def a_figure_of_a_row_with_a_subtotal(month: GoodMonth, chance: Random) -> Planted:
    line = chance.choice(month.tables["02"][1:-1])
    at = chance.randrange(2, 7)
    _add(line, at, chance.randint(1, 900))
    return "total", {_cell(month, "02", line, at)}


def the_hotline_s_bookings(month: GoodMonth, chance: Random) -> Planted:
    line = month.line("01a", "电话预约")
    _add(line, 1, chance.randint(1, 900))
    return "total", {_cell(month, "01a", line, 1)}


def the_home_city_s_calls(month: GoodMonth, chance: Random) -> Planted:
    line = month.line("01b", "南京")
    _add(line, 1, chance.randint(1, 5))
    return "total", {_cell(month, "01b", line, 1)}


def a_kind_of_connected_institution(month: GoodMonth, chance: Random) -> Planted:
    lines = month.tables["07"]
    kinds = [line for line in lines if line[0] == "远程医学会诊平台" and "（家）" in line[1]]
    _add(chance.choice(kinds), 2, chance.randint(1, 9))
    return "total", {("07", kinds[0][0], kinds[0][1])}


def covered_districts(month: GoodMonth, chance: Random) -> Planted:
    line = chance.choice([line for line in month.tables["07"] if line[1].startswith("覆盖")])
    _add(line, 2, chance.choice([1, -1]))
    return "coverage", {("07", line[0], line[1])}


def a_district_left_out_of_the_unconnected(month: GoodMonth, chance: Random) -> Planted:
    lines = [line for line in month.tables["07"] if line[1] == "未对接" and line[2] != "无"]
    if not lines:
        return None
    line = chance.choice(lines)
    line[2] = "、".join(line[2].split("、")[1:])
    covered = next(
        one[1] for one in month.tables["07"] if one[0] == line[0] and one[1].startswith("覆盖")
    )
    return "coverage", {("07", line[0], covered)}


def days_beyond_the_month(month: GoodMonth, chance: Random) -> Planted:
    table, line = _uploads(month, chance)
    at = month.at(table, DAYS)
    line[at] = str(month.month.days + chance.randint(1, 3))
    return "days", {_cell(month, table, line, at)}


def a_negative_figure(month: GoodMonth, chance: Random) -> Planted:
    table, line = _uploads(month, chance)
    at = month.at(table, chance.choice([UPLOADED, DAYS, VISITS, DISCHARGES]))
    line[at] = f"-{line[at]}"
    return "negative", {_cell(month, table, line, at)}


def a_cell_that_is_no_figure(month: GoodMonth, chance: Random) -> Planted:
    table = chance.choice(["02", "04", "05", "06"])
    line = chance.choice(month.tables[table][1:-1])
    at = chance.randrange(LABELS[table] + 1, len(line))
    line[at] = chance.choice(["", "1O2", "—", "12,345"])
    return "cell", {_cell(month, table, line, at)}


def zero_discharges(month: GoodMonth, chance: Random) -> Planted:
    table, line = _uploads(month, chance)
    least = min(
        int(one[month.at(table, DISCHARGES)]) / int(one[month.at(table, VISITS)])
        for one in month.tables[table][1:]
        if one is not line
    )
    if int(line[month.at(table, VISITS)]) * least < 11 or len(month.tables[table]) < 8:
        return None
    at = month.at(table, DISCHARGES)
    line[at] = "0"
    return "zero", {_cell(month, table, line, at)}


def kiosks_that_nobody_used(month: GoodMonth, chance: Random) -> Planted:
    line = chance.choice(month.tables["06"][1:-1])
    line[3:] = ["0", "0.00", "0", "0.00"]
    _sum(month, "06")
    return "idle", {_cell(month, "06", line, 2)}


def an_amount_ten_times_too_high(month: GoodMonth, chance: Random) -> Planted:
    rows = [line for line in month.tables["06"][1:-1] if int(line[5]) >= 30]
    line = chance.choice(rows)
    line[6] = f"{float(line[6]) * 10:.2f}"
    _sum(month, "06")
    return "price", {_cell(month, "06", line, 6)}


def a_figure_copied_from_another_institution(month: GoodMonth, chance: Random) -> Planted:
    table = chance.choice(["04", "05"])
    at = month.at(table, VISITS)
    lines = month.tables[table][1:]
    chance.shuffle(lines)
    for source in lines:
        for line in lines:
            visits, room = int(source[at]), int(line[month.at(table, UPLOADED)])
            # Large enough that no crowd of figures repeats by itself.
            if line is not source and 20_000 <= visits <= room:
                line[at] = source[at]
                return "repeat", {_cell(month, table, line, at), _cell(month, table, source, at)}
    return None


def a_row_printed_twice(month: GoodMonth, chance: Random) -> Planted:
    lines = month.tables["05"]
    line = chance.choice(lines[1:])
    lines.insert(lines.index(line), list(line))
    return "duplicate", {("05", line[0], "")}


def two_rows_swapped(month: GoodMonth, chance: Random) -> Planted:
    table = chance.choice(["02", "03", "04", "05"])
    lines = month.tables[table]
    last = len(lines) - (1 if table in ("02", "03") else 0)
    by = {"02": 6, "03": 2, "04": 3, "05": 3}[table]
    first, second = sorted(chance.sample(range(1, last), 2))
    if int(lines[first][by]) < 1.2 * int(lines[second][by]) or last < 9:
        return None
    lines[first], lines[second] = lines[second], lines[first]
    if chance.random() < 0.5 and table in ("02", "03"):
        lines[first][0], lines[second][0] = lines[second][0], lines[first][0]
    numbered = table in ("02", "03") and int(lines[first][0]) != first
    at = 0 if numbered else by
    places = {_cell(month, table, line, at) for line in (lines[first], lines[second])}
    return "number" if numbered else "order", places


def a_district_left_out(month: GoodMonth, chance: Random) -> Planted:
    table = chance.choice(["04", "06"])
    lines = month.tables[table]
    rows = lines[1:] if table == "04" else [line for line in lines if line[0] == "各区"]
    line = chance.choice(rows)
    lines.remove(line)
    if table == "06":
        _sum(month, "06")
    return "missing", {(table, line[LABELS[table]], "")}


def a_numbered_row_left_out(month: GoodMonth, chance: Random) -> Planted:
    lines = month.tables["03"]
    at = chance.randrange(1, len(lines) - 2)
    count = int(lines[at][2])
    del lines[at]
    _add(lines[-1], 2, -count)
    return "number", {("03", lines[at][1], "序号")}


def a_name_that_nobody_knows(month: GoodMonth, chance: Random) -> Planted:
    table = chance.choice(["02", "04", "05", "06"])
    lines = month.tables[table]
    line = chance.choice(lines[1:-1])
    line[LABELS[table]] += "（新）"
    return "unknown", {(table, line[LABELS[table]], "")}


def a_column_left_out(month: GoodMonth, chance: Random) -> Planted:
    table = chance.choice(["02", "04", "05", "06"])
    header = month.tables[table][0]
    at = chance.choice([at for at, column in enumerate(header) if at != LABELS[table]])
    column = header[at]
    month.tables[table] = [line[:at] + line[at + 1 :] for line in month.tables[table]]
    return "columns", {(table, "", column)}


def more_tables_uploaded_than_there_are(month: GoodMonth, chance: Random) -> Planted:
    table, line = _uploads(month, chance)
    line[2] = str(int(line[1].split("/")[1]) + chance.randint(1, 20))
    return "limit", {_cell(month, table, line, 2)}


def a_top_three_out_of_order(month: GoodMonth, chance: Random) -> Planted:
    lines = month.tables["07"]
    first = next(line for line in lines if line[1] == "数据上传量第一")
    second = next(line for line in lines if line[1] == "数据上传量第二")
    first[2], second[2] = second[2], first[2]
    return "rank", {("07", second[0], second[1])}


MISTAKES: tuple[Mistake, ...] = (
    a_total,
    a_total_of_money_by_a_few_fen,
    a_figure_of_a_row_with_a_subtotal,
    the_hotline_s_bookings,
    the_home_city_s_calls,
    a_kind_of_connected_institution,
    covered_districts,
    a_district_left_out_of_the_unconnected,
    days_beyond_the_month,
    a_negative_figure,
    a_cell_that_is_no_figure,
    zero_discharges,
    kiosks_that_nobody_used,
    an_amount_ten_times_too_high,
    a_figure_copied_from_another_institution,
    a_row_printed_twice,
    two_rows_swapped,
    a_district_left_out,
    a_numbered_row_left_out,
    a_name_that_nobody_knows,
    a_column_left_out,
    more_tables_uploaded_than_there_are,
    a_top_three_out_of_order,
)


def _cell(month: GoodMonth, table: str, line: list[str], at: int) -> Cell:
    return table, line[LABELS[table]], month.tables[table][0][at]


def _uploads(month: GoodMonth, chance: Random) -> tuple[str, list[str]]:
    table = chance.choice(["04", "05"])
    return table, chance.choice(month.tables[table][1:])


def _add(line: list[str], at: int, more: int) -> None:
    """Add to a count, or so many fen to an amount."""
    if "." in line[at]:
        fen = int(line[at].replace(".", "")) + more
        line[at] = f"{fen // 100}.{fen % 100:02d}"
    else:
        line[at] = str(int(line[at]) + more)


def _sum(month: GoodMonth, table: str) -> None:
    """Make the total right again."""
    *rows, total = month.tables[table][1:]
    for at in range(2, len(total)):
        if "." in total[at]:
            fen = sum(int(row[at].replace(".", "")) for row in rows)
            total[at] = f"{fen // 100}.{fen % 100:02d}"
        else:
            total[at] = str(sum(int(row[at]) for row in rows))
