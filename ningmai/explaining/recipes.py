"""How each figure comes to be: the SELECT that gives it alone, and which events it is made of."""

from dataclasses import dataclass
from datetime import date, timedelta

from ningmai.explaining.figures import Figure
from ningmai.proof.sheets import FORMS
from producers.bulletin import Month
from schemas.catalogue import HOME_CITY

UPLOADED = {
    "数据上传量": "sum(rows)",
    "门急诊信息上传人次": "sumIf(persons, table_code = 'visits')",
    "出院信息上传人次": "sumIf(persons, table_code = 'discharges')",
}
RECORDS = {"基本信息": "basic", "高血压": "hypertension", "糖尿病": "diabetes"}
PLACES = ("first", "second", "third")
FLOWS_OF_PLATFORM = ("report", "specimen", "consultation")
SINCE = {
    "bookings.total": ("bookings", "sum(events)", "day"),
    "uploads.rows_total": ("uploads", "sum(rows)", "business_date"),
}
"""Cumulative figures: the events that came since they were stated, their sum, and by which day."""
EARLY_DAYS = 2
"""A day's rows may be uploaded so many days before the month, by clocks that are ahead."""
SHOWN_AS = "multiIf(printed_as != '', printed_as, called != '', called, code)"
"""What an institution is called in a sentence: as it is printed, by its name, by its code."""
REAL = "origin != 'simulated'"
STANDS = (
    "ifNull(nullIf(arrayLast(step -> step.1 = assumeNotNull({column}) AND step.2 <= {day}, (SELECT"
    " arraySort(step -> step.2, groupArray((code, since, into))) FROM mergers)).3, ''),"
    " toString(assumeNotNull({column})))"
)
"""Under whom an institution's events of a day stand: whom it was merged into by then, or itself."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """``sql`` gives the figure alone. ``kind``: the events that it sums, those that meet ``where``
    (in the events' view and in its sums by day alike). ``stated``: its statements' conditions."""

    sql: str
    kind: str | None = None
    where: str = ""
    stated: str = ""


def of_view(figure: Figure, month: Month) -> str:
    """The SELECT that takes the figure out of its printed table."""
    form = FORMS[figure.table]
    view = f"bulletin_{figure.table}(month = '{month.first}')"
    if figure.table == "07":
        where = f"`平台` = {text(figure.row)} AND `指标` = {text(figure.column)}"
        return f"SELECT `数值` FROM {view} WHERE {where}"
    if not figure.total:
        return f"SELECT `{figure.column}` FROM {view} WHERE `{form.label}` = {text(figure.row)}"
    calls = " WHERE `单位` = '个'" if figure.table == "01a" else ""
    return f"SELECT sum(`{figure.column}`) FROM {view}{calls}"


def recipe(figure: Figure, month: Month) -> Recipe:
    """Where a figure comes from, as its table defines it."""
    if figure.table == "01a":
        return _calls(figure, month)
    if figure.table == "01b":
        return _flow("calls", "sum(events)", ["line = 'hotline'", _in("city", figure)], month)
    if figure.table == "02":
        channel = [f"channel = {text(figure.code)}"] if figure.code else []
        return _flow("bookings", "sum(events)", [_of("hospital", figure), *channel], month)
    if figure.table == "03":
        return _flow("bookings", "sum(events)", [_in("route", figure)], month)
    if figure.table in ("04", "05"):
        return _uploads(figure, month)
    if figure.table == "06":
        return _kiosks(figure, month)
    return _telemedicine(figure, month) if figure.table == "07" else _cumulative(figure, month)


def _calls(figure: Figure, month: Month) -> Recipe:
    if not figure.total and figure.rows[0].startswith("order_"):
        return _flow("calls", "sum(events)", [_in("line", figure)], month)
    hotline = ["line = 'hotline'", f"city = {text(HOME_CITY)}", _in("category", figure)]
    return _flow("calls", "sum(events)", hotline, month)


def _uploads(figure: Figure, month: Month) -> Recipe:
    early = month.first - timedelta(days=EARLY_DAYS)
    where = (
        f"{_of('organisation', figure, 'business_date')} AND {REAL} AND day >= '{early}'"
        f" AND {_between('business_date', month.first, month.last)}"
    )
    column = figure.column
    if column in UPLOADED:
        sql = f"SELECT {UPLOADED[column]} FROM uploads_by_day WHERE {where}"
    elif column.startswith("申明"):
        return _declared(figure, month)
    elif record := RECORDS.get(column.rpartition("/")[2]):
        return _stock(f"records.{record}", figure, month, "sum(amount)")
    else:
        what = "business_date" if "天数" in column else "table_code"
        sql = (
            f"SELECT uniqExact({what}) FROM (SELECT {what} FROM uploads_by_day WHERE {where}"
            " GROUP BY table_code, business_date HAVING sum(events) > 0)"
        )
    return Recipe(sql, "uploads", where)


def _declared(figure: Figure, month: Month) -> Recipe:
    subject = _in("subject", figure)
    both = "figure IN ('uploads.declared', 'uploads.required')"
    sql = (
        "SELECT concat(ifNull(toString(anyIf(amount, figure = 'uploads.declared')), '未反馈'), '/',"
        " toString(anyIf(amount, figure = 'uploads.required')))"
        f" FROM stocks_on(day = '{month.last}') WHERE {both} AND {subject}"
    )
    return Recipe(sql, stated=_stated(f"{both} AND {subject}", month))


def _kiosks(figure: Figure, month: Month) -> Recipe:
    if not figure.code:
        return _stock("kiosk.devices", figure, month, "sum(amount)")
    what = "toDecimal64(sum(amount_fen), 2) / 100" if "金额" in figure.column else "sum(events)"
    conditions = [_of("institution", figure), f"service = {text(figure.code)}"]
    return _flow("kiosk_transactions", what, conditions, month)


def _telemedicine(figure: Figure, month: Month) -> Recipe:
    platform = f"platform = {text(figure.rows[0])}"
    if figure.code in FLOWS_OF_PLATFORM:
        item = f"item = {text(figure.code)}"
        return _flow("telemedicine", "sum(events)", [platform, item], month)
    if figure.code == "images":
        return _flow("telemedicine", "sum(images)", [platform], month)
    if figure.code in PLACES:
        return _ranked(figure, platform, month)
    if figure.code == "unconnected":
        return _unconnected(figure, month)
    return _stock(figure.code, figure, month, "any(value)")


def _ranked(figure: Figure, platform: str, month: Month) -> Recipe:
    code = STANDS.format(column="institution", day="day") if figure.moved else "institution"
    flow = _flow(
        "telemedicine",
        f"assumeNotNull({code}) AS code, sum(events) AS n",
        [platform, "item = 'report'", "institution IS NOT NULL"],
        month,
    )
    sql = (
        f"SELECT concat({SHOWN_AS}, toString(n), '份')"
        f" FROM ({flow.sql} GROUP BY code HAVING n > 0) AS reports"
        f" LEFT JOIN ({_labels(month)}) AS printed USING code"
        f" LEFT JOIN ({_names(month)}) AS named USING code"
        f" ORDER BY n DESC, nth = 0, nth, code LIMIT 1 OFFSET {PLACES.index(figure.code)}"
    )
    return Recipe(sql, flow.kind, flow.where)


def _unconnected(figure: Figure, month: Month) -> Recipe:
    connection = f"figure = {text(f'telemedicine.connection.{figure.rows[0]}')}"
    if figure.moved:
        gone = f"SELECT code FROM mergers WHERE since <= '{month.first}'"
        connection += f" AND subject NOT IN ({gone})"
    sql = (
        f"SELECT arrayStringConcat(groupArray({SHOWN_AS}), '、')"
        f" FROM (SELECT subject AS code FROM stocks_on(day = '{month.last}')"
        f" WHERE {connection} AND value = 0 ORDER BY code) AS apart"
        f" LEFT JOIN ({_labels(month)}) AS printed USING code"
        f" LEFT JOIN ({_names(month)}) AS named USING code"
    )
    return Recipe(sql, stated=_stated(connection, month))


def _cumulative(figure: Figure, month: Month) -> Recipe:
    stock = figure.rows[0]
    kind, what, day = SINCE[stock]
    told = f"FROM stocks_on(day = '{month.last}') WHERE figure = {text(stock)} AND subject = 'city'"
    where = f"{REAL} AND {day} > (SELECT stated {told}) AND {day} <= '{month.last}'"
    amount = f"(SELECT amount {told}) + (SELECT {what} FROM {kind}_by_day WHERE {where})"
    if stock == "uploads.rows_total":
        digits = f"(SELECT exponent {told})"
        amount = f"intDiv({amount}, toInt64(exp10({digits}))) / exp10(8 - {digits})"
    stated = _stated(f"figure = {text(stock)} AND subject = 'city'", month)
    return Recipe(f"SELECT {amount}", kind, where, stated)


def _flow(kind: str, what: str, conditions: list[str], month: Month) -> Recipe:
    where = " AND ".join([*conditions, REAL, _between("day", month.first, month.last)])
    return Recipe(f"SELECT {what} FROM {kind}_by_day WHERE {where}", kind, where)


def _stock(stock: str, figure: Figure, month: Month, what: str) -> Recipe:
    where = f"figure = {text(stock)} AND {_in('subject', figure)}"
    sql = f"SELECT {what} FROM stocks_on(day = '{month.last}') WHERE {where}"
    return Recipe(sql, stated=_stated(where, month))


def _stated(where: str, month: Month) -> str:
    return f"{where} AND {REAL} AND as_of <= '{month.last}'"


def _labels(month: Month) -> str:
    return (
        "SELECT code, argMin(label, place) AS printed_as, min(place) AS nth FROM institution_labels"
        f" WHERE month = '{month.first}' AND table = '07' GROUP BY code"
    )


def _names(month: Month) -> str:
    return (
        "SELECT code, argMax(name, valid_from) AS called FROM institutions"
        f" WHERE valid_from <= '{month.last}' GROUP BY code"
    )


def _in(column: str, figure: Figure) -> str:
    if len(figure.rows) == 1:
        return f"{column} = {text(figure.rows[0])}"
    return f"{column} IN ({', '.join(map(text, figure.rows))})"


def _of(column: str, figure: Figure, day: str = "day") -> str:
    """The events that stand under the figure's institutions."""
    return _in(STANDS.format(column=column, day=day) if figure.moved else column, figure)


def _between(column: str, first: date, last: date) -> str:
    return f"{column} BETWEEN '{first}' AND '{last}'"


def text(value: str) -> str:
    """A value as SQL writes it."""
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"
