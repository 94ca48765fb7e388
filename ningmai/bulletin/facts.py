"""What a bulletin is written from: a month's tables, its past, and what proof says of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from clickhouse_connect.driver.client import Client

from clickhouse.client import errors_sorted
from ningmai.institutions.reading import read_book
from ningmai.proof import Finding, findings
from ningmai.proof.live import before, read_live
from producers.bulletin import Bulletin, Month
from producers.bulletin.month import SHANGHAI

PAST = 3
"""Months before it that a month is proved against, as ``ningmai proof`` does."""


@dataclass(frozen=True, slots=True)
class Closed:
    """A month that was published before, and how far its figures are from that now."""

    closing: int
    on: date
    differences: int


@dataclass(frozen=True, slots=True)
class Facts:
    """All that the document says comes from here; nothing is asked later."""

    bulletin: Bulletin
    last_month: Bulletin | None = None
    last_year: Bulletin | None = None
    """The same month a year before. None: there are no figures of it."""
    findings: Sequence[Finding] = ()
    as_of: datetime | None = None
    """When the newest message was appended whose figures are in; None: nobody knows."""
    closed: Closed | None = None
    """Of current figures, the closing that they are beside; None: there is none."""


def read_facts(client: Client, month: Month) -> Facts:
    """Everything about a month, as ClickHouse has it now. Raises clickhouse.errors."""
    as_of = _as_of(client)
    bulletin = read_live(client, month)
    past = before(client, month, PAST)
    last_year = read_live(client, Month(month.year - 1, month.number))
    return Facts(
        bulletin,
        next((one for one in past if one.month == month_before(month)), None),
        last_year if last_year.tables else None,
        findings(bulletin, past, read_book(client).register(month.last)),
        as_of,
    )


def month_before(month: Month) -> Month:
    """The month before that one."""
    return Month(month.year - (month.number == 1), (month.number - 2) % 12 + 1)


def _as_of(client: Client) -> datetime | None:
    """Asked before the figures, so that they are at least as new."""
    with errors_sorted():
        answer = client.query(
            "SELECT toUnixTimestamp(max(last_appended)) AS newest FROM freshness HAVING count() > 0"
        )
    seconds = answer.result_rows[0][0] if answer.result_rows else 0
    return datetime.fromtimestamp(seconds, SHANGHAI) if seconds else None
