"""All data of an installation's database in one file, and back: over HTTP, so on any ClickHouse.

A zip file: ``backup.json``, and for each table parts in ClickHouse's Native format. What says how
far the log has come is read first, so that the rest is never behind it; what is ahead is written
again from Kafka, with the same keys and values.
"""

import json
import shutil
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, cast

from clickhouse_connect.driver.client import Client

from clickhouse.client import errors_sorted
from clickhouse.errors import ClickHouseError
from clickhouse.migrate import migrate
from ningmai.doing import Doing
from ningmai.settings import Settings

MANIFEST = "backup.json"
FORM = 1
FIRST = ("ledger", "repeat_checks", "retraction_checks")
MIGRATED = ("migrations", "labels")
"""Tables that the migrations fill."""
OFFSETS = 1 << 20
"""Offsets of the log that one part of a file holds: what bounds memory on the way back."""


class BadArchive(ClickHouseError):
    """Reject: a file that is no backup or can't become one, or a database that isn't empty."""


def backup(client: Client, settings: Settings, file: Path, doing: Doing) -> int:
    """Write the database into a new file, while others write on; returns the rows in it.

    Raises BadArchive and clickhouse.errors; then there is no new file.
    """
    if file.exists():
        raise BadArchive(f"{file} exists already; choose another name")
    unfinished = file.with_name(file.name + ".part")
    try:
        with zipfile.ZipFile(unfinished, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            rows = _write(client, settings, archive, doing)
        unfinished.rename(file)
    except OSError as error:
        raise BadArchive(f"{file} cannot be written: {error.strerror or error}") from error
    finally:
        unfinished.unlink(missing_ok=True)
    return rows


def restore(
    client: Client, settings: Settings, file: Path, doing: Doing, *, replace: bool = False
) -> int:
    """Fill the database from a file; returns the rows. No worker may be running.

    ``replace`` drops what the database holds first. Cut off, it is done again with ``replace``.
    Raises BadArchive and clickhouse.errors.
    """
    manifest = check(file)
    with errors_sorted():
        if replace:
            client.command(f"DROP DATABASE IF EXISTS {settings.database}", use_database=False)
    migrate(client, settings)
    _refuse_data(client, settings)
    with zipfile.ZipFile(file) as archive, doing.bar("restoring", len(manifest["parts"])) as done:
        for name, part in manifest["parts"].items():
            with archive.open(name) as content:
                _insert(client, settings, part, content)
            done(1)
    return sum(part["rows"] for part in manifest["parts"].values())


def check(file: Path) -> dict[str, Any]:
    """What a file says that it holds, if all of it is there. Raises BadArchive."""
    try:
        with zipfile.ZipFile(file) as archive:
            manifest: dict[str, Any] = json.loads(archive.read(MANIFEST))
            broken = archive.testzip()
    except (OSError, KeyError, ValueError, zipfile.BadZipFile) as error:
        raise BadArchive(f"{file} is no backup of Ningmai: {error}") from error
    if broken:
        raise BadArchive(f"{file} is damaged: {broken} is not what it was when written")
    if manifest["form"] != FORM:
        raise BadArchive(f"{file} is of a form that this version does not read")
    return manifest


def _write(client: Client, settings: Settings, archive: zipfile.ZipFile, doing: Doing) -> int:
    tables = _tables(client, settings)
    parts: dict[str, dict[str, Any]] = {}
    with doing.bar("backing up", len(tables)) as done:
        for table in tables:
            columns = _columns(client, settings, table)
            for number, where in enumerate(_pieces(client, settings, table, columns)):
                name = f"{table}/{number:06d}.native"
                source = f"FROM {settings.database}.{table} FINAL WHERE {where}"
                if rows := _write_part(client, archive, name, columns, source):
                    parts[name] = {"table": table, "columns": columns, "rows": rows}
            done(1)
    made = datetime.now(UTC).isoformat(timespec="seconds")
    manifest = {"form": FORM, "made": made, "namespace": settings.namespace, "parts": parts}
    archive.writestr(MANIFEST, json.dumps(manifest, indent=1))
    return sum(part["rows"] for part in parts.values())


def _write_part(
    client: Client, archive: zipfile.ZipFile, name: str, columns: list[str], source: str
) -> int:
    """Write what one query selects, unless that is nothing; returns its rows."""
    with errors_sorted():
        rows = int(client.query(f"SELECT count() {source}").result_rows[0][0])
        if rows:
            answer = client.raw_stream(f"SELECT {', '.join(columns)} {source}", fmt="Native")
            with archive.open(name, "w", force_zip64=True) as content:
                shutil.copyfileobj(cast("IO[bytes]", answer), content)
    return rows


def _tables(client: Client, settings: Settings) -> list[str]:
    """Tables with data of their own, those first that say how far the log has come."""
    with errors_sorted():
        rows = client.query(
            "SELECT name FROM system.tables WHERE database = {database:String} "
            "AND engine LIKE '%MergeTree' ORDER BY name",
            parameters={"database": settings.database},
        ).result_rows
    names = [str(name) for (name,) in rows if name not in MIGRATED]
    return sorted(names, key=lambda name: (name not in FIRST, name))


def _columns(client: Client, settings: Settings, table: str) -> list[str]:
    with errors_sorted():
        rows = client.query(f"DESCRIBE TABLE {settings.database}.{table}").result_rows
    return [str(row[0]) for row in rows]


def _pieces(client: Client, settings: Settings, table: str, columns: list[str]) -> Iterator[str]:
    """Conditions that cut a table into parts of bounded size."""
    offset = next((name for name in ("kafka_offset", "block") if name in columns), None)
    if offset is None:
        yield "1"
        return
    piece = f"intDiv({offset}, {OFFSETS})"
    with errors_sorted():
        rows = client.query(
            f"SELECT DISTINCT _partition_id, {piece} AS piece "
            f"FROM {settings.database}.{table} ORDER BY ALL"
        ).result_rows
    for partition, number in rows:
        yield f"_partition_id = '{partition}' AND {piece} = {number}"


def _insert(client: Client, settings: Settings, part: dict[str, Any], content: IO[bytes]) -> None:
    with errors_sorted():
        client.raw_insert(
            f"{settings.database}.{part['table']}",
            column_names=part["columns"],
            insert_block=content.read(),
            fmt="Native",
            settings={"async_insert": "0", "max_partitions_per_insert_block": "0"},
        )


def _refuse_data(client: Client, settings: Settings) -> None:
    with errors_sorted():
        lines = client.query(f"SELECT count() FROM {settings.database}.ledger").result_rows[0][0]
    if lines:
        raise BadArchive(
            f"the database {settings.database} holds data already; --replace throws them away"
        )
