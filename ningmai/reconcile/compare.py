"""Every printed row cell against the same cell of the views."""

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal

from clickhouse_connect.driver.client import Client

from clickhouse.client import errors_sorted
from ningmai.reconcile.findings import findings
from ningmai.reconcile.report import Line, Report
from producers.bulletin import SUBTOTAL, Bulletin, values
from producers.bulletin.layout import CUMULATIVE, LAYOUTS, cumulative, telemedicine
from producers.register import Register, register
from schemas.catalogue import catalogue

Key = tuple[str, str, str]
"""Table, row and column."""

FORMS = {form.code: form for form in LAYOUTS}
EVENTS = ("report", "specimen", "consultation", "images")
"""Indicators of table 07 that are counted; the others are stated, or name somebody."""
NOTHING = ("", "0", "0.00")
"""What a row that the print leaves out may say: that there was nothing."""


def reconcile(client: Client, bulletin: Bulletin) -> Report:
    """Compare a bulletin with the views of ``client``'s database; find what is wrong in print.

    Raises clickhouse.errors.
    """
    report = Report(str(bulletin.month), findings=findings(bulletin))
    computed = _computed(client, bulletin)
    for cell in bulletin.cells():
        key = (cell.table, cell.row, cell.column)
        report.cells += 1
        made = computed.pop(key, "0" if _counts(key) else None)
        if made is not None and _equal(bulletin, key, cell.printed, made):
            report.equal += 1
        else:
            reason = "not computed: no such row" if made is None else ""
            report.differences.append(Line(*key, cell.printed, made or "", reason))
    report.differences += [
        Line(*key, "", made, "not in print: a row that the events add up to")
        for key, made in computed.items()
        if made not in NOTHING
    ]
    report.differences = _explained(bulletin, report.differences)
    return report


def _counts(key: Key) -> bool:
    """Whether a cell counts events: where SQL has no row for it, there were none."""
    table, row, column = key
    if table == "07":
        platform = catalogue().code("platforms", row)
        return catalogue().known(f"indicators.{platform}", column) in EVENTS
    return table in ("01a", "01b", "03")


def _explained(bulletin: Bulletin, differences: list[Line]) -> list[Line]:
    """The same, each with the planner's reason where it knows one."""
    if not differences:
        return []
    from producers.bulletin.plan import explain

    known = explain(bulletin)
    return [
        Line(
            *(one.table, one.row, one.column, one.printed, one.computed),
            known.get((one.table, one.row, one.column))
            or one.reason
            or "the events in ClickHouse add up to another figure",
        )
        for one in differences
    ]


def _computed(client: Client, bulletin: Bulletin) -> dict[Key, str]:
    """Every cell of the views of the tables that are printed."""
    return {
        key: text
        for code in bulletin.tables
        for key, text in _cells(code, _rows(client, code, bulletin))
    }


def _rows(client: Client, code: str, bulletin: Bulletin) -> Iterator[Mapping[str, str]]:
    with errors_sorted():
        answer = client.query(
            f"SELECT * FROM bulletin_{code}(month = {{month:Date}})",
            parameters={"month": bulletin.month.first},
        )
    for row in answer.result_rows:
        yield dict(zip(answer.column_names, map(_text, row), strict=True))


def _text(value: object) -> str:
    """As it is printed; unknown is nothing at all."""
    if value is None:
        return ""
    return f"{value:.2f}" if isinstance(value, Decimal) else str(value)


def _cells(code: str, rows: Iterator[Mapping[str, str]]) -> Iterator[tuple[Key, str]]:
    form = FORMS[code]
    for row in rows:
        if code == "07":
            yield (code, row["平台"], row["指标"]), row["数值"]
            continue
        for column in form.figures:
            if column != SUBTOTAL:
                yield (code, row[form.label], column), row[column]


def _equal(bulletin: Bulletin, key: Key, printed: str, computed: str) -> bool:
    """Whether two texts say the same: numbers, sets and names, not their spelling."""
    parser = _parser(bulletin, key)
    known = register()
    try:
        return _canonical(known, parser(printed)) == _canonical(known, parser(computed))
    except ValueError:
        return False


def _parser(bulletin: Bulletin, key: Key) -> Callable[[str], object]:
    table, row, column = key
    if table == "07":
        return telemedicine(row, column)
    if table == "08":
        return CUMULATIVE[cumulative(row, bulletin.month.number)]
    return FORMS[table].figures[column]


def _canonical(known: Register, value: object) -> object:
    if isinstance(value, values.Named):
        return known.resolve(value.name, "other").code, value.reports
    if isinstance(value, tuple) and not isinstance(value, values.Declared | values.Scaled):
        return {known.resolve(str(name), "district").code for name in value}
    return value
