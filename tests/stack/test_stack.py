import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
import small_stack
from small_stack import FAILS, STUBBORN, Told, trace

from ningmai.settings import Settings
from ningmai.stack import clickhouse, control, guard, kafka, registry, run, screen, worker
from ningmai.stack.errors import StackError
from ningmai.stack.ports import answers
from ningmai.stack.stack import ENGINES, SERVICES, Stack, ensure_clickhouse

ALL = (*ENGINES, *SERVICES)


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Settings on which stacks of this process are small ones."""
    for module in (kafka, registry, clickhouse, worker, screen):
        monkeypatch.setattr(module, "part", module.part)  # put back at the test's end
    small_stack.replace_parts()
    return small_stack.settings(tmp_path)


@pytest.fixture
def other_run(settings: Settings) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Starts a small stack in a process of its own, on the same data folder."""
    started: list[subprocess.Popen[str]] = []

    def start(*arguments: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, small_stack.__file__, *arguments],
            env={**os.environ, **settings.environment()},
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        started.append(process)
        assert process.stdout is not None
        assert process.stdout.readline() == f"up {process.pid}\n"
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def processes_of(settings: Settings) -> list[psutil.Process]:
    """Every process that a run on these settings has started, the parts' own children too."""
    return [
        process
        for process in psutil.process_iter(["cmdline", "status"])
        if str(settings.data_dir / "trace") in (process.info["cmdline"] or [])
        and process.info["status"] != psutil.STATUS_ZOMBIE
    ]


