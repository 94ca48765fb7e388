"""Who may ask what: one user that writes, and two that read views and nothing else.

chDB has no users and no grants. So the readers' queries run on connections that the engine itself
holds to ``readonly``, and before that the engine's own syntax tree says which tables they name.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import takewhile

from clickhouse.embedded.faults import Fault
from ningmai.settings import Settings

SYSTEM = frozenset(
    {
        "one",
        "numbers",
        "columns",
        "tables",
        "databases",
        "functions",
        "settings",
        "formats",
        "time_zones",
        "data_type_families",
        "table_functions",
        "build_options",
        "contributors",
    }
)
TABLE_FUNCTIONS = frozenset({"numbers", "values", "generateseries", "generate_series", "view"})
STATEMENTS = ("SelectWithUnionQuery", "DescribeQuery", "ShowTables", "ShowColumns", "Explain")
REACHING_OUT = re.compile(
    r"(?i)^(?:joinGet|dict|file$|catboost|executable|url|s3|remote|getServerPort|getMacro|merge$"
    r"|hasColumnInTable|ai[A-Z]|ai_|logTrace|getServerSetting|filesystem|__)"
)
IN = re.compile(r"(?i)(?:global)?(?:not)?(?:null|notnull)?in(?:ignoreset)?")
# What a reader may set: limits downwards, and how the answer looks.
LIMITS = {
    "max_execution_time": 30,
    "max_result_rows": 1_000_000,
    "max_memory_usage": 4_000_000_000,
}
# What a reader has without asking. The engine looks for chains of comparisons in every query and in
# every view within; ours have none, and the search takes a fifth of a printed table's planning.
GIVEN = {"result_overflow_mode": "throw", "optimize_and_compare_chain": "0"}
LOOKS = re.compile(
    r"^(?:output_format_\w+|date_time_output_format|session_timezone|extremes|join_use_nulls|limit"
    r"|offset|max_block_size|result_overflow_mode|readonly|format_\w+|use_uncompressed_cache"
    r"|async_insert|insert_\w+|max_query_size|cast_\w+|allow_experimental_\w+"
    r"|network_compression_method|network_zstd_compression_level|log_comment|max_result_bytes"
    r"|max_rows_to_read|max_bytes_to_read)$"
)
# These name files that the engine reads or writes, or show secrets, whatever else they are called.
RISKY = re.compile(r"schema|template|path|file|url|registry|secret")
QUOTED = re.compile(r"'(?:[^'\\]|\\.|'')*'|`((?:[^`\\]|\\.|``)*)`", re.DOTALL)
PLAIN = re.compile(r"[^\\`'\"()\x00-\x1f]*")
PARAMETER = re.compile(r"\{(\w+):\s*Identifier\}")
NODE = re.compile(r"^( *)(\w+)(?: (.*?))?(?: \(alias [^)]*\))?(?: \(children \d+\))?$")

Explain = Callable[[str], str]


@dataclass(frozen=True)
class User:
    """Someone who may ask. ``reader``: views only, within LIMITS."""

    name: str
    password: str = field(repr=False)
    reader: bool


def users(settings: Settings) -> Mapping[str, User]:
    """The users of an installation, by name."""
    known = (
        User(settings.clickhouse_user, settings.clickhouse_password, reader=False),
        User("analyst", settings.analyst_password, reader=True),
        User("grafana", settings.grafana_password, reader=True),
    )
    return {user.name: user for user in known}


def allowed(settings: Mapping[str, str]) -> dict[str, str]:
    """A reader's settings: limits at or below the caps, looks as wanted. Raises Fault otherwise."""
    found = {name: str(cap) for name, cap in LIMITS.items()} | GIVEN
    for name, value in settings.items():
        if name in LIMITS:
            wanted = float(value) if re.fullmatch(r"[0-9]+(\.[0-9]*)?", value) else 0.0
            found[name] = str(int(min(wanted or LIMITS[name], LIMITS[name])) or 1)
        elif not LOOKS.match(name) or RISKY.search(name):
            raise Fault(164, "READONLY", f"Cannot modify '{name}' setting in readonly mode.")
        elif name != "readonly":
            found[name] = value
    return found


@dataclass(frozen=True)
class Node:
    """A node of the engine's syntax tree: how deep it stands, what it is, and its text."""

    depth: int
    kind: str
    text: str


