"""A database in a file, and back."""

import uuid
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from clickhouse_connect.driver.client import Client

from clickhouse import archive
from clickhouse.client import connect
from ningmai.doing import Quiet
from ningmai.settings import Settings
from tests.handmade import events, put, totals

pytestmark = pytest.mark.engine

CALL = {"line": "hotline", "city": "nanjing", "category": None}
LINE = {
    "topic": "calls",
    "epoch": 1,
    "kafka_partition": 0,
    "block": 0,
    "last_offset": 1,
    "sealed": 0,
    "counted": 2,
    "first_appended": "2026-01-01 00:00:00",
    "last_appended": "2026-01-01 00:00:00",
}
ASKED = (
    "SELECT * FROM calls ORDER BY event_id",
    "SELECT * FROM calls_by_day",
    "SELECT * FROM institutions",
    "SELECT * FROM stocks",
    "SELECT topic, block, last_offset, counted FROM blocks",
    "SELECT topic, definition FROM definitions FINAL ORDER BY topic",
)


@pytest.fixture
def filled(client: Client) -> Client:
    """A database with something of everything, one part of it above a piece's last offset."""
    events(client, "calls", CALL, {**CALL, "kafka_offset": archive.OFFSETS + 5})
    totals(client, "calls", {**CALL, "day": "2021-02-10", "events": 2})
    label = {"table": "02", "label": "甲（本部）", "place": 1}
    events(
        client,
        "institutions",
        {
            "code": "H001",
            "valid_from": "2021-02-01",
            "name": "甲医院",
            "aliases": ["旧名"],
            "kind": "hospital",
            "labels": [label],
        },
    )
    said = {"figure": "kiosk.devices", "subject": "H001", "as_of": "2021-02-28", "unit": "device"}
    events(client, "statements", {**said, "value": None})
    put(client, "ledger", [LINE])
    return client


@pytest.fixture
def elsewhere(engine_settings: Settings) -> Iterator[Settings]:
    settings = engine_settings.model_copy(update={"namespace": f"r{uuid.uuid4().hex[:12]}"})
    yield settings
    connect(settings).command(f"DROP DATABASE IF EXISTS {settings.database}", use_database=False)


def settings_of(client: Client, settings: Settings) -> Settings:
    return settings.model_copy(update={"namespace": str(client.database)})


def answers(client: Client) -> list[list[tuple[Any, ...]]]:
    return [[tuple(row) for row in client.query(sql).result_rows] for sql in ASKED]


def test_what_is_restored_answers_as_what_was_backed_up(
    filled: Client, elsewhere: Settings, tmp_path: Path
) -> None:
    file = tmp_path / "all.zip"
    rows = archive.backup(filled, settings_of(filled, elsewhere), file, Quiet())
    assert archive.restore(connect(elsewhere), elsewhere, file, Quiet()) == rows
    assert answers(connect(elsewhere)) == answers(filled)


def test_restoring_over_data_takes_a_word_more(
    filled: Client, elsewhere: Settings, tmp_path: Path
) -> None:
    file = tmp_path / "all.zip"
    archive.backup(filled, settings_of(filled, elsewhere), file, Quiet())
    target = connect(elsewhere)
    archive.restore(target, elsewhere, file, Quiet())
    with pytest.raises(archive.BadArchive, match="--replace"):
        archive.restore(target, elsewhere, file, Quiet())
    put(target, "ledger", [{**LINE, "block": 8192, "last_offset": 9000}])
    archive.restore(target, elsewhere, file, Quiet(), replace=True)
    assert answers(target) == answers(filled)


def test_how_far_the_log_has_come_is_read_before_the_rest(
    filled: Client, elsewhere: Settings, tmp_path: Path
) -> None:
    file = tmp_path / "all.zip"
    archive.backup(filled, settings_of(filled, elsewhere), file, Quiet())
    with zipfile.ZipFile(file) as content:
        tables = [name.partition("/")[0] for name in content.namelist()]
    assert tables[0] == "ledger"
    assert tables.count("raw_calls") == 2


def test_a_backup_replaces_no_file(filled: Client, elsewhere: Settings, tmp_path: Path) -> None:
    file = tmp_path / "all.zip"
    file.write_text("something else")
    with pytest.raises(archive.BadArchive, match="exists already"):
        archive.backup(filled, settings_of(filled, elsewhere), file, Quiet())
    assert file.read_text() == "something else"
    assert list(tmp_path.iterdir()) == [file]


def test_a_damaged_file_is_refused_before_anything_is_dropped(
    filled: Client, elsewhere: Settings, tmp_path: Path
) -> None:
    settings, file = settings_of(filled, elsewhere), tmp_path / "all.zip"
    archive.backup(filled, settings, file, Quiet())
    file.write_bytes(file.read_bytes()[:-200])
    before = answers(filled)
    with pytest.raises(archive.BadArchive, match="no backup"):
        archive.restore(filled, settings, file, Quiet(), replace=True)
    assert answers(filled) == before
