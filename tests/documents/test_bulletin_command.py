"""``ningmai bulletin``: what it writes, what it refuses, and how it ends."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from ningmai.bulletin import Facts, writers
from ningmai.cli import app
from producers.bulletin import Month
from tests.conftest import City
from tests.documents.months import empty, good, september

Given = Callable[[Facts], None]


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch) -> Given:
    """Lets a test say what ClickHouse has."""

    def have(facts: Facts) -> None:
        # The package's name for it is the command: the module stands among the modules only.
        monkeypatch.setattr(sys.modules["ningmai.cli.bulletin"], "_facts", lambda *_: facts)

    return have


def run(*words: str) -> Result:
    return CliRunner().invoke(app, ["bulletin", *words])


def test_without_a_file_it_is_printed_as_markdown(given: Given) -> None:
    given(september())
    answer = run("2020-09")
    assert answer.exit_code == 0
    assert answer.stdout.startswith("# 2020年9月统计数据\n")


def test_a_file_is_written_and_its_findings_are_told(given: Given, tmp_path: Path) -> None:
    given(september())
    answer = run("2020-09", "--out", str(tmp_path / "a.xlsx"))
    assert answer.exit_code == 0
    assert "26 findings, 8 wrong (错误), 18 to be asked about (存疑)" in answer.stderr
    assert (tmp_path / "a.xlsx").stat().st_size > 10_000


def test_strict_refuses_a_month_with_findings_says_which_and_writes_nothing(
    given: Given, tmp_path: Path
) -> None:
    facts = september()
    given(facts)
    answer = run("2020-09", "--strict", "--out", str(tmp_path / "a.md"))
    assert answer.exit_code == 1
    assert all(one.message in answer.stderr for one in facts.findings)
    assert list(tmp_path.iterdir()) == []


def test_strict_writes_a_month_without_findings(given: Given, tmp_path: Path) -> None:
    given(good(1, tmp_path / "good"))
    answer = run("2020-09", "--strict", "--out", str(tmp_path / "a.md"))
    assert answer.exit_code == 0
    assert (tmp_path / "a.md").exists()


def test_a_month_without_figures_is_written_but_not_strictly(given: Given) -> None:
    given(empty(Month(2019, 1)))
    assert "2019年1月没有任何数据。" in run("2019-01").stdout
    answer = run("2019-01", "--strict")
    assert answer.exit_code == 1
    assert "There are no figures of 2019-01" in answer.stderr


@pytest.mark.parametrize("words", [["2020-9"], ["2020-13"], ["2020-09", "--out", "a.doc"]])
def test_what_is_asked_wrongly_ends_with_2_before_anything_is_asked(words: list[str]) -> None:
    assert run(*words).exit_code == 2


def test_a_folder_that_is_not_there_is_told(given: Given, tmp_path: Path) -> None:
    given(september())
    answer = run("2020-09", "--out", str(tmp_path / "no" / "a.md"))
    assert answer.exit_code == 1
    assert "can't be written" in answer.stderr


def test_a_package_that_is_missing_is_told_with_what_to_install(
    given: Given, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(name: str) -> None:
        raise ImportError("no", name="typst")

    given(september())
    monkeypatch.setattr(writers, "import_module", missing)
    answer = run("2020-09", "--out", str(tmp_path / "a.pdf"))
    assert answer.exit_code == 1
    assert "pip install 'ningmai[bulletin]'" in answer.stderr


@pytest.mark.engine
def test_the_live_month_is_written_by_the_command(
    city: City, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in city.settings.environment().items():
        monkeypatch.setenv(name, value)
    answer = run("2020-09", "--out", str(tmp_path / "a.html"))
    assert answer.exit_code == 0, answer.stderr
    assert "19 findings, 1 wrong (错误)" in answer.stderr
