"""What status tells of the worker's last audit, on the real engine."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ningmai.cli import app
from ningmai.settings import Settings
from tests.workers import prepared

pytestmark = pytest.mark.engine
COLUMNS = ("topic", "audited_at", "since", "blocks", "unaccounted", "missing", "difference")


def test_status_tells_what_the_last_audit_of_each_kind_found(
    namespace: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = namespace.model_copy(update={"data_dir": tmp_path})
    elsewhere = {
        "kafka": settings.kafka_servers,
        "registry": settings.registry_url,
        "clickhouse": settings.clickhouse_url,
    }
    for name, value in settings.model_copy(update=elsewhere).environment().items():
        monkeypatch.setenv(name, value)
    now = datetime.now(UTC)
    found = [("calls", now, now, 7, 0, 0, 0), ("uploads", now, now, 3, 0, 2, 1)]
    prepared(settings).insert("audit_log", found, COLUMNS)
    told = json.loads(CliRunner().invoke(app, ["status", "--json"]).stdout)["audit"]
    assert [(each["topic"], each["blocks"], each["difference"]) for each in told] == [
        ("calls", 7, 0),
        ("uploads", 3, 1),
    ]
    said = CliRunner().invoke(app, ["status"]).output
    assert "7 blocks agree" in said
    assert "differs: {'missing': 2, 'difference': 1}" in said
