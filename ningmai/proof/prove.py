"""Every rule over a month's tables."""

from collections.abc import Callable, Iterator, Sequence

from ningmai.proof import institutions, limits, order, prices, repeats, zeros
from ningmai.proof.equations import unbalanced
from ningmai.proof.finding import Finding, Proof
from ningmai.proof.rules import NAMES
from ningmai.proof.sheets import Sheets, sheets
from ningmai.proof.sums import equations
from producers.bulletin import Bulletin, Month
from producers.register import Register, register


def findings(
    bulletin: Bulletin, before: Sequence[Bulletin] = (), known: Register | None = None
) -> list[Finding]:
    """Everything that is wrong with a month's tables or suspicious in them; none in good ones.

    Pure: tables in, findings out, in the order of the tables and of the rules in them. ``before``
    are earlier months, if there are any, in any order: what needs the month just before (cumulative
    figures, institutions that are gone) is proved only if it is among them. A table, a column or a
    cell that is absent is unknown: what needs it isn't proved.
    """
    known = known or register()
    now = sheets(bulletin, known)
    past = [sheets(one, known) for one in before if one.month < bulletin.month]
    last = next((one for one in past if one.month == _before(bulletin.month)), None)
    return sorted(_all(now, past, last), key=_in_print(now))


def prove(
    of: str,
    bulletin: Bulletin,
    before: Sequence[Bulletin] = (),
    known: Register | None = None,
) -> Proof:
    """The same as an outcome; ``of`` says whether the tables are ``printed`` or ``live``."""
    return Proof(str(bulletin.month), of, tuple(bulletin.tables), findings(bulletin, before, known))


def _all(now: Sheets, past: Sequence[Sheets], last: Sheets | None) -> Iterator[Finding]:
    wrong = [
        *(one for sheet in now.by_code.values() for one in limits.of_sheet(sheet, now.month)),
        *unbalanced(equations(now, last)),
    ]
    yield from wrong
    yield from _rows(now, wrong)
    yield from order.ranked(now)
    yield from institutions.unknown(now)
    yield from institutions.missing(now, last)
    yield from zeros.idle(now)
    yield from zeros.silent(now)
    yield from zeros.unlikely(now, past)
    yield from prices.outlying(now)


def _rows(now: Sheets, wrong: Sequence[Finding]) -> Iterator[Finding]:
    """What rows are to each other; nothing is told of a row again that stands there twice."""
    numbered = list(order.numbered(now))
    named = {(one.place.table, one.place.row) for one in numbered}
    falling = order.descending(now, {one.place for one in wrong})
    twice = list(institutions.duplicate(now))
    copies = {(one.place.table, one.place.row) for one in twice}
    yield from numbered
    yield from (one for one in falling if (one.place.table, one.place.row) not in named)
    yield from twice
    for one in (*repeats.repeated(now), *repeats.copied(now)):
        if (one.place.table, one.place.row) not in copies:
            yield one


def _in_print(now: Sheets) -> Callable[[Finding], tuple[str, int, int, int]]:
    """Sorts findings by table, row and column as printed, then by rule."""
    rows = {
        (code, row.label): at
        for code, sheet in now.by_code.items()
        for at, row in enumerate((*sheet.rows, *sheet.totals))
    }
    columns = {
        (code, column): at
        for code, sheet in now.by_code.items()
        for at, column in enumerate(
            (*sheet.table.header, *(one for row in sheet.rows for one in row.cells))
        )
    }

    def key(one: Finding) -> tuple[str, int, int, int]:
        table, row, column = one.place
        return (
            table,
            rows.get((table, row), -1),
            columns.get((table, column), -1),
            list(NAMES).index(one.rule),
        )

    return key


def _before(month: Month) -> Month:
    """The month before."""
    return Month(month.year - (month.number == 1), (month.number - 2) % 12 + 1)
