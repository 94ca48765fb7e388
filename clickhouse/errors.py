"""What ClickHouse can answer that is no answer, by what must be done about it."""


class ClickHouseError(Exception):
    """Base of the errors of this package."""


class Unavailable(ClickHouseError):
    """Retry: no answer, or one that says later: away, starting, overloaded, disk full."""


class Refused(ClickHouseError):
    """Reject: ClickHouse understood the request and does not take it. ``code`` is its own."""

    def __init__(self, message: str, code: int = 0) -> None:
        super().__init__(message)
        self.code = code