def nodes(tree: str) -> list[Node]:
    """The nodes of what EXPLAIN AST prints, in order."""
    lines = [(line, NODE.match(line)) for line in tree.split("\n") if line.strip()]
    for line, match in lines:
        if match is None:
            raise _denied(f"the syntax tree of this query is not understood at {line.strip()!r}")
    return [Node(len(m[1]), m[2], (m[3] or "").strip()) for _, m in lines if m]


def names_plain(text: str, parameters: Mapping[str, str]) -> None:
    """Refuse a reader's statement with names that would blur the lines of its syntax tree.

    ``text`` is the statement as the engine itself prints it. Raises Fault.
    """
    names = [name for name in QUOTED.findall(text) if name]
    names += [parameters[name] for name in PARAMETER.findall(text) if name in parameters]
    for name in names:
        if not PLAIN.fullmatch(name):
            raise _denied("this user's names may not hold brackets, quotes or line ends")


def hidden(home: str, tables: Mapping[str, bool]) -> dict[str, str]:
    """The setting under which a reader sees the readers' database alone in system tables."""
    views = ", ".join(_text(name) for name, view in tables.items() if view) or "''"
    here = f"database = {_text(home)}"
    conditions = {
        "system.tables": f"{here} AND name IN ({views})",
        "system.columns": f"{here} AND table IN ({views})",
        "system.databases": f"name = {_text(home)}",
    }
    pairs = ", ".join(f"{_text(name)}: {_text(where)}" for name, where in conditions.items())
    return {"additional_table_filters": f"{{{pairs}}}"}


def check(tree: str, database: str, home: str, tables: Mapping[str, bool]) -> None:
    """Refuse a reader's statement that names anything but views.

    ``tree`` is what EXPLAIN AST says of it, ``database`` where unqualified names are looked up,
    ``home`` the readers' database and ``tables`` what is there: True for a view. A name that isn't
    there is a common table expression's, or an error of the engine's to report.
    """
    found = nodes(tree)
    if not found or found[0].kind not in STATEMENTS:
        raise _denied("this user may only SELECT, DESCRIBE, SHOW and EXPLAIN")
    sets = list(_sets(found))
    for name in sets:
        _table(name, database, home, tables)
    for above, node in zip([found[0], *found], found, strict=False):
        inside = above.kind == "TableExpression" and node.depth == above.depth + 1
        if node.kind == "TableIdentifier":
            _table(node.text, database, home, tables)
        elif node.kind == "Function" and inside:
            _table_function(node.text, home, tables)
        elif node.kind == "Function" and REACHING_OUT.match(node.text):
            raise _denied(f"this user may not call {node.text}")
        elif node.kind == "Identifier" and (sets or "." in node.text):
            # Through an alias, what IN is given can be a table that is named elsewhere.
            _no_table(node.text, home, tables)


def _sets(found: list[Node]) -> Iterator[str]:
    """Bare names on the right of IN: a table each, unless they are an alias."""
    for at, node in enumerate(found):
        if node.kind == "Function" and IN.fullmatch(node.text):
            inside = _below(found[at + 1 :], node.depth)
            sides = [below for below in inside if below.depth == node.depth + 2]
            yield from (side.text for side in sides[1:2] if side.kind == "Identifier")


def _below(following: list[Node], depth: int) -> Iterator[Node]:
    return takewhile(lambda node: node.depth > depth, following)


def _table(name: str, database: str, home: str, tables: Mapping[str, bool]) -> None:
    where, _, table = name.replace("`", "").rpartition(".")
    where = where or database
    if where == "system":
        known = table in SYSTEM
    elif where.lower() == "information_schema":
        known = True
    else:
        known = where == home and tables.get(table, "." not in name)
    if not known:
        raise _denied(f"this user may read the views of {home}, and {name} is none")


def _table_function(name: str, home: str, tables: Mapping[str, bool]) -> None:
    plain = name.replace("`", "").removeprefix(f"{home}.")
    if plain.lower() not in TABLE_FUNCTIONS and not tables.get(plain, False):
        raise _denied(f"this user may not read from the table function {name}")


def _no_table(name: str, home: str, tables: Mapping[str, bool]) -> None:
    """``x IN table`` names a table where a column could stand."""
    plain = name.replace("`", "").removeprefix(f"{home}.")
    if tables.get(plain) is False:
        raise _denied(f"this user may read the views of {home}, and {name} is none")


def _text(value: str) -> str:
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _denied(what: str) -> Fault:
    return Fault(497, "ACCESS_DENIED", f"Not enough privileges: {what}.")
