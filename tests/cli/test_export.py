"""Exports, read back with polars and held against the same query."""

from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner, Result

from clickhouse.client import connect
from ningmai import exporting
from ningmai.cli import app
from ningmai.exporting import BOM, _packed
from tests.conftest import City

COUNTS = [(1, 300), (2, 100), (3, 1), (4, 900)]


def exported(*words: str) -> Result:
    return CliRunner().invoke(app, ["export", *words])


def test_slices_hold_every_unit_once_and_no_more_than_they_may(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(exporting, "ROWS_AT_ONCE", 400)
    assert list(_packed(COUNTS)) == [(1, 2, 400), (3, 3, 1), (4, 4, 900)]


@pytest.mark.parametrize(
    "words",
    [
        ("--out", "a.csv"),
        ("calls", "--sql", "SELECT 1", "--out", "a.csv"),
        ("calls", "--out", "a.txt"),
        ("calls", "--out", "a.parquet", "--excel"),
        ("calls", "--out", "a.csv", "--month", "2020-13"),
        ("calls", "--out", "a.csv", "--from", "2020-09-02", "--to", "2020-09-01"),
        ("calls", "--out", "a.csv", "--from", "yesterday"),
        ("quality_growth", "--out", "a.csv", "--set", "base"),
        ("--sql", "SELECT 1", "--out", "a.csv", "--set", "base=2020-08-01"),
    ],
)
def test_what_is_asked_wrongly_is_refused_before_anything_is_started(words: tuple[str]) -> None:
    assert exported(*words).exit_code == 2


def test_a_file_that_is_there_is_not_written_over(tmp_path: Path) -> None:
    out = tmp_path / "a.csv"
    out.write_text("mine")
    assert exported("calls", "--out", str(out)).exit_code == 2
    assert out.read_text() == "mine"


@pytest.fixture
def asked(city: City, monkeypatch: pytest.MonkeyPatch) -> City:
    for name, value in city.settings.environment().items():
        monkeypatch.setenv(name, value)
    return city


@pytest.mark.engine
@pytest.mark.parametrize("at_once", [400_000, 50])
def test_parquet_holds_what_the_view_holds(
    asked: City, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    monkeypatch.setattr(exporting, "ROWS_AT_ONCE", at_once)
    out = tmp_path / "bookings.parquet"
    done = exported("bookings_by_day", "--month", "2020-09", "--out", str(out))
    assert done.exit_code == 0, done.output
    frame = pl.read_parquet(out)
    wanted = "SELECT count(), sum(events), min(day), max(day) FROM bookings_by_day"
    ((rows, events, first, last),) = asked.client.query(
        f"{wanted} WHERE day BETWEEN '2020-09-01' AND '2020-09-30'"
    ).result_rows
    assert (frame.height, frame["events"].sum()) == (rows, events)
    assert (str(frame["day"].min()), str(frame["day"].max())) == (str(first), str(last))
    assert [path.name for path in tmp_path.iterdir()] == [out.name]


@pytest.mark.engine
def test_csv_of_events_is_theirs_one_by_one(
    asked: City, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "ROWS_AT_ONCE", 20)
    out = tmp_path / "kiosks.csv"
    assert exported("kiosk_transactions", "--out", str(out)).exit_code == 0
    ids = pl.read_csv(out)["event_id"].to_list()
    known = asked.client.query("SELECT event_id FROM kiosk_transactions").result_rows
    assert sorted(ids) == sorted(each for (each,) in known)


@pytest.mark.engine
def test_a_printed_table_opens_in_excel(asked: City, tmp_path: Path) -> None:
    out = tmp_path / "02.csv"
    out.write_text("old")
    words = ("bulletin_02", "--month", "2020-09", "--out", str(out), "--excel", "--force")
    assert exported(*words).exit_code == 0
    assert out.read_bytes().startswith(BOM)
    frame = pl.read_csv(out)
    rows = connect(asked.settings, "analyst").query(
        "SELECT * FROM bulletin_02(month = '2020-09-01')"
    )
    assert frame.columns == list(rows.column_names)
    assert frame.rows() == [tuple(row) for row in rows.result_rows]


@pytest.mark.engine
@pytest.mark.usefixtures("asked")
def test_a_query_is_exported_and_a_wrong_one_leaves_nothing(tmp_path: Path) -> None:
    out = tmp_path / "n.parquet"
    sql = "SELECT number AS n, '南京' AS `市` FROM numbers(3)"
    assert exported("--sql", sql, "--out", str(out)).exit_code == 0
    assert pl.read_parquet(out).rows() == [(0, "南京"), (1, "南京"), (2, "南京")]
    for words in (
        ("--sql", "SELECT * FROM raw_calls"),
        ("--sql", "SELECT * FROM numbers(2000000)"),
        ("raw_calls",),
        ("institutions", "--month", "1999-01"),
    ):
        assert exported(*words, "--out", str(tmp_path / "wrong.csv")).exit_code != 0
    assert [path.name for path in tmp_path.iterdir()] == [out.name]


@pytest.mark.engine
def test_a_view_s_own_parameters_are_set_by_name(asked: City, tmp_path: Path) -> None:
    out = tmp_path / "growth.csv"
    words = ("quality_growth", "--month", "2020-09", "--out", str(out))
    missing = exported(*words)
    assert (missing.exit_code, "--set base=…" in missing.stderr) == (1, True)
    assert exported(*words, "--set", "base=2020-09-01").exit_code == 0
    rows = connect(asked.settings, "analyst").query(
        "SELECT * FROM quality_growth(base = '2020-09-01', month = '2020-09-01')"
    )
    assert pl.read_csv(out).rows() == [tuple(row) for row in rows.result_rows]


@pytest.mark.engine
@pytest.mark.usefixtures("asked")
def test_several_ids_are_one_parameter(tmp_path: Path) -> None:
    out = tmp_path / "places.parquet"
    assert exported("event_places", "--set", "ids=a,it's", "--out", str(out)).exit_code == 0
    assert pl.read_parquet(out).height == 0
    wrong = ("event_places", "--set", "ids=a", "--set", "id=b")
    unknown = exported(*wrong, "--out", str(out), "--force")
    assert "has no parameter id" in unknown.stderr
