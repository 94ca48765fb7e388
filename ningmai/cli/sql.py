"""``ningmai sql``."""

import json
import sys
from enum import StrEnum
from typing import Annotated, Any

import typer

from ningmai.cli.options import DataDir, reached


class Form(StrEnum):
    """How an answer is printed."""

    table = "table"
    csv = "csv"
    json = "json"


FORMATS = {Form.table: "JSONCompactStrings", Form.csv: "CSVWithNames", Form.json: "JSON"}
Query = Annotated[
    str, typer.Argument(metavar="SQL", help="The question; - reads it from standard input.")
]
Format = Annotated[Form, typer.Option("--format", "-f", help="How to print the answer.")]


def sql(query: Query, form: Format = Form.table, data_dir: DataDir = None) -> None:
    """Ask ClickHouse as the analyst, who may only read; starts it where nothing is running.

    ningmai sql "SELECT * FROM bulletin_02(month = '2020-09-01')"

    ningmai sql "SELECT day, sum(events) FROM calls_by_day GROUP BY day ORDER BY day" -f csv

    ningmai sql "SHOW TABLES"
    """
    from clickhouse.client import connect, errors_sorted
    from ningmai.stack.stack import ensure_clickhouse

    text = sys.stdin.read() if query == "-" else query
    settings = reached(data_dir)
    with ensure_clickhouse(settings), errors_sorted():
        answer = connect(settings, "analyst").raw_query(text, fmt=FORMATS[form])
    if form is Form.table:
        _table(json.loads(answer))
    else:
        sys.stdout.write(answer.decode())


def _table(answer: dict[str, Any]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table()
    for column in answer["meta"]:
        numeric = (
            "Int" in column["type"] or "Decimal" in column["type"] or "Float" in column["type"]
        )
        table.add_column(Text(column["name"]), justify="right" if numeric else "left")
    for row in answer["data"]:
        table.add_row(*(Text("null", style="dim") if v is None else Text(v) for v in row))
    Console().print(table)
