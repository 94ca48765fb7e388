"""The dashboards' SQL: one file a query under queries/, apart from where it is drawn."""

import re
from pathlib import Path

from schemas.catalogue import catalogue

FOLDER = Path(__file__).parent / "queries"
# Lambdas that queries share, written as {name} in a WITH clause. Counts on tiles are in 万 and 亿,
# which Grafana's units do not know; no figure is —, which no unit says either.
LAMBDAS = {
    "{human}": (
        "n -> multiIf(isNull(n), '—', "
        "abs(n) >= 1e8, concat(toString(round(n / 1e8, 2)), ' 亿'), "
        "abs(n) >= 1e4, concat(toString(round(n / 1e4, 2)), ' 万'), toString(n)) AS human"
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
    """SQL of one query, by its path under queries/ without the suffix: ``calls/by_hour``.

    Comment lines stay in the file. Raises FileNotFoundError, and KeyError where a list or a code is
    not in the catalogue.
    """
    text = (FOLDER / f"{name}.sql").read_text(encoding="utf-8")
    sql = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("--"))
    for mark, lambda_ in LAMBDAS.items():
        sql = sql.replace(mark, lambda_)
    return LABELS.sub(_labels, sql).strip()


def _labels(found: re.Match[str]) -> str:
    """SQL for one mark of LABELS."""
    name, code = found.groups()
    if name != "labels":
        return catalogue().lists[name][code]
    pairs = catalogue().lists[code]
    return f"c -> transform(c, {list(pairs)}, {list(pairs.values())}, c) AS {code}_label"
