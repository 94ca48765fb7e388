"""Which districts a month's tables must have."""

from collections import Counter
from collections.abc import Iterator

from ningmai.proof import rules
from ningmai.proof.sheets import Sheet, Sheets, value
from producers.bulletin import values
from producers.bulletin.names import DISTRICTS
from producers.register import Institution


def printed(sheet: Sheet) -> dict[str, Institution]:
    """Districts among a table's rows, by code."""
    rows = [row for row in sheet.rows if sheet.code == "04" or row.group == DISTRICTS]
    return {one.code: one for one in map(sheet.institution, rows) if not one.provisional}


def expected(now: Sheets) -> dict[str, Institution]:
    """Districts that the bulletin must account for, by code.

    Those of the register. A bulletin of fewer (another city's, an earlier year's) is taken at its
    word if it is of one mind: more of its tables and platforms come out with the districts that it
    prints than with the register's.
    """
    every = {one.code: one for one in now.known.districts}
    tables = [found for sheet in _with_districts(now) if (found := printed(sheet))]
    named = {code: one for found in tables for code, one in found.items()}
    if not named or len(named) == len(every):
        return every
    votes = Counter(_sums(now))
    votes[len(named)] += sum(found.keys() == named.keys() for found in tables) - 1
    return named if votes[len(named)] > votes[len(every)] else every


def _with_districts(now: Sheets) -> Iterator[Sheet]:
    for code in ("04", "06"):
        if sheet := now.get(code):
            yield sheet


def _sums(now: Sheets) -> Iterator[int]:
    """Covered and unconnected together, of each platform that says both."""
    for said in now.platforms.values():
        if {rules.COVERED, rules.UNCONNECTED} <= said.keys():
            covered = value(said[rules.COVERED][1])
            try:
                missing = len(values.districts(said[rules.UNCONNECTED][1]))
            except ValueError:
                continue
            if covered is not None:
                yield int(covered) + missing
