"""What a figure can't be: no figure, below zero, beyond the month, more than the whole."""

from collections.abc import Iterator
from decimal import Decimal

from ningmai.proof import rules
from ningmai.proof.finding import SUSPECT, WRONG, Finding, Place, Severity, figure, gap
from ningmai.proof.sheets import Sheet, value
from producers.bulletin import Month, Row, values
from producers.bulletin.layout import CUMULATIVE, Parser, cumulative, telemedicine


def of_sheet(sheet: Sheet, month: Month) -> Iterator[Finding]:
    """All of them over one table."""
    yield from columns(sheet)
    yield from cells(sheet, month)
    yield from days(sheet, month)
    yield from parts(sheet)
    yield from declared(sheet)
    yield from together(sheet)


def columns(sheet: Sheet) -> Iterator[Finding]:
    """A column of the layout that the table lacks."""
    for column in sheet.form.header:
        if not sheet.has(column):
            place = Place(sheet.code, "", column)
            message = f"表{sheet.code}缺“{column}”一列，与之有关的各项无从核对。"
            yield Finding(place, "columns", WRONG, "", "", "", message)


def cells(sheet: Sheet, month: Month) -> Iterator[Finding]:
    """A cell that is printed but holds no figure, or one below zero."""
    for row in (*sheet.rows, *sheet.totals):
        for column, text in row.cells.items():
            place = sheet.place(row, column)
            number = value(text)
            if number is not None and number < 0:
                message = f"{place}为{text}，不能为负。"
                yield Finding(place, "negative", WRONG, text, "", "", message)
            elif (wrong := _unreadable(month, sheet, row, column, text)) is not None:
                yield Finding(place, "cell", WRONG, text, "", "", f"{place}{wrong}。")


def _unreadable(month: Month, sheet: Sheet, row: Row, column: str, text: str) -> str | None:
    """What is wrong with a cell's text; None if it can be read."""
    parser = _parser(month, sheet, row, column)
    if parser is None:
        return None
    try:
        parser(text)
    except ValueError:
        return f"为“{text}”，不成数" if text else "空白"
    return None


def _parser(month: Month, sheet: Sheet, row: Row, column: str) -> Parser | None:
    """What reads a cell; None where the layout doesn't know it."""
    try:
        if sheet.code == "07":
            return telemedicine(row.label, column)
        if sheet.code == "08":
            return CUMULATIVE[cumulative(row.label, month.number)]
    except ValueError:
        return None
    return sheet.form.figures.get(column)


def days(sheet: Sheet, month: Month) -> Iterator[Finding]:
    """More days of uploads than the month has."""
    if sheet.code not in rules.UPLOADS:
        return
    column = rules.UPLOADS[sheet.code].days
    limit = Decimal(month.days)
    for row in sheet.rows:
        number = sheet.number(row, column)
        if number is not None and number > limit:
            reason = f"{month.number}月只有{month.days}天"
            yield _over(sheet.place(row, column), "days", WRONG, number, limit, reason)


def parts(sheet: Sheet) -> Iterator[Finding]:
    """A part that exceeds its whole."""
    for limit in rules.LIMITS:
        if sheet.code not in limit.tables:
            continue
        for row in sheet.rows:
            part, whole = sheet.number(row, limit.part), sheet.number(row, limit.whole)
            if part is not None and whole is not None and part > whole >= 0:
                reason = f"不应超过本行“{limit.whole}”{figure(whole)}"
                place = sheet.place(row, limit.part)
                yield _over(place, "limit", limit.severity, part, whole, reason)


def declared(sheet: Sheet) -> Iterator[Finding]:
    """More tables declared than there are, or more uploaded than declared or than there are."""
    if sheet.code not in rules.UPLOADS:
        return
    columns = rules.UPLOADS[sheet.code]
    for row in sheet.rows:
        try:
            said = values.declared(row.cells.get(columns.declared, ""))
        except ValueError:
            continue
        required = Decimal(said.required)
        promised = None if said.declared is None else Decimal(said.declared)
        uploaded = sheet.number(row, columns.tables)
        place = sheet.place(row, columns.declared)
        if promised is not None and promised > required:
            reason = f"申明表数不能多于规定表数{required}"
            yield _over(place, "limit", WRONG, promised, required, reason)
        if uploaded is None:
            continue
        place = sheet.place(row, columns.tables)
        if uploaded > required:
            reason = f"已上传表数不能多于规定表数{required}"
            yield _over(place, "limit", WRONG, uploaded, required, reason)
        elif promised is not None and uploaded > promised and promised <= required:
            reason = f"多于申明表数{promised}，申明或有变更"
            yield _over(place, "limit", SUSPECT, uploaded, promised, reason)


def together(sheet: Sheet) -> Iterator[Finding]:
    """Zero beside a figure that there can't be without it."""
    for needed, by in _pairs(sheet):
        for row in sheet.rows:
            zero, figures = sheet.number(row, needed), {c: sheet.number(row, c) for c in by}
            there = {column: number for column, number in figures.items() if number}
            if zero == 0 and there:
                place = sheet.place(row, needed)
                column, number = next(iter(there.items()))
                message = f"{place}为0，而本行“{column}”为{figure(number)}，二者矛盾。"
                also = tuple(sheet.place(row, one) for one in there)
                yield Finding(place, "together", WRONG, "0", "", "", message, also)


def _pairs(sheet: Sheet) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Columns without which others can't be, with those."""
    if sheet.code in rules.UPLOADS:
        named = rules.UPLOADS[sheet.code]
        persons = (named.visits, named.discharges)
        yield named.tables, (named.volume, named.days, *persons)
        yield named.volume, persons
        yield named.days, (named.volume, *persons)
    if sheet.code == "06":
        for service in rules.SERVICES:
            yield service.times, (service.yuan,)
        yield rules.DEVICES, tuple(service.times for service in rules.SERVICES)


def _over(
    place: Place, rule: str, severity: Severity, printed: Decimal, limit: Decimal, reason: str
) -> Finding:
    return Finding(
        place,
        rule,
        severity,
        figure(printed),
        f"≤{figure(limit)}",
        gap(printed, limit),
        f"{place}为{figure(printed)}，{reason}。",
    )
