"""Zero where there must have been something."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from ningmai.proof import rules
from ningmai.proof.finding import SUSPECT, Finding, figure
from ningmai.proof.sheets import Sheet, Sheets
from producers.bulletin import Row, values


def idle(now: Sheets) -> Iterator[Finding]:
    """Kiosks deployed and none used."""
    sheet = now.get("06")
    if sheet is None or not sheet.has(rules.DEVICES, *(one.times for one in rules.SERVICES)):
        return
    unused = [row for row in sheet.rows if _unused(sheet, row)]
    devices = {row.label: sheet.number(row, rules.DEVICES) or Decimal(0) for row in unused}
    together = f"本表此类共{len(unused)}家、{figure(sum(devices.values(), Decimal(0)))}台"
    for row in unused:
        place, printed = sheet.place(row, rules.DEVICES), figure(devices[row.label])
        message = (
            f"{row.label}投放{printed}台，本月各项使用均为0（{together}），请核实停用还是漏报。"
        )
        also = tuple(sheet.place(row, one.times) for one in rules.SERVICES)
        yield Finding(place, "idle", SUSPECT, printed, "", "", message, also)


def _unused(sheet: Sheet, row: Row) -> bool:
    devices = sheet.number(row, rules.DEVICES)
    used = [sheet.number(row, column) for one in rules.SERVICES for column in one]
    return bool(devices and devices > 0 and all(number == 0 for number in used))


def silent(now: Sheets) -> Iterator[Finding]:
    """Tables declared and nothing uploaded."""
    for code, columns in rules.UPLOADS.items():
        sheet = now.get(code)
        for row in sheet.rows if sheet else ():
            assert sheet is not None  # for mypy: the loop is empty without a table
            try:
                said = values.declared(row.cells.get(columns.declared, ""))
            except ValueError:
                continue
            flows = [sheet.number(row, column) for column in columns[1:]]
            if said.declared and all(number == 0 for number in flows):
                place = sheet.place(row, columns.volume)
                message = f"{row.label}申明上传{said.declared}张表，本月没有任何上传。"
                also = (sheet.place(row, columns.declared),)
                yield Finding(place, "idle", SUSPECT, "0", "", "", message, also)


def unlikely(now: Sheets, before: Sequence[Sheets]) -> Iterator[Finding]:
    """Zero for one who delivers, where nearly all others, or all its own months, have a figure."""
    for code, drivers in rules.DRIVERS.items():
        sheet = now.get(code)
        if sheet is None:
            continue
        for column, driver in drivers.items():
            if not sheet.has(column, driver):
                continue
            share = _least_share(sheet, column, driver)
            for row in sheet.rows:
                drives = sheet.number(row, driver)
                if sheet.number(row, column) == 0 and drives:
                    if share is not None and drives * share >= rules.ZERO_EXPECTED:
                        yield _by_peers(sheet, row, column, driver, drives * share)
                    elif least := _least(before, sheet, row, column):
                        yield _by_past(sheet, row, column, least, len(before))


def _least_share(sheet: Sheet, column: str, driver: str) -> Decimal | None:
    """Least of the column's shares in its driver; None where it is no column that all have."""
    if sheet.code in rules.BY_CHOICE:
        return None
    pairs = [(sheet.number(row, column), sheet.number(row, driver)) for row in sheet.rows]
    shares = [part / whole for part, whole in pairs if part is not None and whole]
    there = [share for share in shares if share > 0]
    if len(there) < rules.PEERS or len(there) < rules.ZERO_SHARE * len(shares):
        return None
    return min(there)


def _by_peers(sheet: Sheet, row: Row, column: str, driver: str, expected: Decimal) -> Finding:
    place, also = sheet.place(row, column), sheet.place(row, driver)
    least = f"{expected:.0f}"
    message = (
        f"{place}为0，而本行“{driver}”为{row.cells[driver]}；"
        f"按同表各家最低的比例也应在{least}上下，疑为漏报。"
    )
    return Finding(place, "zero", SUSPECT, "0", f"≈{least}", "", message, (also,))


def _least(before: Sequence[Sheets], sheet: Sheet, row: Row, column: str) -> Decimal | None:
    """The least an institution has had in every month before; None where that says nothing."""
    code = sheet.institution(row).code
    had = [
        earlier.number(other, column)
        for past in before
        if (earlier := past.get(sheet.code))
        for other in earlier.rows
        if earlier.institution(other).code == code
    ]
    known = [number for number in had if number is not None]
    if not known or len(known) < len(before) or min(known) < rules.ZERO_EXPECTED:
        return None
    return min(known)


def _by_past(sheet: Sheet, row: Row, column: str, least: Decimal, months: int) -> Finding:
    place = sheet.place(row, column)
    message = f"{place}为0，而此前{months}个月最少也有{figure(least)}，疑为漏报。"
    return Finding(place, "zero", SUSPECT, "0", f"≥{figure(least)}", "", message)
