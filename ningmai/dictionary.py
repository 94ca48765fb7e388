"""The data dictionary: every table and view as the migrated database describes itself.

Views have no comments of their own on columns: a column means what it means in the table that the
view stands on; what no table holds is told in ``clickhouse/columns.yaml``.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import yaml
from clickhouse_connect.driver.client import Client

from clickhouse.client import errors_sorted
from schemas.kinds import kinds

ARGUMENTS = {"Date": "'2020-09-01'", "DateTime": "'2020-09-01 00:00:00'", "Array": "['']"}
"""Something to ask a view with, by its parameter's type: columns do not depend on it."""
TEXT = "''"
PARAMETER = re.compile(r"\{(\w+):(\w+)")
TABLES = """
SELECT name, engine = 'View' AS view, comment, if(view, as_select, '') AS query, sorting_key
FROM system.tables WHERE database = currentDatabase() AND name NOT LIKE '.%' ORDER BY name
"""
COLUMNS = """
SELECT table, name, type, comment FROM system.columns
WHERE database = currentDatabase() ORDER BY table, position
"""
INTRODUCTION = """# Data dictionary

Written by `ningmai dictionary --out docs/dictionary.md` from the migrated database's own
descriptions; a test compares the two. Views are what users `analyst` and `grafana` may read; tables
are for those who run Ningmai. Days and months are of Asia/Shanghai, `DateTime` columns in the zone
of their type; amounts are in whole fen unless a column says yuan; null is unknown, never zero.
"""


@dataclass(frozen=True, slots=True)
class Column:
    """A column; ``meaning`` is empty where nobody has told it."""

    name: str
    type: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Relation:
    """A table or view. ``asked_with``: names of a view's parameters; ``order``: a table's key."""

    name: str
    view: bool
    grain: str
    asked_with: tuple[str, ...]
    order: str
    columns: tuple[Column, ...]


def relations(client: Client) -> list[Relation]:
    """Every table and view of the client's database, by name. Raises clickhouse.errors."""
    with errors_sorted():
        tables = list(client.query(TABLES).named_results())
        held: dict[str, list[tuple[str, str, str]]] = {}
        for table, name, kind, comment in client.query(COLUMNS).result_rows:
            held.setdefault(table, []).append((name, kind, comment))
        parameters = {row["name"]: dict(PARAMETER.findall(row["query"])) for row in tables}
        for name, wanted in parameters.items():
            if wanted:
                held[name] = _described(client, name, wanted)
    known = _Meanings({row["name"]: held[row["name"]] for row in tables if not row["view"]})
    return [
        Relation(
            row["name"],
            bool(row["view"]),
            row["comment"],
            tuple(parameters[row["name"]]),
            row["sorting_key"],
            tuple(
                Column(name, kind, comment or known.of(row["name"], name))
                for name, kind, comment in held.get(row["name"], [])
            ),
        )
        for row in tables
    ]


def page(found: list[Relation]) -> str:
    """The dictionary as Markdown: an index, then the views, then the tables."""
    views = [one for one in found if one.view]
    tables = [one for one in found if not one.view]
    lines = [INTRODUCTION]
    for title, some in (("Views", views), ("Tables", tables)):
        lines.append(f"## {title}\n")
        for one in some:
            lines += _section(one)
    return "\n".join(lines).rstrip("\n") + "\n"


def _section(one: Relation) -> Iterator[str]:
    called = ", ".join(f"{name} = …" for name in one.asked_with)
    yield f"### `{one.name}{f'({called})' if called else ''}`\n"
    yield one.grain + (f". Sorted by `{one.order}`" if one.order else "") + ".\n"
    yield "| column | type | meaning |\n|---|---|---|"
    for column in one.columns:
        yield f"| `{column.name}` | `{_cell(column.type)}` | {_cell(column.meaning)} |"
    yield ""


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def _described(client: Client, view: str, wanted: Mapping[str, str]) -> list[tuple[str, str, str]]:
    given = ", ".join(f"{name} = {ARGUMENTS.get(kind, TEXT)}" for name, kind in wanted.items())
    rows = client.query(f"DESCRIBE TABLE (SELECT * FROM {view}({given}))").result_rows
    return [(row[0], row[1], "") for row in rows]


class _Meanings:
    """What a view's column means, from what is told of views and from the tables below them."""

    def __init__(self, tables: Mapping[str, list[tuple[str, str, str]]]) -> None:
        text = files("clickhouse").joinpath("columns.yaml").read_text("utf-8")
        told: dict[str, Any] = yaml.safe_load(text)
        self._views: dict[str, dict[str, str]] = told["views"]
        self._from: dict[str, list[str]] = told["from"]
        self._anywhere: dict[str, str] = told["columns"]
        self._tables = {
            table: {name: comment for name, _, comment in columns}
            for table, columns in tables.items()
        }

    def of(self, view: str, column: str) -> str:
        """The closest: told of this view, of its tables, of any view; empty where none is."""
        own = [told for name, told in self._views.items() if re.fullmatch(name, view)]
        below = [self._tables.get(table, {}) for table in self._below(view)]
        return next((at[column] for at in (*own, *below, self._anywhere) if column in at), "")

    def _below(self, view: str) -> list[str]:
        """The tables that a view stands on: of its kind, and those named for it."""
        kind = next((name for name in kinds() if view == name or view.startswith(f"{name}_")), "")
        tables = [f"raw_{kind}", f"rollup_{kind}"]
        named = [
            table for name, of in self._from.items() if re.fullmatch(name, view) for table in of
        ]
        return [*named, *(tables if view == kind else reversed(tables))]
