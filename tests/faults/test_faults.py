"""The short form: the headline faults, with traffic going on, and an exact check afterwards.

``python -m tests.faults`` is the long one.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from ningmai.settings import Settings
from ningmai.stack.stack import on_free_ports
from tests.conftest import own_namespace
from tests.faults import of_engines, of_log, of_network, of_workers
from tests.faults.__main__ import SMALL
from tests.faults.engines import Engines
from tests.faults.scene import Scene, scene

pytestmark = pytest.mark.engine
SEED = 5
RATE = 150


@pytest.fixture(scope="module")
def running(engine_settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """A scene with small blocks, so that a short log has many."""
    small = own_namespace(engine_settings).model_copy(update=SMALL)
    with scene(small, tmp_path_factory.mktemp("faults"), SEED, RATE) as made:
        yield made


@pytest.fixture
def stage(running: Scene) -> Scene:
    """The scene, with traffic that goes on: a test's verdict has paused it."""
    running.traffic.start()
    return running


def test_killed_workers_leave_nothing_out_and_nothing_twice(stage: Scene) -> None:
    of_workers.killed(stage)
    stage.judge()


def test_what_network_and_log_do_changes_no_figure(stage: Scene) -> None:
    of_network.cut_off(stage, seconds=4)
    of_log.poison(stage)
    of_network.refused(stage, seconds=4)
    of_log.read_again(stage)
    stage.judge()


def test_a_zombie_changes_no_figure_of_its_successors(stage: Scene) -> None:
    of_workers.frozen(stage)
    stage.judge()


def test_a_stopped_worker_hands_over_without_reading_more_than_a_block_again(stage: Scene) -> None:
    of_workers.handed_over(stage)
    stage.judge()


def test_when_everything_is_killed_at_once_it_goes_on_where_it_was(tmp_path: Path) -> None:
    settings = on_free_ports(Settings(namespace="faults", data_dir=tmp_path / "data"))
    small = settings.model_copy(update=SMALL)
    with Engines(small) as engines, scene(small, tmp_path, SEED, RATE) as made:
        made.traffic.start()
        of_engines.everything_killed(made, engines)
        made.judge()
