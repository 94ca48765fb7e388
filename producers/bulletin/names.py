"""Who the rows of a bulletin are: its institutions, and where each of them is printed."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from producers.bulletin import values
from producers.bulletin.model import Bulletin, Row
from producers.register import Institution, Kind, Register
from schemas.catalogue import catalogue

DISTRICTS = "各区"
TOP = ("first", "second", "third")
BY_ROW = ("04", "06", "05", "02")
"""Tables whose rows are institutions; for an unknown name, the first says of what kind it is."""


class Mention(NamedTuple):
    """One place where an institution is printed."""

    table: str
    label: str
    place: int
    institution: Institution


def kind_of(table: str, group: str) -> Kind:
    """Kind of an institution that only its row in a table tells of."""
    return "district" if table == "04" or (table == "06" and group == DISTRICTS) else "hospital"


def of_row(register: Register, table: str, row: Row) -> Institution:
    """Institution of a row of table 02, 04, 05 or 06."""
    return register.resolve(row.label, kind_of(table, row.group))


def indicator(row: Row) -> tuple[str, str, str]:
    """Platform's code, indicator's code and printed value of a row of table 07."""
    ((label, printed),) = row.cells.items()
    platform = catalogue().code("platforms", row.label)
    return platform, catalogue().code(f"indicators.{platform}", label), printed


def mentions(bulletin: Bulletin, register: Register) -> Iterator[Mention]:
    """Every institution that the bulletin prints, once for each place of it."""
    for table in BY_ROW:
        for row in bulletin.rows(table):
            yield Mention(table, row.label, row.place, of_row(register, table, row))
    for row in bulletin.rows("07"):
        _, what, printed = indicator(row)
        if what in TOP:
            name = values.named(printed).name
            yield Mention("07", name, row.place, register.resolve(name, "other"))
        elif what == "unconnected":
            for name in values.districts(printed):
                yield Mention("07", name, row.place, register.resolve(name, "district"))


def institutions(
    bulletin: Bulletin, register: Register
) -> Mapping[str, tuple[Institution, list[Mention]]]:
    """Institutions that the bulletin prints, by code, with their mentions in order of table."""
    found: dict[str, tuple[Institution, list[Mention]]] = {}
    for mention in mentions(bulletin, register):
        code = mention.institution.code
        found.setdefault(code, (mention.institution, []))[1].append(mention)
    for _, printed in found.values():
        printed.sort(key=lambda mention: (mention.table, mention.place))
    return dict(sorted(found.items()))
