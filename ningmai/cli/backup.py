"""``ningmai backup``."""

from pathlib import Path
from typing import Annotated

import typer

from ningmai.cli.options import DataDir, reached

Target = Annotated[Path, typer.Argument(metavar="FILE", help="Where to write it; a new file.")]


def backup(file: Target, data_dir: DataDir = None) -> None:
    """Write all ClickHouse data of the installation into one file, while everything runs.

    The file may be older than what Kafka has: restored, it fills up again from there. For a large
    cluster, use ClickHouse's own BACKUP.

        ningmai backup ningmai-2026-01-31.zip
    """
    from clickhouse import archive
    from clickhouse.client import connect
    from ningmai.doing import OnScreen
    from ningmai.stack.stack import ensure_clickhouse

    settings = reached(data_dir)
    with ensure_clickhouse(settings):
        rows = archive.backup(connect(settings), settings, file, OnScreen())
    print(f"{file}: {rows:,} rows, {file.stat().st_size / 1e6:,.1f} MB.")
