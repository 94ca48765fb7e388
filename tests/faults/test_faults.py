"""The short form: each headline fault once, with traffic going on, and an exact check afterwards.

``python -m tests.faults`` is the long one.
"""

from collections.abc import Iterator
from pathlib import Path
from time import monotonic

import pytest

from ningmai.settings import Settings
from ningmai.stack.stack import on_free_ports
from tests.faults import of_engines, of_log, of_network, of_workers
from tests.faults.__main__ import SMALL
from tests.faults.engines import Engines
from tests.faults.scene import Scene, scene

pytestmark = pytest.mark.engine
SEED = 5
RATE = 150


@pytest.fixture
def stage(namespace: Settings, tmp_path: Path) -> Iterator[Scene]:
    """A scene with small blocks, so that a short log has many, and traffic that goes on."""
    small = namespace.model_copy(update={"block_size": 256, "flush_seconds": 0.1})
    with scene(small, tmp_path, SEED, RATE) as made:
        made.traffic.start()
        yield made


def test_killed_workers_leave_nothing_out_and_nothing_twice(stage: Scene) -> None:
    for _ in range(3):
        of_workers.killed(stage)
    stage.judge()


def test_one_fault_after_the_other_changes_no_figure(stage: Scene) -> None:
    of_workers.frozen(stage)
    of_network.cut_off(stage, seconds=6)
    of_log.poison(stage)
    of_network.refused(stage, seconds=6)
    of_log.come_again(stage)
    of_log.read_again(stage)
    of_workers.added_and_removed(stage)
    of_log.made_again(stage)
    stage.judge()


def test_when_everything_is_killed_at_once_it_goes_on_where_it_was(tmp_path: Path) -> None:
    settings = on_free_ports(Settings(namespace="faults", data_dir=tmp_path / "data"))
    small = settings.model_copy(update=SMALL)
    with Engines(small) as engines, scene(small, tmp_path, SEED, RATE) as made:
        made.traffic.start()
        of_engines.everything_killed(made, engines)
        made.judge()


def test_a_killed_workers_partitions_go_to_the_other(stage: Scene) -> None:
    first = stage.one_worker()
    second = stage.workers.start()
    second.wait_for_partitions()
    stage.pause(2, 3)
    had = second.begun()
    first.kill()
    began = monotonic()
    second.wait_for_partitions(had)
    stage.note(f"{second.name} took over after {monotonic() - began:.1f} s")
    stage.judge()
