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
QUESTION = re.compile(r"[\s(]*(?:SELECT|WITH|SHOW|DESCRIBE|DESC|EXPLAIN|EXISTS)\b", re.IGNORECASE)
# An insert whose data follow: the rest of the line after the format's name, or after VALUES.
DATA = re.compile(
    rb"\bFORMAT\s+(?!Values\b)\w+(?:\s+SETTINGS\s[^\n;]*)?[^\S\n]*(?:;?[^\S\n]*\r?\n|;)",
    re.IGNORECASE,
)
ENDS = re.compile(r"\bFORMAT\s+(\w+)\s*(SETTINGS\s[^;]*)?;?\s*$", re.IGNORECASE)
SETTINGS = re.compile(r"\bSETTINGS\s", re.IGNORECASE)
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


def is_question(text: str) -> bool:
    """True for what only reads. False where in doubt."""
    return QUESTION.match(blanked(text)) is not None


def blanked(text: str) -> str:
    """The text, as long as it is, with spaces for strings, quoted names and comments."""
    return OPAQUE.sub(lambda found: " " * len(found[0]), text)


def split(query: str | None, body: bytes) -> Statement:
    """The statement and its data, from the URL's query and the body: either, or both in turn."""
    if query and ENDS.search(query) and is_insert(query):
        return Statement(query, body)
    whole = ((query + "\n") if query else "").encode() + body
    head = whole[:READ_AHEAD]
    if is_insert(head.decode("utf-8", "replace")) and (end := _end(head)):
        return Statement(whole[:end].decode().rstrip("; \r\n"), whole[end:])
    return Statement(whole.decode(), b"")


def _end(head: bytes) -> int:
    """Where an insert's statement ends and its data begin; 0: nowhere."""
    # As latin-1 a character is a byte, so that places in the text are places in the body.
    found = DATA.search(blanked(head.decode("latin-1")).encode("latin-1"))
    return found.end() if found else 0


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
    bare = blanked(text)
    ends = ENDS.search(bare)
    if ends is None:
        raise Fault(62, "SYNTAX_ERROR", "An INSERT with data must end with FORMAT and a name")
    tail = text[slice(*ends.span(2))] if ends[2] else ""
    if INPUT.search(text):
        before = f"{text[: ends.start()]} {tail}"
        return INPUT.sub(lambda m: f"file('{path}', {ends[1]}, {m[1]})", before)
    settings = SETTINGS.search(bare, 0, ends.start())
    at = settings.start() if settings else ends.start()
    head = f"{text[:at]} FROM INFILE '{path}' {text[at : ends.start()]}"
    return f"{head} {tail} FORMAT {ends[1]}"
