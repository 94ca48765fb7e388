import json
from collections.abc import Callable
from pathlib import Path

import pytest
from fake_grafana import FakeGrafana, refuse
from typer.testing import CliRunner, Result

from grafana import committed
from grafana.committed import Dashboard
from ningmai.cli import app
from ningmai.errors import INTERRUPTED

Run = Callable[..., Result]
LOAD = committed.load


@pytest.fixture
def run(
    fake: FakeGrafana,
    dashboards: list[Dashboard],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Run:
    """Calls ``ningmai grafana`` for the fake, with the small dashboards and a good token."""
    monkeypatch.setattr(committed, "load", lambda **_: dashboards)
    monkeypatch.setenv("NINGMAI_GRAFANA_TOKEN", "glsa_admin")
    monkeypatch.setenv("NINGMAI_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("COLUMNS", "200")
    for name in ("NINGMAI_GRAFANA_USER", "NINGMAI_GRAFANA_USER_PASSWORD"):
        monkeypatch.delenv(name, raising=False)

    def call(command: str, *words: str) -> Result:
        url = [] if "--url" in words else ["--url", fake.url]
        return CliRunner().invoke(app, ["grafana", command, *url, "--wait", "0", *words])

    return call


def test_a_sync_then_a_check_is_success(fake: FakeGrafana, run: Run) -> None:
    first = run("sync")
    assert first.exit_code == 0, first.output
    assert "created   dashboard ningmai-wall 总览大屏" in first.stdout
    second = run("sync")
    assert second.exit_code == 0
    assert second.stdout.endswith("Nothing to do: Grafana shows what was committed.\n")
    answer = run("check")
    assert answer.exit_code == 0, answer.output
    assert "WRONG" not in answer.stdout


def test_a_check_compares_with_the_live_screen_that_the_sync_named(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(committed, "load", LOAD)
    monkeypatch.setenv("NINGMAI_GRAFANA_SCREEN", "http://screens.example:18088/")
    assert run("sync").exit_code == 0
    assert run("check").exit_code == 0
    monkeypatch.delenv("NINGMAI_GRAFANA_SCREEN")
    answer = run("check")
    assert answer.exit_code == 1
    assert "differs at templating.list[" in answer.stdout


def test_a_check_of_an_empty_grafana_fails_and_says_what_to_do(run: Run) -> None:
    answer = run("check")
    assert answer.exit_code == 1
    assert "WRONG     dashboard ningmai-wall: 总览大屏 is not there" in answer.stdout
    assert "`ningmai grafana sync` puts it right." in answer.stdout


def test_a_check_for_programs_is_one_object(fake: FakeGrafana, run: Run) -> None:
    answer = run("check", "--json")
    assert answer.exit_code == 1
    found = json.loads(answer.stdout)
    assert (found["url"], found["ok"]) == (fake.url, False)
    assert found["findings"][0]["name"] == "reachable"


def test_a_dry_run_writes_nothing(fake: FakeGrafana, run: Run) -> None:
    answer = run("sync", "--dry-run")
    assert answer.exit_code == 0
    assert "would create folder 宁脉" in answer.stdout
    assert fake.writes() == []


def test_a_change_made_in_grafana_is_refused_with_the_way_out(fake: FakeGrafana, run: Run) -> None:
    run("sync")
    fake.edited("ningmai-calls", title="我们的热线")
    answer = run("sync")
    assert answer.exit_code == 1
    assert "Changed in Grafana since the last sync, so nothing was written" in answer.stderr
    assert "--force" in answer.stderr
    assert run("sync", "--force").exit_code == 0


def test_a_clickhouse_that_grafana_cannot_reach_is_not_success(fake: FakeGrafana, run: Run) -> None:
    fake.clickhouse_password = "other"
    answer = run("sync", "--clickhouse-url", "http://ch:8123")
    assert answer.exit_code == 1
    assert "ClickHouse does not answer Grafana: code: 516" in answer.stderr
    assert "http://ch:8123" in answer.stderr
    assert len(fake.dashboards) == 2


def test_the_password_of_clickhouse_comes_from_the_settings(
    fake: FakeGrafana, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake.clickhouse_password = "ch-secret"
    monkeypatch.setenv("NINGMAI_GRAFANA_PASSWORD", "ch-secret")
    answer = run("sync")
    assert answer.exit_code == 0
    assert "ch-secret" not in answer.output


def test_without_credentials_the_variables_are_named(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NINGMAI_GRAFANA_TOKEN")
    answer = run("check")
    assert answer.exit_code == 1
    assert "No credentials for Grafana are set" in answer.stderr


def test_a_user_and_a_password_of_the_environment_sign_in(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NINGMAI_GRAFANA_USER_PASSWORD", "密码")
    assert run("sync", "--user", "root").exit_code == 0


def test_the_token_may_be_in_another_variable(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MY_TOKEN", "glsa_admin\n")
    monkeypatch.setenv("NINGMAI_GRAFANA_TOKEN", "wrong")
    assert run("sync", "--token-env", "MY_TOKEN").exit_code == 0


def test_waiting_is_told(fake: FakeGrafana, run: Run) -> None:
    fake.faults = [refuse(503, "starting")]
    answer = run("sync", "--wait", "20")
    assert answer.exit_code == 0
    assert "is not ready to tell its health" in answer.stderr


def test_an_interruption_says_how_far_it_came_and_the_next_sync_does_the_rest(
    fake: FakeGrafana, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    from grafana.remote import Grafana

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(Grafana, "save_dashboard", interrupted)
        answer = run("sync")
    assert answer.exit_code == INTERRUPTED
    assert "Interrupted at step 3 of 6 (dashboard ningmai-calls 热线)" in answer.stderr
    assert run("sync").exit_code == 0
    assert run("check").exit_code == 0


@pytest.mark.parametrize("command", ["check", "sync"])
def test_each_command_teaches_itself(run: Run, command: str) -> None:
    answer = run(command, "--help")
    assert answer.exit_code == 0
    assert f"ningmai grafana {command} --url http://grafana:3000" in answer.output
