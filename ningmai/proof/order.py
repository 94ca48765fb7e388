"""Rows in the order that tables are printed in: by number, and from the most to the least."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence, Set
from decimal import Decimal
from itertools import combinations, groupby, pairwise

from ningmai.proof import rules
from ningmai.proof.finding import SUSPECT, WRONG, Finding, Place, gap
from ningmai.proof.sheets import Sheet, Sheets
from producers.bulletin import Row, values


def numbered(now: Sheets) -> Iterator[Finding]:
    """Row numbers begin with 1 (or 0), rise, and leave none out."""
    for sheet in now.by_code.values():
        column = sheet.form.order
        if column is None or not sheet.has(column):
            continue
        known = [
            (row, number) for row in sheet.rows if (number := sheet.number(row, column)) is not None
        ]
        rising = f"“{column}”应逐行递增"
        yield from _misplaced(sheet, column, "number", [(row, -n) for row, n in known], rising)
        for (_, before), (row, number) in pairwise(sorted(known, key=lambda one: one[1])):
            if number != before + 1:
                yield _jump(sheet, row, column, before, number)
        if known and (least := min(known, key=lambda one: one[1]))[1] > 1:
            yield _jump(sheet, least[0], column, Decimal(0), least[1])


def _jump(sheet: Sheet, row: Row, column: str, before: Decimal, number: Decimal) -> Finding:
    place, proved = sheet.place(row, column), before + 1
    lacking = f"{proved}" if number == proved + 1 else f"{proved}至{number - 1}"
    what = "序号重复" if number == before else f"缺{lacking}号，疑漏行"
    message = f"{place}为{number}，前一号为{before}：{what}。"
    return Finding(place, "number", SUSPECT, str(number), str(proved), gap(number, proved), message)


def descending(now: Sheets, wrong: Set[Place]) -> Iterator[Finding]:
    """A row or two out of the descending order that the others keep.

    A figure that is ``wrong`` says nothing about its row's place.
    """
    for code, column in rules.ORDERED.items():
        sheet = now.get(code)
        if sheet is None or not sheet.has(column):
            continue
        if sheet.form.group is not None and not sheet.has(sheet.form.group):
            continue  # Each group has an order of its own.
        for _, group in groupby(sheet.rows, key=lambda row: row.group):
            known = [
                (row, number)
                for row in group
                if (number := sheet.number(row, column)) is not None
                and sheet.place(row, column) not in wrong
            ]
            if len(known) >= rules.ORDERED_ROWS:
                falling = f"本表按“{column}”从大到小排列"
                if any(above * rules.RISES < below for (_, above), (_, below) in pairwise(known)):
                    yield from _misplaced(sheet, column, "order", known, falling)


def _misplaced(
    sheet: Sheet, column: str, rule: str, known: Sequence[tuple[Row, Decimal]], order: str
) -> Iterator[Finding]:
    """The rows to blame for a column that doesn't fall: two that changed places, or a few."""
    figures = [number for _, number in known]
    if _falls(figures):
        return
    out = _out_of_order(figures)
    pairs = combinations(range(len(figures)), 2)
    swapped = next((pair for pair in pairs if _falls(_swap(figures, *pair))), None)
    if swapped:
        first, second = (known[at][0] for at in swapped)
        yield _finding(sheet, column, rule, first, second, order)
    elif len(out) <= _few(len(figures)):
        for at in out:
            yield _finding(sheet, column, rule, known[at][0], None, order)


def _few(rows: int) -> int:
    """Most rows that can be out of place in a table that is printed in order."""
    return min(rows // rules.MISPLACED_OF, max(2, rows // rules.MISPLACED_OF_MANY))


def _falls(figures: Sequence[Decimal]) -> bool:
    return all(more >= less for more, less in pairwise(figures))


def _swap(figures: Sequence[Decimal], first: int, second: int) -> list[Decimal]:
    swapped = list(figures)
    swapped[first], swapped[second] = swapped[second], swapped[first]
    return swapped


def _out_of_order(figures: Sequence[Decimal]) -> list[int]:
    """The fewest rows without which the others are in order."""
    tails: list[Decimal] = []
    at: list[int] = []
    before: list[int | None] = []
    for index, number in enumerate(figures):
        place = bisect_right(tails, -number)
        tails[place:] = [-number, *tails[place + 1 :]]
        at[place:] = [index, *at[place + 1 :]]
        before.append(at[place - 1] if place else None)
    kept: set[int] = set()
    last: int | None = at[-1]
    while last is not None:
        kept.add(last)
        last = before[last]
    return [index for index in range(len(figures)) if index not in kept]


def _finding(
    sheet: Sheet, column: str, rule: str, row: Row, other: Row | None, order: str
) -> Finding:
    place, printed = sheet.place(row, column), row.cells[column]
    swapped = f"与“{other.label}”互换了位置，" if other else "位置有误，"
    message = f"{place}为{printed}，{order}，此行疑{swapped}或数值有误。"
    also = (sheet.place(other, column),) if other else ()
    return Finding(place, rule, SUSPECT, printed, "", "", message, also)


def ranked(now: Sheets) -> Iterator[Finding]:
    """The top three fall, and have no more reports together than there are."""
    for printed in now.platforms.values():
        named = []
        for rank in rules.RANKS:
            try:
                named.append((printed[rank][0], Decimal(values.named(printed[rank][1]).reports)))
            except (KeyError, ValueError):
                continue
        for (above, more), (place, fewer) in pairwise(named):
            if fewer > more:
                message = f"{place}为{fewer}份，多于{above.column}的{more}份。"
                args = (str(fewer), f"≤{more}", gap(fewer, more), message)
                yield Finding(place, "rank", WRONG, *args, (above,))
        place_text = printed.get(rules.REPORTS)
        together = sum((number for _, number in named), Decimal(0))
        if place_text and place_text[1].isdigit() and together > (total := Decimal(place_text[1])):
            place = place_text[0]
            message = f"{place}为{total}，少于前{len(named)}名之和{together}。"
            args = (str(total), f"≥{together}", gap(total, together), message)
            yield Finding(place, "rank", WRONG, *args, tuple(one for one, _ in named))
