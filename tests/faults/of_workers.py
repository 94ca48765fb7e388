"""Faults of workers: killed, frozen, added and removed."""

import signal
from time import monotonic, sleep

from tests.faults import verdict
from tests.faults.log import KINDS
from tests.faults.scene import Scene
from tests.faults.workers import Worker

SESSION_SECONDS = 10
"""Without a heartbeat for so long, a worker's partitions go to another."""
GIVEN_UP_AFTER = 180.0
"""Seconds. How long a takeover takes is noted, not judged: it says as much of the machine."""


def killed(scene: Scene) -> None:
    """1: SIGKILL at any moment, and just when ClickHouse has answered: before the commit."""
    for _ in range(2):
        worker = scene.one_worker()
        scene.pause(0.5, 4)
        at_answer = scene.draw.random() < 0.5
        if at_answer:
            _wait_for_answer(scene)
        worker.kill()
        scene.note(f"{worker.name} killed{', as ClickHouse answered' if at_answer else ''}")
    scene.one_worker()


def _wait_for_answer(scene: Scene) -> None:
    until = monotonic() + SESSION_SECONDS
    before = scene.proxy.answers
    while scene.proxy.answers == before and monotonic() < until:
        sleep(0.0005)


def taken_over(scene: Scene) -> float:
    """A killed worker's partitions go to another; returns the seconds until it has caught up."""
    first, second = _two(scene)
    before, began = second.begun(), monotonic()
    first.kill()
    return _takes_over(scene, second, f"the killed {first.name}", before, began)


def handed_over(scene: Scene) -> float:
    """A worker is stopped in order: another begins where it ended, or at that block's start.

    Returns the seconds from the signal until the other has caught up.
    """
    first, second = _two(scene)
    had, known = len(second.starts()), verdict.ledger_ends(scene.log, scene.client)
    before, began = second.begun(), monotonic()
    first.signal(signal.SIGTERM)
    took = _takes_over(scene, second, f"the stopped {first.name}", before, began)
    first.stop()
    kinds = {scene.settings.topic(kind): kind for kind in KINDS}
    back = [
        known.get((kinds[topic], number), 0) - offset
        for topic, number, offset in second.starts()[had:]
        if topic in kinds
    ]
    scene.note(f"it read {max(back, default=0)} offsets again at most, of one partition")
    assert max(back, default=0) <= scene.settings.block_size, f"{back} offsets are read again"
    return took


def _takes_over(scene: Scene, heir: Worker, whose: str, before: int, began: float) -> float:
    heir.wait_for_partitions(before)
    reads = monotonic() - began
    took = _until_all_is_read(scene, began)
    scene.note(f"{heir.name} read the partitions of {whose} after {reads:.1f} s")
    scene.note(f"ClickHouse had all that was in Kafka by then after {took:.1f} s")
    return took


def _until_all_is_read(scene: Scene, began: float) -> float:
    """Wait until ClickHouse has of every partition what is in Kafka now; seconds since then."""
    ends = scene.log.ends()
    if wrong := verdict.caught_up(scene.log, scene.client, GIVEN_UP_AFTER, ends):
        scene.differs(wrong)
    return monotonic() - began


def _alone(scene: Scene) -> Worker:
    """The only worker: a third one may be given no partition where there are few of them."""
    one = scene.one_worker()
    for other in scene.workers.alive:
        if other is not one:
            other.stop()
    return one


def _two(scene: Scene) -> tuple[Worker, Worker]:
    """Two workers that have partitions, for a while."""
    first = _alone(scene)
    second = scene.workers.start()
    second.wait_for_partitions()
    scene.pause(3, 5)
    return first, second


def raising(scene: Scene) -> None:
    """10: what counts and writes raises, now before it has done its work and now after."""
    for worker in scene.workers.alive:
        worker.stop()
    wrong = scene.workers.start("tests.faults.raising")
    wrong.wait_for_partitions()
    scene.pause(15, 20)
    raised = wrong.log.read_bytes().count(b"RuntimeError: on purpose")
    scene.note(f"{wrong.name} raised {raised} times")
    wrong.stop()
    assert raised, "nothing has raised"
    scene.one_worker()


def added_and_removed(scene: Scene) -> None:
    """2: a second worker joins, and one of the two leaves, in order or not."""
    first = _alone(scene)
    second = scene.workers.start()
    scene.note(f"{second.name} joins")
    second.wait_for_partitions()
    scene.pause(1, 5)
    leaves = scene.draw.choice((first, second))
    if scene.draw.random() < 0.5:
        scene.note(f"{leaves.name} stopped in {leaves.stop():.1f} s")
    else:
        leaves.kill()
        scene.note(f"{leaves.name} killed")
    scene.pause(1, 3)


def frozen(scene: Scene) -> None:
    """3: SIGSTOP past the session, a peer takes over, SIGCONT: the older value never wins."""
    zombie = _alone(scene)
    peer = scene.workers.start()
    peer.wait_for_partitions()
    before = peer.begun()
    scene.pause(0.5, 3)
    zombie.signal(signal.SIGSTOP)
    scene.note(f"{zombie.name} frozen")
    try:
        sleep(SESSION_SECONDS)
        peer.wait_for_partitions(before)
        scene.note(f"{peer.name} has all partitions")
        scene.pause(1, 4)
    finally:
        zombie.signal(signal.SIGCONT)
    scene.note(f"{zombie.name} goes on")
    scene.pause(2, 5)
