"""The migrations as files: numbered, frozen, free of placeholders once filled in."""

from pathlib import Path

import pytest

from clickhouse import migrate
from ningmai.settings import Settings


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(migrate, "FOLDER", tmp_path)
    monkeypatch.setattr(migrate, "FROZEN", tmp_path / "frozen.json")
    (tmp_path / "frozen.json").write_text("{}")
    (tmp_path / "0001_one.sql").write_text("SELECT 1;\n")
    return tmp_path


def test_freezing_adds_what_is_new(folder: Path) -> None:
    assert migrate.freeze() == ["0001_one.sql"]
    (folder / "0002_two.sql").write_text("SELECT 2;\n")
    assert migrate.freeze() == ["0002_two.sql"]


def test_freezing_refuses_what_was_changed(folder: Path) -> None:
    migrate.freeze()
    (folder / "0001_one.sql").write_text("SELECT 3;\n")
    with pytest.raises(migrate.MigrationChanged, match=r"0001_one\.sql has landed"):
        migrate.freeze()


def test_two_migrations_never_share_a_number(folder: Path) -> None:
    (folder / "0001_other.sql").write_text("SELECT 2;\n")
    with pytest.raises(migrate.MigrationChanged, match="a number of its own"):
        migrate.files()


@pytest.mark.parametrize("cluster", ["", "west"])
def test_no_placeholder_is_left_in_a_statement(cluster: str) -> None:
    settings = Settings(clickhouse_cluster=cluster)
    for path in migrate.files():
        for statement in migrate.statements(path, settings):
            assert "${" not in statement


def test_a_cluster_makes_every_statement_one_of_the_cluster() -> None:
    settings = Settings(clickhouse_cluster="west")
    for path in migrate.files():
        for statement in migrate.statements(path, settings):
            first = statement.split(None, 1)[0]
            if first == "CREATE":
                assert "ON CLUSTER 'west'" in statement, statement[:80]
            if "ENGINE" in statement:
                assert "ENGINE = ReplicatedReplacingMergeTree" in statement, statement[:80]


def test_statements_end_at_a_semicolon_at_the_end_of_a_line(folder: Path) -> None:
    path = folder / "0003_three.sql"
    path.write_text("-- a remark; with one\nSELECT 'a; b';\n\nSELECT\n  2;\n")
    assert list(migrate.statements(path, Settings())) == ["SELECT 'a; b'", "SELECT\n  2"]
