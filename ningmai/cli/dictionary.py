"""``ningmai dictionary``."""

from pathlib import Path
from typing import Annotated

import typer

from ningmai.cli.options import DataDir, reached
from ningmai.errors import Problem

Out = Annotated[Path | None, typer.Option(help="File to write, Markdown; printed without it.")]


def dictionary(out: Out = None, data_dir: DataDir = None) -> None:
    """Write the data dictionary: every table and view, its grain, columns, types and meanings.

    Made of the migrated database's own comments. ClickHouse is started where nothing is running.

        ningmai dictionary --out docs/dictionary.md
    """
    from clickhouse.client import connect
    from ningmai.dictionary import page, relations
    from ningmai.stack.stack import ensure_clickhouse

    settings = reached(data_dir)
    with ensure_clickhouse(settings):
        found = relations(connect(settings))
    if not found:
        raise Problem("The database is empty.", "Make its tables with `ningmai migrate`.")
    text = page(found)
    if out is None:
        print(text, end="")
        return
    try:
        out.write_text(text, "utf-8")
    except OSError as error:
        raise Problem(f"{out} can't be written: {error.strerror}.", "Choose another.") from error
    typer.echo(f"{out}: {len(found)} tables and views.", err=True)
