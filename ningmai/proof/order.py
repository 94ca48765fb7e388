"""Rows in the order that tables are printed in: by number, and from the most to the least."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import combinations, groupby, pairwise

from ningmai.proof import rules
from ningmai.proof.finding import SUSPECT, WRONG, Finding, figure, gap
from ningmai.proof.sheets import Sheet, Sheets
from producers.bulletin import Row, values


def numbered(now: Sheets) -> Iterator[Finding]:
    """Row numbers begin with 1 and leave none out."""
    for sheet in now.by_code.values():
        column = sheet.form.order
        if column is None or not sheet.has(column):
            continue
        known = [(row, number) for row in sheet.rows if (number := sheet.number(row, column))]
        before = Decimal(0)
        for row, number in known:
            if number != before + 1:
                place, proved = sheet.place(row, column), before + 1
                message = f"{place}为{number}，上一行为{before}：行有缺漏、重复或错位。"
                args = (str(number), str(proved), gap(number, proved), message)
                yield Finding(place, "number", SUSPECT, *args)
            before = number


def descending(now: Sheets) -> Iterator[Finding]:
    """A row or two out of the descending order that the others keep."""
    for code, column in rules.ORDERED.items():
        sheet = now.get(code)
        if sheet is None or not sheet.has(column):
            continue
        for _, group in groupby(sheet.rows, key=lambda row: row.group):
            known = [
                (row, number) for row in group if (number := sheet.number(row, column)) is not None
            ]
            yield from _misplaced(sheet, column, known)


def _misplaced(
    sheet: Sheet, column: str, known: Sequence[tuple[Row, Decimal]]
) -> Iterator[Finding]:
    figures = [number for _, number in known]
    if len(figures) < rules.ORDERED_ROWS or _falls(figures):
        return
    swapped = next(
        (pair for pair in combinations(range(len(figures)), 2) if _falls(_swap(figures, *pair))),
        None,
    )
    out = _out_of_order(figures)
    if len(out) == 1 or swapped is None:
        if len(out) <= _few(len(figures)):
            yield from (_finding(sheet, column, *known[at], ()) for at in out)
        return
    first, second = swapped
    yield _finding(sheet, column, *known[first], (known[second][0],))


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
    sheet: Sheet, column: str, row: Row, number: Decimal, with_rows: Sequence[Row]
) -> Finding:
    place = sheet.place(row, column)
    other = f"与{with_rows[0].label}位置互换" if with_rows else "位置"
    rule = f"本表按“{column}”从大到小排列，此行不在其位"
    message = f"{place}印{figure(number)}，{rule}：{other}或数值有误。"
    also = tuple(sheet.place(one, column) for one in with_rows)
    return Finding(place, "order", SUSPECT, figure(number), "", "", message, also)


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
            message = f"{place}印{total}，少于前{len(named)}名之和{together}。"
            args = (str(total), f"≥{together}", gap(total, together), message)
            yield Finding(place, "rank", WRONG, *args, tuple(one for one, _ in named))
