"""Figures that stand for two institutions: one of them was copied."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import combinations

from ningmai.proof import rules
from ningmai.proof.finding import SUSPECT, Finding, Place, figure
from ningmai.proof.sheets import Sheet, Sheets
from producers.bulletin import SUBTOTAL, values

LEAST = 10
"""Figures below this say nothing by being equal."""

Cell = tuple[Place, Decimal, str]
"""Where a figure stands, the figure, and the code of whose it is."""


def repeated(now: Sheets) -> Iterator[Finding]:
    """A large figure that is printed for two institutions in columns that hold the same thing."""
    for cells in _columns(now).values():
        by_figure: dict[Decimal, list[Cell]] = defaultdict(list)
        for cell in cells:
            by_figure[cell[1]].append(cell)
        for number, same in by_figure.items():
            whose = {code for _, _, code in same}
            if len(whose) > 1 and striking(number, [other for _, other, _ in cells]):
                yield _repeat(number, [place for place, _, _ in same])


def striking(number: Decimal, column: Sequence[Decimal]) -> bool:
    """Whether a figure's repetition is no chance: see rules.REPEATED and rules.BY_CHANCE."""
    if number < rules.REPEATED or _digits(number) < rules.SIGNIFICANT:
        return False
    near = sum(number / 2 <= other <= number * 2 for other in column) - 1
    pairs = near * (near - 1) / 2
    return pairs / float(number * 3 / 2) <= rules.BY_CHANCE


def _digits(number: Decimal) -> int:
    """Digits of a figure without the zeros at its end."""
    return len(number.normalize().as_tuple().digits)


def _repeat(number: Decimal, places: Sequence[Place]) -> Finding:
    *before, last = places
    others = "、".join(map(str, before))
    text = figure(number)
    message = f"{last}为{text}，与{others}完全相同，疑为误抄，请与上报单位核对。"
    return Finding(last, "repeat", SUSPECT, text, "", "", message, tuple(before))


def _columns(now: Sheets) -> dict[str, list[Cell]]:
    """Figures of institutions by what they measure; totals and subtotals are nobody's."""
    found: dict[str, list[Cell]] = defaultdict(list)
    for sheet in now.of_institutions():
        for row in sheet.rows:
            for column in sheet.figures:
                number = sheet.number(row, column)
                if number is not None and column != SUBTOTAL:
                    cell = (sheet.place(row, column), number, sheet.institution(row).code)
                    found[_measure(sheet, column)].append(cell)
    for printed in now.platforms.values():
        for rank in rules.RANKS:
            if rank in printed:
                place, text = printed[rank]
                try:
                    said = values.named(text)
                except ValueError:
                    continue
                code = now.known.resolve(said.name, "other").code
                found[place.row].append((place, Decimal(said.reports), code))
    return found


def _measure(sheet: Sheet, column: str) -> str:
    """What a column holds: tables 04 and 05 hold the same under their own names."""
    if sheet.code in rules.UPLOADS:
        named = rules.UPLOADS[sheet.code]
        if column in named:
            return f"uploads.{named._fields[named.index(column)]}"
    return f"{sheet.code}.{column}"


def copied(now: Sheets) -> Iterator[Finding]:
    """A row whose every figure is another's, though none is large enough to be told by itself."""
    for sheet in now.of_institutions():
        columns = [column for column in sheet.figures if column not in _shared(sheet)]
        for first, second in combinations(sheet.rows, 2):
            figures = [sheet.number(first, column) for column in columns]
            if figures == [sheet.number(second, column) for column in columns]:
                known = [number for number in figures if number and number >= LEAST]
                digits = sum(map(_digits, known))
                small = all(number < rules.REPEATED for number in known)
                if len(known) > 1 and digits >= rules.COPIED_DIGITS and small:
                    place, other = sheet.place(second, ""), sheet.place(first, "")
                    message = f"{place}各项与“{first.label}”完全相同，疑为整行误抄。"
                    yield Finding(place, "copy", SUSPECT, "", "", "", message, (other,))


def _shared(sheet: Sheet) -> tuple[str, ...]:
    """Columns in which institutions agree as a matter of course."""
    if sheet.code in rules.UPLOADS:
        named = rules.UPLOADS[sheet.code]
        return (named.tables, named.days)
    return (SUBTOTAL, rules.DEVICES)
