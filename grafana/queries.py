"""The dashboards' SQL: one file a query under queries/, apart from where it is drawn."""

import re
from dataclasses import asdict, dataclass
from pathlib import Path

from schemas.catalogue import catalogue

FOLDER = Path(__file__).parent / "queries"


@dataclass(frozen=True)
class Figure:
    """A figure that leaders follow: of which kind, what is added up, of which events."""

    kind: str
    sum: str
    where: str = "true"


FIGURES = {
    "calls": Figure("calls", "sum(events)", "line = 'hotline'"),
    "bookings": Figure("bookings", "sum(events)"),
    "reports": Figure("telemedicine", "sum(events)", "item = 'report'"),
    "ecg": Figure("telemedicine", "sum(events)", "platform = 'ecg' AND item = 'report'"),
    "imaging": Figure("telemedicine", "sum(events)", "platform = 'imaging' AND item = 'report'"),
    "lab": Figure("telemedicine", "sum(events)", "platform = 'lab' AND item = 'report'"),
    "consultations": Figure("telemedicine", "sum(events)", "item = 'consultation'"),
    "uploads": Figure("uploads", "sum(rows)"),
    "kiosks": Figure("kiosk_transactions", "sum(events)"),
    "amount": Figure("kiosk_transactions", "sum(amount_fen) / 100", "service = 'payment'"),
}
"""By the names that queries are asked for them with: ``figure/today@calls``."""
# Lambdas that queries share, written as {name} in a WITH clause. Counts on tiles are in 万 and 亿,
# which Grafana's units do not know; no figure is —, which no unit says either.
LAMBDAS = {
    "{human}": (
        "n -> multiIf(isNull(n), '—', "
        "abs(n) >= 1e8, concat(toDecimalString(n / 1e8, 2), ' 亿'), "
        "abs(n) >= 1e4, concat(toDecimalString(n / 1e4, 2), ' 万'), toString(n)) AS human"
    ),
    "{change}": (
        "(now, before) -> if(ifNull(before, 0) <= 0 OR isNull(now), '—', "
        "concat(if(now >= before, '▲ ', '▼ '), "
        "toString(abs(round(100 * (now - before) / before, 1))), '%')) AS change"
    ),
    # The month so far, and the same days and whole hours of last month and of this month last year:
    # in_days(day) of a view by day, in_hours(hour) of one by hour; months_ago(day) is 0, 1 or 12.
    "{so_far}": (
        "toDate(now('Asia/Shanghai')) AS today, toStartOfMonth(today) AS first, "
        "toStartOfDay(now('Asia/Shanghai')) AS midnight, "
        "toStartOfHour(now('Asia/Shanghai')) AS this_hour, "
        "(d, months) -> d >= addMonths(first, -months) AND d < addMonths(today, -months) AS days, "
        "(h, months) -> h >= addMonths(midnight, -months) AND h < addMonths(this_hour, -months) "
        "AS hours, "
        "d -> days(d, 0) OR days(d, 1) OR days(d, 12) AS in_days, "
        "h -> h >= midnight OR hours(h, 1) OR hours(h, 12) AS in_hours, "
        "d -> multiIf(d >= first, 0, d >= addMonths(first, -1), 1, 12) AS months_ago"
    ),
}
# {labels:cities} is a lambda that gives a code of the list its label, {cities:nanjing} one label.
# What Grafana expands, ${variable:format}, begins with a dollar.
LABELS = re.compile(r"(?<!\$)\{(\w+):(\w+)\}")


def query(name: str) -> str:
    """SQL of one query, by its path under queries/ without the suffix: ``calls/by_category``.

    One that is the same for several figures names which: ``figure/today@calls``; its ``{kind}``,
    ``{sum}`` and ``{where}`` are that Figure's. Comment lines stay in the file. Raises
    FileNotFoundError, and KeyError where a figure, a list or a code is not known.
    """
    path, _, figure = name.partition("@")
    text = (FOLDER / f"{path}.sql").read_text(encoding="utf-8")
    sql = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("--"))
    parts = asdict(FIGURES[figure]) if figure else {}
    for mark, written in {**LAMBDAS, **{f"{{{part}}}": parts[part] for part in parts}}.items():
        sql = sql.replace(mark, written)
    return LABELS.sub(_labels, sql).strip()


def _labels(found: re.Match[str]) -> str:
    """SQL for one mark of LABELS."""
    name, code = found.groups()
    if name != "labels":
        return catalogue().lists[name][code]
    pairs = catalogue().lists[code]
    return f"c -> transform(c, {list(pairs)}, {list(pairs.values())}, c) AS {code}_label"
