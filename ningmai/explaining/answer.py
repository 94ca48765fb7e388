"""One figure explained: asked of ClickHouse as any analyst can ask it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from clickhouse_connect.driver.client import Client

from clickhouse.client import errors_sorted
from ningmai.explaining.figures import Codes, Figure
from ningmai.explaining.figures import figures as of_bulletin
from ningmai.explaining.recipes import Recipe, of_view, recipe
from ningmai.proof import Finding, prove
from ningmai.proof.live import before, read_live
from producers.bulletin import Bulletin, Month

PAST = 3
"""Months before that one that its figures are proved against, as `ningmai proof` does."""
SAMPLE = 5
Row = Mapping[str, Any]
Ask = Callable[[str], Sequence[Row]]


@dataclass(frozen=True, slots=True)
class Explanation:
    """What a figure is. ``agrees``: both queries, run now, gave the value."""

    month: str
    figure: Figure
    of_view: str
    alone: str
    agrees: bool
    sources: Sequence[Row]
    freshness: Sequence[Row]
    last_event: str | None
    events: Sequence[Row]
    events_sql: Sequence[str]
    findings: Sequence[Finding]

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        fields = asdict(self)
        fields["findings"] = [one.as_json() for one in self.findings]
        return {**fields, "name": self.figure.name, "address": self.figure.address}


def figures(client: Client, month: Month) -> tuple[Bulletin, list[Figure]]:
    """The month's live tables, and all figures of them. Raises clickhouse.errors."""
    bulletin = read_live(client, month)
    with errors_sorted():
        mergers = client.query(
            "SELECT code, since, into FROM mergers WHERE since <= {last:Date} ORDER BY since",
            parameters={"last": month.last},
        ).result_rows
    moved = {each for code, _, into in mergers for each in (code, into)}
    gone = {code: into for code, since, into in mergers if since <= month.first}
    return bulletin, of_bulletin(bulletin, _codes(client, month, gone), moved)


def explain(client: Client, bulletin: Bulletin, figure: Figure) -> Explanation:
    """Everything about one figure of live tables, asked now. Raises clickhouse.errors."""
    month = bulletin.month
    how = recipe(figure, month)
    view = of_view(figure, month)

    def ask(sql: str) -> list[Row]:
        with errors_sorted():
            return list(client.query(sql).named_results())

    events_sql = _events_sql(how)
    return Explanation(
        month=str(month),
        figure=figure,
        of_view=view,
        alone=how.sql,
        agrees=all(same(_one(ask(sql)), figure.text) for sql in (view, how.sql)),
        sources=_sources(ask, how),
        freshness=_freshness(ask, how),
        last_event=_last_event(ask, how),
        events=[row for sql in events_sql for row in ask(sql)],
        events_sql=events_sql,
        findings=_findings(bulletin, before(client, month, PAST), figure),
    )


def same(found: object, text: str) -> bool:
    """Whether a query's answer is what the cell says."""
    try:
        return Decimal(str(found)) == Decimal(text)
    except InvalidOperation:
        return str(found) == text


def _one(rows: Sequence[Row]) -> object:
    return next(iter(rows[0].values())) if len(rows) == 1 else None


def _codes(client: Client, month: Month, gone: Mapping[str, str]) -> Codes:
    """Codes of institutions by printed row, and (table empty) by name.

    Of one that the month began without, the printed row is the one's that it was merged into.
    """
    with errors_sorted():
        named = client.query(
            "SELECT '', argMax(name, valid_from), code FROM institutions"
            " WHERE valid_from <= {last:Date} GROUP BY code",
            parameters={"last": month.last},
        ).result_rows
        printed = client.query(
            "SELECT table, label, code FROM institution_labels WHERE month = {first:Date}",
            parameters={"first": month.first},
        ).result_rows
    known = {(table, name): code for table, name, code in named if code not in gone}
    return {**known, **{(table, label): gone.get(code, code) for table, label, code in printed}}


def _sources(ask: Ask, how: Recipe) -> list[Row]:
    found: list[Row] = []
    if how.kind:
        found += ask(
            f"SELECT '{how.kind}' AS topic, source, origin, sum(events) AS events"
            f" FROM {how.kind}_by_day WHERE {how.where}"
            " GROUP BY source, origin ORDER BY events DESC"
        )
    if how.stated:
        found += ask(
            "SELECT 'statements' AS topic, source, origin, count() AS events"
            f" FROM statements WHERE {how.stated} GROUP BY source, origin ORDER BY events DESC"
        )
    return found


def _freshness(ask: Ask, how: Recipe) -> Sequence[Row]:
    topics = [each for each in (how.kind, "statements" if how.stated else None) if each]
    names = ", ".join(f"'{each}'" for each in topics)
    return ask(
        "SELECT topic, toString(toTimeZone(last_appended, 'Asia/Shanghai')) AS last_appended"
        f" FROM freshness WHERE topic IN ({names}) ORDER BY topic"
    )


def _last_event(ask: Ask, how: Recipe) -> str | None:
    """The newest day with an event of the figure, or when the newest statement was made."""
    if how.kind:
        when, table, where = "max(day)", f"{how.kind}_by_day", how.where
    else:
        when = "max(toTimeZone(occurred_at, 'Asia/Shanghai'))"
        table, where = "statements", how.stated
    (row,) = ask(f"SELECT toString({when}) AS last, count() AS n FROM {table} WHERE {where}")
    return str(row["last"]) if row["n"] else None


def _events_sql(how: Recipe) -> list[str]:
    """Some of the events, and of the statements, that the figure is made of."""
    told = (
        "SELECT event_id, toString(toTimeZone(occurred_at, 'Asia/Shanghai')) AS occurred_at,"
        " source, origin, sign"
    )
    found = [f"{told} FROM {how.kind} WHERE {how.where} LIMIT {SAMPLE}"] if how.kind else []
    if how.stated:
        found.append(
            f"{told} FROM statements WHERE {how.stated} ORDER BY as_of DESC LIMIT {SAMPLE}"
        )
    return found


def _findings(bulletin: Bulletin, past: Sequence[Bulletin], figure: Figure) -> list[Finding]:
    found = []
    for one in prove("live", bulletin, past).findings:
        for place in (one.place, *one.also):
            row = place.row in ("", figure.row)
            if place.table == figure.table and row and place.column in ("", figure.column):
                found.append(one)
                break
    return found
