"""``ningmai proof`` of a folder: what it prints, and how it ends."""

import json
from pathlib import Path

import pytest
from good_months import good_month
from typer.testing import CliRunner, Result

from ningmai.cli import app
from ningmai.proof.rules import NAMES
from producers.bulletin import Month
from producers.bulletin.titles import PACKAGED

SEPTEMBER = str(PACKAGED / "2020-09")


def run(*words: str) -> Result:
    return CliRunner().invoke(app, ["proof", *words])


def test_a_folder_without_findings_ends_with_0(tmp_path: Path) -> None:
    answer = run(str(good_month(1).write(tmp_path)))
    assert answer.exit_code == 0
    assert "9 tables, no findings." in answer.output


def test_findings_end_with_1_and_are_counted_by_what_must_be_done() -> None:
    answer = run(SEPTEMBER)
    assert answer.exit_code == 1
    assert "8 wrong (错误), 18 to be asked about (存疑)." in answer.output


def test_a_printed_month_that_comes_with_ningmai_is_named_by_its_month() -> None:
    assert run("2020-09", "--printed", "--json").output == run(SEPTEMBER, "--json").output


def test_json_has_a_form_that_programs_can_lean_on() -> None:
    said = json.loads(run(SEPTEMBER, "--json").output)
    assert {key: said[key] for key in said if key != "findings"} == {
        "month": "2020-09",
        "of": "printed",
        "tables": ["01a", "01b", "02", "03", "04", "05", "06", "07", "08"],
        "wrong": 8,
        "suspect": 18,
    }
    assert said["findings"][0] == {
        "table": "01b",
        "row": "全省12320共接听",
        "column": "电话量（人次）",
        "rule": "total",
        "severity": "错误",
        "printed": "127073",
        "proved": "127074",
        "difference": "+1",
        "message": "表01b“全省12320共接听”的“电话量（人次）”为127073，"
        "而其上7行之和为127074，相差+1。",
        "also": [],
    }
    assert {one["rule"] for one in said["findings"]} <= NAMES.keys()


@pytest.mark.parametrize("source", ["no/such/folder", "."])
def test_what_is_no_bulletin_ends_with_2(
    source: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    answer = run(source)
    assert answer.exit_code == 2
    assert "Nothing was proved." in answer.stderr


def test_an_earlier_month_proves_what_is_cumulative(tmp_path: Path) -> None:
    july = good_month(1, Month(2020, 7)).write(tmp_path / "7")
    august = good_month(1, Month(2020, 8)).write(tmp_path / "8")
    answer = run(str(august), "--before", str(july), "--json")
    assert {one["rule"] for one in json.loads(answer.output)["findings"]} == {"cumulative"}


def test_earlier_folders_are_not_for_a_live_month() -> None:
    answer = run("2020-09", "--before", SEPTEMBER)
    assert answer.exit_code == 2
