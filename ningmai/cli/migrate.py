"""``ningmai migrate``."""

from ningmai.cli.options import DataDir, reached


def migrate(data_dir: DataDir = None) -> None:
    """Bring the ClickHouse tables and views to the newest schema; done again, nothing changes.

    ``ningmai up`` does this by itself: call it for a ClickHouse that others run.

        NINGMAI_CLICKHOUSE=http://clickhouse:8123 ningmai migrate
    """
    from clickhouse import migrate as migrations
    from clickhouse.client import connect
    from ningmai.stack.stack import ensure_clickhouse

    settings = reached(data_dir)
    with ensure_clickhouse(settings):
        applied = migrations.migrate(connect(settings), settings)
    print("Applied: " + ", ".join(applied) if applied else "Nothing to do: it is the newest.")
