"""What ClickHouse can answer that is no answer, by what must be done about it."""


class ClickHouseError(Exception):
    """Base of the errors of this package."""


class Unavailable(ClickHouseError):
    """Retry: no answer, or one that says later: away, starting, overloaded, disk full."""


# Codes by which an insert's data are to blame, and nothing else.
ABOUT_DATA = frozenset(
    {
        6,  # CANNOT_PARSE_TEXT
        26,  # CANNOT_PARSE_QUOTED_STRING
        27,  # CANNOT_PARSE_INPUT_ASSERTION_FAILED
        33,  # CANNOT_READ_ALL_DATA
        38,  # CANNOT_PARSE_DATE
        41,  # CANNOT_PARSE_DATETIME
        53,  # TYPE_MISMATCH
        69,  # ARGUMENT_OUT_OF_BOUND
        70,  # CANNOT_CONVERT_TYPE
        72,  # CANNOT_PARSE_NUMBER
        117,  # INCORRECT_DATA
        321,  # VALUE_IS_OUT_OF_RANGE_OF_DATA_TYPE
        349,  # CANNOT_INSERT_NULL_IN_ORDINARY_COLUMN
        395,  # FUNCTION_THROW_IF_VALUE_IS_NON_ZERO: an insert's own check
        407,  # DECIMAL_OVERFLOW
        748,  # AVRO_EXCEPTION
    }
)
STD_EXCEPTION = 1001
"""What a library under ClickHouse throws: Avro's on older servers, the file system's on any."""


class Refused(ClickHouseError):
    """Reject: ClickHouse understood the request and does not take it. ``code`` is its own."""

    def __init__(self, message: str, code: int = 0) -> None:
        super().__init__(message)
        self.code = code

    @property
    def about_data(self) -> bool:
        """True where the data are to blame; else the schema, a grant or a disk is: mend that."""
        avro = self.code == STD_EXCEPTION and "avro::" in str(self)
        return avro or self.code in ABOUT_DATA
