import json
import subprocess
import sys
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from ningmai.cli import app
from ningmai.cli.failures import EXTRAS, missing, told
from ningmai.errors import Problem

COMMANDS = [command.callback.__name__ for command in app.registered_commands if command.callback]


def run(*words: str) -> Result:
    return CliRunner().invoke(app, list(words))


def test_help_shows_how_to_begin() -> None:
    answer = run("--help")
    assert answer.exit_code == 0
    assert "ningmai up --replay 2020-09" in answer.output
    assert all(name in answer.output for name in COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_teaches_itself(name: str) -> None:
    answer = run(name, "--help")
    assert answer.exit_code == 0
    assert "--data-dir" in answer.output


@pytest.mark.parametrize("name", ["up", "replay", "reconcile", "simulate", "sql", "restore"])
def test_what_takes_more_than_a_name_has_an_example(name: str) -> None:
    assert f"ningmai {name} " in run(name, "--help").output.split("Options")[0].split("Usage")[1]


def test_a_word_that_is_no_command_is_a_usage_error() -> None:
    assert run("repaly").exit_code == 2


@pytest.mark.parametrize("name", ["replay", "reconcile"])
def test_a_month_that_is_nowhere_is_refused_before_anything_starts(
    name: str, tmp_path: Path
) -> None:
    answer = run(name, "1999-01", "--data-dir", str(tmp_path / "d"))
    assert answer.exit_code == 1
    assert "1999-01: neither a folder nor a month" in answer.stderr
    assert not (tmp_path / "d").exists()


def test_up_refuses_a_malformed_folder_before_anything_starts(tmp_path: Path) -> None:
    (tmp_path / "03_2020年9月分途径预约情况统计.csv").write_text("序号,名称\n", "utf-8")
    answer = run("up", "--replay", str(tmp_path), "--data-dir", str(tmp_path / "d"))
    assert answer.exit_code == 1
    assert "line 1: header is" in answer.stderr
    assert not (tmp_path / "d").exists()


def test_a_speed_that_is_none_is_a_usage_error() -> None:
    answer = run("replay", "2020-09", "--speed", "fast")
    assert answer.exit_code == 2
    assert "neither max nor a number" in answer.stderr


def test_status_of_a_folder_on_which_nothing_runs_is_not_success(tmp_path: Path) -> None:
    answer = run("status", "--json", "--data-dir", str(tmp_path))
    assert answer.exit_code == 1
    found = json.loads(answer.stdout)
    assert {part["state"] for part in found["parts"]} == {"stopped"}
    assert found["partitions"] == []


def test_stopping_nothing_is_success(tmp_path: Path) -> None:
    answer = run("down", "--data-dir", str(tmp_path))
    assert answer.exit_code == 0
    assert "Nothing was running" in answer.output


def test_a_setting_that_cannot_be_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NINGMAI_KAFKA_PORT", "many")
    answer = run("status")
    assert answer.exit_code == 1
    assert "NINGMAI_KAFKA_PORT" in answer.stderr


def test_an_expected_error_is_told_without_a_traceback(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(typer.Exit) as ended, told():
        raise Problem("The disk is full.", "Make room.", 3)
    assert ended.value.exit_code == 3
    assert capsys.readouterr().err.splitlines() == ["The disk is full.", "Make room."]


def test_an_unexpected_error_is_left_alone() -> None:
    with pytest.raises(ZeroDivisionError), told():
        raise ZeroDivisionError


@pytest.mark.parametrize("extra", EXTRAS)
def test_a_package_of_an_extra_that_is_missing_is_named_with_the_extra(extra: str) -> None:
    package = EXTRAS[extra][0]
    problem = missing(ModuleNotFoundError(name=f"{package}.inner"))
    assert package in problem.message
    assert extra in problem.hint


def test_a_missing_package_of_no_extra_is_a_bug() -> None:
    with pytest.raises(ModuleNotFoundError):
        missing(ModuleNotFoundError(name="elsewhere"))


def test_help_needs_no_extra() -> None:
    packages = [name for names in EXTRAS.values() for name in names]
    script = (
        "import sys\n"
        f"sys.modules.update(dict.fromkeys({packages!r}))\n"
        "from ningmai.cli import app\n"
        "app(['--help'])\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
