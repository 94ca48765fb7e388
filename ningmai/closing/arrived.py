"""What has arrived of a month since a place in the log: the events that made figures differ.

Everything is asked of raw, by place: late events, retractions, amendments, dead letters that were
sent again, repeats, statements and register entries. Calls block; raises clickhouse.errors.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from clickhouse_connect.driver.client import Client

from clickhouse.client import errors_sorted
from producers.bulletin import Month
from schemas.catalogue import HOME_CITY

Positions = Mapping[str, Mapping[tuple[int, int], int]]
"""By kind: the first offset of (epoch, partition) that is not in the figures."""
ANY_ROW = "*"
"""Instead of a table's code: every table that names institutions."""

START = "toDateTime64({month:Date}, 3, 'Asia/Shanghai')"
END = "toDateTime64(addMonths({month:Date}, 1), 3, 'Asia/Shanghai')"
INSIDE = f"(occurred_at >= {START} AND occurred_at < {END})"
UPLOADED = "(business_date >= {month:Date} AND business_date < addMonths({month:Date}, 1))"
# Figures since opening grow from the day that they were last stated for.
STATED = """ifNull((SELECT max(as_of) FROM {{db:Identifier}}.stocks WHERE figure = '{figure}'
 AND subject = 'city' AND origin != 'simulated' AND as_of < addMonths({{month:Date}}, 1)
 HAVING count() > 0), {{month:Date}} - 1)"""
_BOOKED = STATED.format(figure="bookings.total")
_ROWS = STATED.format(figure="uploads.rows_total")


@dataclass(frozen=True, slots=True)
class Touches:
    """Which events of a kind touch a month's tables, and which rows of them: as SQL.

    ``rows`` is an array of (table, identity of the row, which of its cells): a channel, a service,
    an item, flow, stated or name; empty: no matter. An event of no row touches totals alone.
    """

    within: str
    rows: str


REAL = "origin != 'simulated'"
TOUCHES: Mapping[str, Touches] = {
    "calls": Touches(
        f"{INSIDE} AND {REAL}",
        f"[('01a', multiIf(line != 'hotline', toString(line), city = '{HOME_CITY}',"
        " ifNull(toString(category), ''), ''), ''),"
        " ('01b', if(line = 'hotline', ifNull(toString(city), ''), ''), '')]",
    ),
    "bookings": Touches(
        f"occurred_at < {END} AND {REAL} AND ({INSIDE}"
        f" OR toDate(occurred_at, 'Asia/Shanghai') > {_BOOKED})",
        f"[('02', if({INSIDE}, ifNull(toString(hospital), ''), ''), ifNull(toString(channel), '')),"
        f" ('03', if({INSIDE}, ifNull(toString(route), ''), ''), ''),"
        " ('08', 'bookings.total', '')]",
    ),
    "telemedicine": Touches(f"{INSIDE} AND {REAL}", "[('07', toString(platform), toString(item))]"),
    "uploads": Touches(
        "business_date < addMonths({month:Date}, 1) AND "
        f"{REAL} AND ({UPLOADED} OR business_date > {_ROWS})",
        f"[('04', if({UPLOADED}, toString(organisation), ''), 'flow'),"
        f" ('05', if({UPLOADED}, toString(organisation), ''), 'flow'),"
        " ('08', 'uploads.rows_total', '')]",
    ),
    "kiosk_transactions": Touches(
        f"{INSIDE} AND {REAL}", "[('06', toString(institution), toString(service))]"
    ),
    "statements": Touches(
        f"as_of < addMonths({{month:Date}}, 1) AND {REAL}",
        "multiIf(figure LIKE 'telemedicine.connection.%',"
        " [('07', splitByChar('.', toString(figure))[3], 'stated')],"
        " figure LIKE 'telemedicine.%', [('07', toString(subject), 'stated')],"
        " subject = 'city', [('08', toString(figure), '')],"
        " figure = 'kiosk.devices', [('06', toString(subject), 'stated')],"
        " [('04', toString(subject), 'stated'), ('05', toString(subject), 'stated')])",
    ),
    "institutions": Touches(
        "valid_from < addMonths({month:Date}, 1)", f"[('{ANY_ROW}', code, 'name')]"
    ),
}

ARRIVED = """
SELECT count() FROM {{db:Identifier}}.raw_{kind} WHERE ({within}) AND {after}
"""

