"""A calendar month of Asia/Shanghai."""

import calendar
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone

SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")
"""Asia/Shanghai: without summer time since 1991, and nothing here is older than 2000."""

EPOCH = date(1970, 1, 1)
DAY_MS = 86_400_000
OFFSET_MS = 8 * 3_600_000


@dataclass(frozen=True, order=True, slots=True)
class Month:
    """A month; prints as ``2020-09``."""

    year: int
    number: int

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.number:02d}"

    @classmethod
    def at(cls, when: datetime) -> "Month":
        """The month that a moment is in, in Asia/Shanghai."""
        local = when.astimezone(SHANGHAI)
        return cls(local.year, local.month)

    @property
    def days(self) -> int:
        """How many days it has."""
        return calendar.monthrange(self.year, self.number)[1]

    @property
    def first(self) -> date:
        """Its first day."""
        return date(self.year, self.number, 1)

    @property
    def last(self) -> date:
        """Its last day."""
        return date(self.year, self.number, self.days)

    @property
    def first_day(self) -> int:
        """Its first day, as days since 1970-01-01."""
        return (self.first - EPOCH).days

    @property
    def last_day(self) -> int:
        """Its last day, as days since 1970-01-01."""
        return (self.last - EPOCH).days

    @property
    def start_ms(self) -> int:
        """Its first moment, in UTC milliseconds."""
        return self.first_day * DAY_MS - OFFSET_MS

    @property
    def end_ms(self) -> int:
        """The first moment after it, in UTC milliseconds."""
        return self.start_ms + self.days * DAY_MS
