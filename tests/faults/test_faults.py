"""The short form: each headline fault once, with traffic going on, and an exact check afterwards.

``python -m tests.faults`` is the long one.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from ningmai.settings import Settings
from tests.faults import of_workers
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
