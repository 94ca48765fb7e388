"""The command line on engines of its own: a small month in, proved, on, and stopped."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from ningmai.settings import Settings
from ningmai.stack import run
from ningmai.stack.ports import free_ports
from ningmai.stack.stack import PORTS

pytestmark = pytest.mark.engine

TABLES = {
    "03_2020年8月分途径预约情况统计.csv": (
        "序号,名称,预约数量\n1,就医160,40\n2,新途径,2\n,合计,43\n"
    ),
    "08_累计_2020年8月.csv": (
        "指标,数值,单位\n截止8月底总预约挂号量,1000,次\n截止8月底区及医院累计校验入库数据,71.0,亿条\n"
    ),
}
PATIENCE_SECONDS = 240


def _own(environment: Mapping[str, str]) -> dict[str, str]:
    """Without what would have NiceGUI take the screen for a test of its own."""
    return {name: v for name, v in environment.items() if not name.startswith("PYTEST_")}


@dataclass
class Machine:
    """A data folder and ports, for commands in processes of their own."""

    data: Path
    environment: dict[str, str]

    def start(self, *words: str) -> "subprocess.Popen[str]":
        # As from a terminal: a parent that ignores Ctrl-C must not make the command ignore it.
        return subprocess.Popen(
            [sys.executable, "-c", STARTER, *words],
            env={**_own(os.environ), **self.environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def do(self, *words: str) -> tuple[int, str]:
        process = self.start(*words)
        try:
            output, _ = process.communicate(timeout=PATIENCE_SECONDS)
        finally:
            process.kill()  # nothing, unless it hangs; its guard then ends what it started
        return process.returncode, output


STARTER = """
import signal
signal.signal(signal.SIGINT, signal.default_int_handler)
from ningmai.cli import app
app()
"""


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Machine:
    names = [name for part in PORTS.values() for name in part]
    ports = dict(zip(names, free_ports("127.0.0.1", len(names)), strict=True))
    data = tmp_path_factory.mktemp("up")
    settings = Settings(data_dir=data, namespace="small").model_copy(update=ports)
    return Machine(data, settings.environment())


@pytest.fixture(scope="module")
def august(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("august")
    for name, text in TABLES.items():
        (folder / name).write_text(text, "utf-8")
    return str(folder)


@pytest.fixture(scope="module")
def loaded(machine: Machine, august: str) -> str:
    status, output = machine.do("up", "--replay", august, "--exit-when-done")
    assert status == 0, output
    return output


@pytest.fixture
def live(machine: Machine, august: str) -> Iterator["subprocess.Popen[str]"]:
    process = machine.start("up", "--replay", august, "--rate", "50")
    yield process
    if process.poll() is None:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=PATIENCE_SECONDS)


def nothing_is_left(machine: Machine) -> bool:
    return run.read(machine.data) is None


def test_a_month_is_replayed_proved_and_everything_stopped(machine: Machine, loaded: str) -> None:
    assert "4 of 4 printed cells equal" in loaded
    assert "sum of the 2 printed rows" in loaded  # the total printed is one too many
    assert nothing_is_left(machine)


@pytest.mark.usefixtures("loaded")
def test_commands_that_need_clickhouse_alone_start_it(machine: Machine, august: str) -> None:
    status, output = machine.do("reconcile", august, "--json")
    found = json.loads(output)
    assert status == 0
    assert (found["cells"], found["equal"], found["differences"]) == (4, 4, [])
    assert [finding["computed"] for finding in found["findings"]] == ["42"]
    query = "SELECT `名称`, `预约数量` FROM bulletin_03(month = '2020-08-01')"
    assert machine.do("sql", query, "-f", "csv") == (
        0,
        '"名称","预约数量"\n"就医160",40\n"新途径",2\n',
    )
    assert nothing_is_left(machine)


@pytest.mark.usefixtures("loaded")
def test_the_analyst_may_only_read(machine: Machine) -> None:
    status, output = machine.do("sql", "TRUNCATE TABLE raw_bookings")
    assert status == 1
    assert "Not enough privileges" in output


@pytest.mark.usefixtures("loaded")
def test_a_month_of_other_content_is_refused_with_both_checksums(
    machine: Machine, tmp_path: Path
) -> None:
    for name, text in TABLES.items():
        (tmp_path / name).write_text(text.replace(",40", ",41"), "utf-8")
    status, output = machine.do("up", "--replay", str(tmp_path), "--exit-when-done")
    assert status == 1, output
    assert "already replayed from other content: checksum" in output
    assert nothing_is_left(machine)


@pytest.mark.usefixtures("loaded")
def test_a_second_start_goes_on_live_and_ctrl_c_stops_it(
    machine: Machine, august: str, live: "subprocess.Popen[str]"
) -> None:
    simulated = simulated_events(machine, live)
    status, output = machine.do("status", "--json")
    found = json.loads(output)
    assert status == 0
    assert {part["state"] for part in found["parts"]} == {"running"}
    assert {each["kind"] for each in found["partitions"]} >= {"calls", "statements"}
    assert all(each["lag"] == each["end"] - each["done"] for each in found["partitions"])
    assert "bookings" in found["last_seen"]
    assert simulated > 0
    assert machine.do("reconcile", august)[0] == 0  # simulated events are in no figure
    live.send_signal(signal.SIGINT)
    told, _ = live.communicate(timeout=PATIENCE_SECONDS)
    assert live.returncode == 0, told
    assert "is loaded already" in told
    assert nothing_is_left(machine)


def simulated_events(machine: Machine, live: "subprocess.Popen[str]") -> int:
    """Waits until simulated events are counted, and says how many."""
    query = "SELECT sum(events) FROM source_freshness WHERE origin = 'simulated'"
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        assert live.poll() is None, live.communicate()[0]
        time.sleep(2)
        if run.read(machine.data) is None:
            continue  # it has just begun
        status, output = machine.do("sql", query, "-f", "csv")
        answer = output.splitlines()[-1:]
        if status == 0 and answer and answer[0].isdigit() and int(answer[0]):
            return int(answer[0])
    return 0
