"""``ningmai restore``."""

from pathlib import Path
from typing import Annotated

import typer

from ningmai.cli.options import DataDir, settings_of
from ningmai.errors import Problem

Origin = Annotated[Path, typer.Argument(metavar="FILE", help="A file that `ningmai backup` wrote.")]
Replace = Annotated[bool, typer.Option("--replace", help="Throw away what the database holds now.")]


def restore(file: Origin, replace: Replace = False, data_dir: DataDir = None) -> None:
    """Fill the installation's ClickHouse database from a backup; nothing else may be running.

    The next `ningmai up` reads from Kafka what came in after the backup was made.

        ningmai down

        ningmai restore ningmai-2026-01-31.zip --replace

        ningmai up
    """
    from clickhouse import archive
    from clickhouse.client import connect
    from ningmai.doing import OnScreen
    from ningmai.stack import run
    from ningmai.stack.stack import ensure_clickhouse

    settings = settings_of(data_dir)
    found = run.read(settings.data_dir)
    if found and found.process.alive():
        raise Problem("A worker may be writing: everything runs.", "Stop it with `ningmai down`.")
    with ensure_clickhouse(settings):
        rows = archive.restore(connect(settings), settings, file, OnScreen(), replace=replace)
    print(f"{rows:,} rows restored. `ningmai up` goes on from there.")
