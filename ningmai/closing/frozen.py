"""A month's bulletin as cells, and back: what is frozen when a month is closed. Pure."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from ningmai.bulletin.facts import Facts
from ningmai.proof.finding import Finding, Place
from ningmai.proof.sheets import FORMS
from producers.bulletin import Bulletin, Month, Row, Table

MONTH, LAST_MONTH, LAST_YEAR, FINDINGS = "month", "last_month", "last_year", "findings"
PLACE = ("table", "row", "column")
Codes = Mapping[tuple[str, str], str]
"""Code of the institution that a row is, by table and label; empty where two have that label."""


@dataclass(frozen=True, slots=True, order=True)
class Frozen:
    """One cell as published: the fields of ``published_cells`` in the order of their sorting."""

    part: str
    table_code: str
    place: int
    """Row in its table, from 1."""
    column_place: int
    """Cell in its row, from 1; 0: the row has no cells."""
    group_name: str
    row_label: str
    row_code: str
    column_name: str
    value: str


@dataclass(frozen=True, slots=True)
class Closing:
    """One closing of a month."""

    month: Month
    number: int
    closed_at: datetime
    office: str
    version: str
    as_of: datetime | None
    cells: int
    """Figures of the month itself."""
    findings: int
    checksum: str
    positions: tuple[tuple[str, int, int, int], ...]
    """Topic, epoch, partition and the first offset that is not in the figures."""


def freeze(facts: Facts, codes: Codes) -> list[Frozen]:
    """Everything that the bulletin of these facts says, as cells in order."""
    return sorted(
        [
            *_cells(MONTH, facts.bulletin, codes),
            *_cells(LAST_MONTH, facts.last_month, {}),
            *_cells(LAST_YEAR, facts.last_year, {}),
            *_findings(facts.findings),
        ]
    )


def thaw(month: Month, as_of: datetime | None, cells: Iterable[Frozen]) -> Facts:
    """The facts that these cells were made of: the same bulletin is composed of them."""
    parts = {part: list(of) for part, of in groupby(sorted(cells), key=lambda cell: cell.part)}
    year_before = Month(month.year - 1, month.number)
    month_before = Month(month.year - (month.number == 1), (month.number - 2) % 12 + 1)
    return Facts(
        _bulletin(month, parts.get(MONTH, [])),
        _bulletin(month_before, parts[LAST_MONTH]) if LAST_MONTH in parts else None,
        _bulletin(year_before, parts[LAST_YEAR]) if LAST_YEAR in parts else None,
        _thawed_findings(parts.get(FINDINGS, [])),
        as_of,
    )


def checksum(month: Month, as_of: datetime | None, cells: Iterable[Frozen]) -> str:
    """SHA-256 in hex over the month, the as-of time (seconds) and the cells, sorted, as JSON."""
    lines: list[Any] = [[str(month), int(as_of.timestamp()) if as_of else None]]
    lines += [astuple(cell) for cell in sorted(cells)]
    digest = hashlib.sha256()
    for line in lines:
        digest.update(json.dumps(line, ensure_ascii=False).encode() + b"\n")
    return digest.hexdigest()


def figures(cells: Iterable[Frozen]) -> int:
    """How many cells of the month itself there are."""
    return sum(cell.part == MONTH and cell.column_place > 0 for cell in cells)


def codes_of(cells: Iterable[Frozen]) -> Codes:
    """Which institution each row of the month was, as frozen."""
    rows = {
        (cell.table_code, cell.row_label): cell.row_code for cell in cells if cell.part == MONTH
    }
    return {at: code for at, code in rows.items() if code}


def _cells(part: str, bulletin: Bulletin | None, codes: Codes) -> Iterator[Frozen]:
    for table in bulletin.tables.values() if bulletin else ():
        for place, row in enumerate(table.rows, start=1):
            code = codes.get((table.code, row.label), "")
            cells: Sequence[tuple[int, tuple[str, str]]] = list(enumerate(row.cells.items(), 1))
            for at, (column, value) in cells or [(0, ("", ""))]:
                yield Frozen(part, table.code, place, at, row.group, row.label, code, column, value)


def _bulletin(month: Month, cells: Sequence[Frozen]) -> Bulletin:
    tables = {
        code: _table(code, list(of))
        for code, of in groupby(cells, key=lambda cell: cell.table_code)
    }
    return Bulletin(month, "", tables)


def _table(code: str, cells: Sequence[Frozen]) -> Table:
    rows = []
    for place, of in groupby(cells, key=lambda cell: cell.place):
        row = list(of)
        held = {cell.column_name: cell.value for cell in row if cell.column_place}
        rows.append(Row(row[0].row_label, row[0].group_name, held, 0, place))
    view = f"bulletin_{code}"
    return Table(code, view, view, FORMS[code].header, tuple(rows), ())


def _findings(found: Sequence[Finding]) -> Iterator[Frozen]:
    for place, one in enumerate(found, start=1):
        fields = one.as_json()
        fields["also"] = json.dumps(fields["also"], ensure_ascii=False)
        for at, (name, value) in enumerate(fields.items(), start=1):
            yield Frozen(FINDINGS, one.rule, place, at, "", one.place.row, "", name, str(value))


def _thawed_findings(cells: Sequence[Frozen]) -> list[Finding]:
    by_place = sorted(cells, key=lambda cell: (cell.place, cell.column_place))
    found = []
    for _, of in groupby(by_place, key=lambda cell: cell.place):
        fields: dict[str, Any] = {cell.column_name: cell.value for cell in of}
        place = Place(*(fields.pop(name) for name in PLACE))
        also = tuple(Place(**one) for one in json.loads(fields.pop("also")))
        found.append(Finding(place=place, also=also, **fields))
    return found
