"""What the engine says when it refuses, as ClickHouse's HTTP interface says it."""

import re
from dataclasses import dataclass

CODE = re.compile(r"Code: (\d+)\. DB::Exception: ")
NAME = re.compile(r"\(([A-Z][A-Z0-9_]+)\)\s*$")

# HTTP status by exception code, where it isn't 500.
STATUS = {
    6: 400,  # CANNOT_PARSE_TEXT
    27: 400,  # CANNOT_PARSE_INPUT_ASSERTION_FAILED
    36: 400,  # BAD_ARGUMENTS
    38: 400,  # CANNOT_PARSE_DATE
    41: 400,  # CANNOT_PARSE_DATETIME
    43: 400,  # ILLEGAL_TYPE_OF_ARGUMENT
    46: 404,  # UNKNOWN_FUNCTION
    47: 404,  # UNKNOWN_IDENTIFIER
    50: 404,  # UNKNOWN_TYPE
    53: 400,  # TYPE_MISMATCH
    60: 404,  # UNKNOWN_TABLE
    62: 400,  # SYNTAX_ERROR
    72: 400,  # CANNOT_PARSE_NUMBER
    81: 404,  # UNKNOWN_DATABASE
    115: 404,  # UNKNOWN_SETTING
    159: 408,  # TIMEOUT_EXCEEDED
    164: 403,  # READONLY
    456: 400,  # UNKNOWN_QUERY_PARAMETER
    457: 400,  # BAD_QUERY_PARAMETER
    497: 403,  # ACCESS_DENIED
    516: 401,  # AUTHENTICATION_FAILED
}


@dataclass(frozen=True)
class Fault(Exception):
    """A query that isn't answered: ClickHouse's code and name for it, and why."""

    code: int
    name: str
    message: str

    @property
    def status(self) -> int:
        """The HTTP status of the answer."""
        return STATUS.get(self.code, 500)

    def text(self, version: str) -> str:
        """The body of the answer, as drivers parse it."""
        return f"Code: {self.code}. DB::Exception: {self.message} ({self.name}) (version {version})"


def from_engine(error: Exception) -> Fault:
    """The fault behind an exception that chDB raised."""
    text = str(error).strip()
    code, name = CODE.search(text), NAME.search(text)
    message = NAME.sub("", CODE.sub("", text)).strip()
    return Fault(int(code[1]) if code else 1001, name[1] if name else "STD_EXCEPTION", message)
