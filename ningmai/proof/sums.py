"""The sums that a month's tables must hold, by the rules."""

from collections.abc import Iterator, Mapping
from decimal import Decimal

from ningmai.proof import rules
from ningmai.proof.districts import expected
from ningmai.proof.equations import Equation
from ningmai.proof.finding import Place
from ningmai.proof.sheets import Sheet, Sheets, value
from producers.bulletin import SUBTOTAL, Row, values
from producers.bulletin.layout import CUMULATIVE, cumulative
from schemas.catalogue import catalogue

Cells = Mapping[Place, Decimal]


def equations(now: Sheets, before: Sheets | None) -> list[Equation]:
    """Every sum whose cells are all known, in the order of the tables."""
    found = []
    for sheet in now.by_code.values():
        found += [*_totals(sheet), *_subtotals(sheet)]
    found += [*_agreements(now), *_kinds(now), *_coverage(now)]
    return found + list(_cumulative(now, before) if before else ())


def _totals(sheet: Sheet) -> Iterator[Equation]:
    """Each total is the sum of its rows."""
    for total in sheet.totals:
        for column in sheet.figures:
            parts = _column(sheet, column)
            printed = sheet.number(total, column)
            if printed is not None and parts:
                left = (sheet.place(total, column), printed)
                yield Equation("total", left, parts, f"其上{len(parts)}行之和")


def _column(sheet: Sheet, column: str) -> Cells | None:
    """Figures of the rows that a total sums; None where one is not known, or where no row is."""
    cells: dict[Place, Decimal] = {}
    for row in sheet.rows:
        if sheet.code == "01a" and catalogue().known("lines", row.label):
            continue  # Work orders of 12345 stand below the calls and are in no total.
        printed = sheet.number(row, column)
        if printed is None:
            return None
        # A row printed twice counts twice, as in print.
        place = sheet.place(row, column)
        cells[place] = cells.get(place, Decimal(0)) + printed
    return cells or None


def _subtotals(sheet: Sheet) -> Iterator[Equation]:
    """Each 小计, that of the total too, is the sum of its row."""
    parts = [column for column in sheet.figures if column != SUBTOTAL and _counts(sheet, column)]
    wanted = [column for column in sheet.form.figures if column != SUBTOTAL]
    if not sheet.has(SUBTOTAL, *wanted):
        return
    for row in (*sheet.rows, *sheet.totals):
        whole = sheet.number(row, SUBTOTAL)
        cells = {sheet.place(row, part): sheet.number(row, part) for part in parts}
        known = {place: number for place, number in cells.items() if number is not None}
        if whole is not None and len(known) == len(cells):
            left = (sheet.place(row, SUBTOTAL), whole)
            yield Equation("subtotal", left, known, f"本行{len(known)}项之和")


def _counts(sheet: Sheet, column: str) -> bool:
    """Whether a column holds figures: a channel that is new does, a remark doesn't."""
    known = column in sheet.form.figures
    return known or any(sheet.number(row, column) is not None for row in sheet.rows)


def _agreements(now: Sheets) -> Iterator[Equation]:
    for rule in rules.AGREEMENTS:
        left, right = _side(now, *rule.left), _side(now, *rule.right)
        if left and right:
            ((place, printed),) = left.items()
            other = f"表{rule.right[0]}各行{rule.right[2]}之和" if len(right) > 1 else str(*right)
            yield Equation("agreement", (place, printed), right, f"应与之一致的{other}")


def _side(now: Sheets, code: str, label: str | None, column: str) -> Cells | None:
    """The cells that add up to one side; None where they aren't known."""
    sheet = now.get(code)
    if sheet is None or not sheet.has(column):
        return None
    if label is None:
        return _column(sheet, column)
    rows = sheet.totals if label == rules.TOTAL else sheet.rows
    for row in rows:
        if label in (row.label, rules.TOTAL):
            printed = sheet.number(row, column)
            return None if printed is None else {sheet.place(row, column): printed}
    return None


def _kinds(now: Sheets) -> Iterator[Equation]:
    """The kinds of a platform's institutions add up to those connected."""
    for platform, kinds in rules.KINDS.items():
        printed = now.platforms.get(platform, {})
        parts = {printed[kind][0]: value(printed[kind][1]) for kind in kinds if kind in printed}
        known = {place: number for place, number in parts.items() if number is not None}
        whole = value(printed[rules.CONNECTED][1]) if rules.CONNECTED in printed else None
        if whole is not None and len(known) == len(kinds):
            left = (printed[rules.CONNECTED][0], whole)
            yield Equation("total", left, known, f"{len(known)}类机构之和")


def _coverage(now: Sheets) -> Iterator[Equation]:
    """Districts covered and districts named as unconnected are all districts there are."""
    for printed in now.platforms.values():
        if not {rules.COVERED, rules.UNCONNECTED} <= printed.keys():
            continue
        (place, text), (_, named) = printed[rules.COVERED], printed[rules.UNCONNECTED]
        covered = value(text)
        try:
            missing = len(values.districts(named))
        except ValueError:
            continue  # Said by the rule for cells.
        if covered is not None:
            districts = len(expected(now))
            reason = f"全部{districts}个区减去未对接{missing}个区"
            rest = Decimal(districts - missing)
            yield Equation("coverage", (place, covered), {}, reason, constant=rest)


def _cumulative(now: Sheets, before: Sheets) -> Iterator[Equation]:
    """What is cumulative is last month's and this month's together, as far as it is rounded."""
    for figure, parts in _flows(now).items():
        new, old = _stock(now, figure), _stock(before, figure)
        if new is None or old is None or parts is None:
            continue
        (place, total, rounding), (_, start, other) = new, old
        yield Equation(
            "cumulative",
            (place, total),
            {},
            f"上月累计{start}加本月各行之和",
            constant=start + sum(parts, Decimal(0)),
            within=rounding + other,
        )


def _flows(now: Sheets) -> dict[str, list[Decimal] | None]:
    """What this month adds to each cumulative figure, from the rows alone."""
    bookings = now.get("02")
    uploaded = [now.get(code) for code in rules.UPLOADS]
    volumes: list[Decimal] | None = []
    for sheet in uploaded:
        cells = _column(sheet, rules.UPLOADS[sheet.code].volume) if sheet else None
        volumes = None if cells is None or volumes is None else [*volumes, *cells.values()]
    added = _column(bookings, SUBTOTAL) if bookings else None
    return {
        "bookings.total": None if added is None else list(added.values()),
        "uploads.rows_total": volumes,
    }


def _stock(of: Sheets, figure: str) -> tuple[Place, Decimal, Decimal] | None:
    """A cumulative figure in ones: its place, its value, half a unit of its last digit."""
    sheet = of.get("08")
    for row in sheet.rows if sheet else ():
        if _figure_of(row, of.month.number) != figure:
            continue
        try:
            said = CUMULATIVE[figure](row.cells.get("数值", ""))
        except ValueError:
            return None
        place = Place("08", row.label, "数值")
        if isinstance(said, values.Scaled):
            unit = Decimal(1).scaleb(said.exponent)
            return place, said.digits * unit, unit / 2
        return place, Decimal(str(said)), Decimal(0)
    return None


def _figure_of(row: Row, month: int) -> str | None:
    try:
        return cumulative(row.label, month)
    except ValueError:
        return None
