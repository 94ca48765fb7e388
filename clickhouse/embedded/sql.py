"""What must be known of a query's text before it runs: its statement, format, insert data."""

import re
from dataclasses import dataclass

from clickhouse.embedded.faults import Fault

# Strings, quoted names, comments and heredocs: what is in them is no SQL.
OPAQUE = re.compile(
    r"'(?:[^'\\]|\\.|'')*'|`(?:[^`\\]|\\.)*`|\"(?:[^\"\\]|\\.)*\"|--[^\n]*|/\*.*?\*/|\$(\w*)\$.*?\$\1\$",
    re.DOTALL,
)
FORMAT = re.compile(r"\bFORMAT\s+(\w+)\s*(?=$|\bSETTINGS\b)", re.IGNORECASE)
OUTFILE = re.compile(r"\b(?:INTO\s+OUTFILE|FROM\s+INFILE)\b", re.IGNORECASE)
INSERT = re.compile(r"\s*(?:/\*.*?\*/\s*|--[^\n]*\n\s*)*INSERT\b", re.IGNORECASE | re.DOTALL)
# An insert whose data follow: the rest of the line after the format's name, or after VALUES.
DATA = re.compile(rb"\bFORMAT\s+(?!Values\b)\w+[^\S\n]*(?:;?[^\S\n]*\r?\n|;)", re.IGNORECASE)
ENDS = re.compile(r"\bFORMAT\s+(\w+)\s*;?\s*$", re.IGNORECASE)
INPUT = re.compile(r"\binput\s*\(\s*('(?:[^'\\]|\\.|'')*')\s*\)", re.IGNORECASE)
READ_AHEAD = 65_536  # bytes of a body in which an insert's statement must end


@dataclass(frozen=True)
class Statement:
    """One statement, and the data that go with it (empty: none)."""

    text: str
    data: bytes


def is_insert(text: str) -> bool:
    """True for an INSERT."""
    return INSERT.match(text) is not None


def split(query: str | None, body: bytes) -> Statement:
    """The statement and its data, from the URL's query and the body: either, or both in turn."""
    if query and ENDS.search(query) and is_insert(query):
        return Statement(query, body)
    whole = ((query + "\n") if query else "").encode() + body
    head = whole[:READ_AHEAD]
    if is_insert(head.decode("utf-8", "replace")) and (end := DATA.search(head)):
        return Statement(whole[: end.end()].decode().rstrip("; \r\n"), whole[end.end() :])
    return Statement(whole.decode(), b"")


def single(text: str) -> str:
    """The statement without its last semicolon. Raises Fault where there are several."""
    text = text.strip().rstrip(";").strip()
    bare = OPAQUE.sub(" ", text)
    if ";" in bare:
        raise Fault(62, "SYNTAX_ERROR", "Multi-statements are not allowed")
    if OUTFILE.search(bare):
        raise Fault(344, "SUPPORT_IS_DISABLED", "Files belong to clients, not to this server")
    return text


def format_of(text: str, default: str) -> str:
    """The output format that a statement asks for, or the default."""
    found = FORMAT.search(OPAQUE.sub(" ", text))
    return found[1] if found else default


def reading(text: str, path: str) -> str:
    """An INSERT with its data in a file: ``input(…)`` or what FORMAT names is read from there."""
    ends = ENDS.search(text)
    if ends is None:
        raise Fault(62, "SYNTAX_ERROR", "An INSERT with data must end with FORMAT and a name")
    if INPUT.search(text):
        before = text[: ends.start()]
        return INPUT.sub(lambda m: f"file('{path}', {ends[1]}, {m[1]})", before)
    return f"{text[: ends.start()]} FROM INFILE '{path}' FORMAT {ends[1]}"