# A dead letter has its event's id behind the five bytes of the frame and the length of the id.
SORTS = """
multiIf(
    sign = -1 AND (epoch, kafka_partition, kafka_offset) IN (SELECT epoch, kafka_partition,
        kafka_offset FROM {{db:Identifier}}.far_repeats WHERE topic = '{kind}'
        AND reason = 'retraction'), 'second',
    NOT counted OR (epoch, kafka_partition, kafka_offset) IN (SELECT epoch, kafka_partition,
        kafka_offset FROM {{db:Identifier}}.far_repeats WHERE topic = '{kind}'), 'repeat',
    sign = -1, 'retraction',
    event_id IN (SELECT substring(value, 7, intDiv(reinterpretAsUInt8(substring(value, 6, 1)), 2))
        FROM {{db:Identifier}}.dead_letters WHERE topic = '{kind}' AND length(value) > 6),
    'redelivered',
    corrects IS NOT NULL, 'amendment',
    'late')
"""

CAUSES = """
SELECT sort, row.1 AS table_code, row.2 AS ident, row.3 AS what,
       count() AS events,
       arraySlice(arrayMap(at -> at.2, arraySort(groupArray((appended_at, event_id)))), 1, {most})
FROM
(
    SELECT {sorts} AS sort, appended_at, event_id, {rows} AS touched
    FROM {{db:Identifier}}.raw_{kind} FINAL
    WHERE ({within}) AND {after}
    UNION ALL
    SELECT 'taken_back', appended_at, event_id, {rows}
    FROM {{db:Identifier}}.raw_{kind} FINAL
    WHERE ({within}) AND NOT {after} AND (epoch, kafka_partition, kafka_offset) IN
    (
        SELECT epoch, kafka_partition, kafka_offset FROM {{db:Identifier}}.far_repeats FINAL
        WHERE topic = '{kind}' AND {after_first}
    )
)
ARRAY JOIN arrayConcat([('', '', '')], touched) AS row
GROUP BY sort, table_code, ident, what
HAVING table_code = '' OR ident != ''
ORDER BY sort, table_code, ident, what
"""


@dataclass(frozen=True, slots=True)
class Cause:
    """Events of one kind and sort that touch one row; of table '': all of them."""

    kind: str
    sort: str
    """late, retraction, amendment, redelivered, taken_back; without effect: second, repeat."""
    table: str
    ident: str
    what: str
    """Which of the row's cells; see Touches."""
    events: int
    ids: tuple[str, ...]
    """The first of them, in the order of their arrival."""


def count_arrived(client: Client, month: Month, positions: Positions) -> int:
    """Events that touch the month and lie at or behind these places."""
    found = 0
    for kind, touches in TOUCHES.items():
        sql = ARRIVED.format(kind=kind, within=touches.within, after=_after(positions, kind))
        found += int(_rows(client, sql, month)[0][0])
    return found


def causes(client: Client, month: Month, positions: Positions, most: int) -> list[Cause]:
    """The same by kind, sort and row, with up to so many ids each."""
    found = []
    for kind, touches in TOUCHES.items():
        sql = CAUSES.format(
            kind=kind,
            within=touches.within,
            rows=touches.rows,
            sorts=SORTS.format(kind=kind),
            after=_after(positions, kind),
            after_first=_after(positions, kind, "first_epoch", "first_partition", "first_offset"),
            most=most,
        )
        for sort, table, ident, what, events, ids in _rows(client, sql, month):
            found.append(Cause(kind, sort, table, ident, what, int(events), tuple(ids)))
    return found


def by_kind(closed: tuple[tuple[str, int, int, int], ...]) -> Positions:
    """Positions as a closing has them."""
    found: dict[str, dict[tuple[int, int], int]] = {}
    for kind, epoch, number, end in closed:
        found.setdefault(kind, {})[epoch, number] = end
    return found


def _after(
    positions: Positions,
    kind: str,
    epoch: str = "epoch",
    number: str = "kafka_partition",
    offset: str = "kafka_offset",
) -> str:
    """SQL: at or behind the place of its partition; a partition unknown then is all behind."""
    pairs = "".join(
        f"{epoch} = {e} AND {number} = {n}, {end}, "
        for (e, n), end in positions.get(kind, {}).items()
    )
    return f"({offset} >= multiIf({pairs}0))" if pairs else "(1)"


def _rows(client: Client, sql: str, month: Month) -> Any:
    values = {"month": month.first, "db": client.database}
    with errors_sorted():
        return client.query(sql, parameters=values).result_rows