def eventually(holds: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        if holds():
            return True
        time.sleep(0.05)
    return False


def test_the_worker_starts_last_and_everything_stops_in_reverse_order(settings: Settings) -> None:
    with Stack(settings) as stack:
        stack.start(*ENGINES)
        stack.start("worker")
    lines = trace(settings)
    assert set(lines[:3]) == {"started kafka", "started clickhouse", "started registry"}
    assert lines[3:] == [
        "started worker",
        "stopped worker",
        "stopped registry",
        "stopped clickhouse",
        "stopped kafka",
    ]


def test_a_stop_leaves_no_process_no_run_and_no_lock(settings: Settings) -> None:
    with Stack(settings) as stack:
        stack.start(*ALL)
        assert len(processes_of(settings)) == 2 * len(ALL)
    assert processes_of(settings) == []
    assert run.read(settings.data_dir) is None
    with Stack(settings) as again:
        again.start("kafka")


def test_a_part_that_does_not_stop_in_time_is_killed(settings: Settings) -> None:
    small_stack.replace_parts(STUBBORN, stop_within=0.5)
    told = Told()
    with Stack(settings, told) as stack:
        stack.start("kafka")
    assert "kafka did not stop in time and was killed" in told.lines
    assert processes_of(settings) == []


def test_parts_die_with_a_parent_that_was_killed(settings: Settings, other_run) -> None:
    parent = other_run("stubborn")
    assert len(processes_of(settings)) == 2 * len(ALL)
    parent.kill()
    assert eventually(lambda: processes_of(settings) == [])


def test_what_is_left_by_a_kill_of_parent_and_guard_ends_with_the_next_start(
    settings: Settings, other_run
) -> None:
    parent = other_run()
    left = processes_of(settings)
    for child in psutil.Process(parent.pid).children():
        if guard.__file__ in child.cmdline():
            child.kill()
    parent.kill()
    parent.wait()
    with Stack(settings) as stack:
        stack.start(*ALL)
        assert not set(left) & set(processes_of(settings))


def test_after_a_kill_the_same_folder_starts_again(settings: Settings, other_run) -> None:
    other_run().kill()
    with Stack(settings) as stack:
        stack.start(*ALL)
        assert {part.state for part in stack.status()} == {"running"}


def test_a_second_interrupt_while_stopping_leaves_nothing(settings: Settings, other_run) -> None:
    parent = other_run("stubborn")
    parent.send_signal(signal.SIGINT)
    assert eventually(lambda: "stopped clickhouse" in trace(settings))
    parent.send_signal(signal.SIGINT)
    parent.wait(20)
    assert eventually(lambda: processes_of(settings) == [])


def test_an_interrupt_in_the_terminal_reaches_the_parent_alone(
    settings: Settings, other_run
) -> None:
    parent = other_run()
    os.killpg(parent.pid, signal.SIGINT)
    assert parent.communicate(timeout=30)[0] == "down\n"
    assert trace(settings)[-4:] == [
        f"stopped {name}" for name in ("worker", "registry", "clickhouse", "kafka")
    ]


def test_a_second_run_on_the_folder_is_refused_with_the_pid_of_the_first(
    settings: Settings, other_run, tmp_path: Path
) -> None:
    first = other_run()
    second = small_stack.settings(tmp_path)
    with pytest.raises(StackError) as refused, Stack(second) as stack:
        stack.start("kafka")
    assert f"in use by another run (pid {first.pid})" in refused.value.message
    assert "ningmai down" in refused.value.hint
    assert len(processes_of(settings)) == 2 * len(ALL)


def test_a_part_that_fails_at_its_start_is_told_with_its_log(settings: Settings) -> None:
    small_stack.replace_parts(FAILS)
    with pytest.raises(StackError, match=r"kafka ended with 3") as failed, Stack(settings) as stack:
        stack.start(*ALL)
    assert "what went wrong" in failed.value.hint
    assert str(settings.data_dir / "logs" / "kafka.log") in failed.value.hint
    assert processes_of(settings) == []


def test_a_part_that_ends_by_itself_is_told_and_started_again(settings: Settings) -> None:
    told = Told()
    with Stack(settings, told) as stack:
        stack.start(*ALL)
        before = {part.name: part.pid for part in stack.status()}
        os.kill(before["worker"] or 0, signal.SIGKILL)
        assert eventually(lambda: {part.name: part.pid for part in stack.status()} != before)
        assert eventually(lambda: {part.state for part in stack.status()} == {"running"})
        after = {part.name: part.pid for part in stack.status()}
        assert len(processes_of(settings)) == 2 * len(ALL)
    assert {name for name in before if before[name] != after[name]} == {"worker"}
    (line,) = (line for line in told.lines if "ended" in line)
    assert line.startswith("worker ended with -9; it is started again in 1 s.")
    assert line.endswith("a line of the log")


def test_status_and_down_work_from_another_process(settings: Settings, other_run) -> None:
    parent = other_run()
    elsewhere = Settings(data_dir=settings.data_dir)  # knows the folder, not the ports
    seen = {part.name: (part.state, part.port) for part in control.status(elsewhere)}
    assert seen == {
        "kafka": ("running", settings.kafka_port),
        "clickhouse": ("running", settings.clickhouse_port),
        "registry": ("running", settings.registry_port),
        "worker": ("running", settings.worker_port),
        "screen": ("running", settings.screen_port),
    }
    assert control.down(elsewhere)
    assert parent.wait(10) == 0
    assert processes_of(settings) == []
    assert {part.state for part in control.status(elsewhere)} == {"stopped"}
    assert not control.down(elsewhere)


def test_down_after_a_crash_clears_up(settings: Settings, other_run) -> None:
    parent = other_run()
    parent.kill()
    parent.wait()
    assert {part.state for part in control.status(settings)} == {"stopped"}
    assert not control.down(settings)
    assert processes_of(settings) == []
    assert not run.file(settings.data_dir).exists()


def test_a_torn_run_file_is_no_run(settings: Settings) -> None:
    run.file(settings.data_dir).write_text('{"process": {"pid": 1,')
    assert not control.down(settings)


def test_what_the_settings_place_elsewhere_is_not_started(settings: Settings) -> None:
    settings = settings.model_copy(update={"kafka": "kafka.example:9092"})
    with Stack(settings) as stack:
        stack.start(*ENGINES)
        states = {part.name: part.state for part in stack.status()}
    assert states == {
        "kafka": "elsewhere",
        "clickhouse": "running",
        "registry": "running",
        "worker": "stopped",
        "screen": "stopped",
    }


def test_clickhouse_is_started_for_a_command_and_stopped_after_it(settings: Settings) -> None:
    with ensure_clickhouse(settings):
        assert answers(settings.host, settings.clickhouse_port)
        assert trace(settings) == ["started clickhouse"]
    assert processes_of(settings) == []


def test_the_clickhouse_that_runs_on_the_folder_is_used(settings: Settings, other_run) -> None:
    other_run()
    with ensure_clickhouse(settings):
        assert answers(settings.host, settings.clickhouse_port)
    assert trace(settings).count("started clickhouse") == 1
    assert len(processes_of(settings)) == 2 * len(ALL)


def test_the_clickhouse_of_another_folder_is_not_used(
    settings: Settings, other_run, tmp_path: Path
) -> None:
    other_run()
    other_folder = settings.model_copy(update={"data_dir": tmp_path / "other"})
    with pytest.raises(StackError, match="is taken"), ensure_clickhouse(other_folder):
        pytest.fail("these are another folder's figures")
