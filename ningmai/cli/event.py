"""``ningmai event``."""

from pathlib import Path
from typing import Annotated, Any

import typer

from ningmai.cli.options import DataDir, Json, reached
from ningmai.cli.output import print_json
from ningmai.errors import Problem

Ids = Annotated[
    list[str] | None, typer.Argument(metavar="EVENT_ID...", help="Ids, as the source made them.")
]
File = Annotated[Path | None, typer.Option(help="A file of ids, one a line; - is standard input.")]

NOT_ALL = 1
"""Exit status where some id is not counted."""


def event(
    ids: Ids = None, file: File = None, as_json: Json = False, data_dir: DataDir = None
) -> None:
    """Tell a source system what became of its events, by their ids, in Chinese.

    Where each landed in the log, whether it counts or repeats another, the minute, hour, day and
    month it is counted in, what took it back, or why it was refused. The exit status is 1 where
    an id is refused or not known. ClickHouse is started where nothing is running.

        ningmai event hotline-20200915-000481

        ningmai event --file sent-yesterday.txt --json
    """
    from clickhouse.client import connect, errors_sorted
    from ningmai.stack.stack import ensure_clickhouse
    from ningmai.tracing import told, traced

    wanted = [*(ids or ()), *(_lines(file) if file else ())]
    if not wanted:
        raise Problem("No event id was given.", "Name some, or a file of them with --file.", 2)
    settings = reached(data_dir)
    with ensure_clickhouse(settings), errors_sorted():
        client = connect(settings, "analyst")

        def ask(sql: str) -> list[dict[str, Any]]:
            return list(client.query(sql).named_results())

        found = traced(wanted, ask)
    if as_json:
        print_json([{**one.as_json(), "message": told(one, settings.namespace)} for one in found])
    else:
        for one in found:
            print(f"{one.event_id}：" + "\n  ".join(told(one, settings.namespace)))
    if not all(one.state in ("counted", "retracted") for one in found):
        raise typer.Exit(NOT_ALL)


def _lines(file: Path) -> list[str]:
    try:
        text = (
            typer.get_text_stream("stdin").read()
            if str(file) == "-"
            else file.read_text("utf-8-sig")
        )
    except (OSError, UnicodeDecodeError) as error:
        raise Problem(f"{file} can't be read: {error}.", "Give a text file of ids.", 2) from error
    return [line.rstrip("\r\n") for line in text.splitlines() if line.strip()]
