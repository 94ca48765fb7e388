"""Faults of workers: killed, frozen, added and removed."""

import signal
from time import sleep

from tests.faults.scene import Scene

SESSION_SECONDS = 10
"""Without a heartbeat for so long, a worker's partitions go to another."""


def killed(scene: Scene) -> None:
    """1: SIGKILL at a random moment, among them those between acknowledgement and commit."""
    worker = scene.one_worker()
    scene.pause(0.5, 4)
    worker.kill()
    scene.note(f"{worker.name} killed")
    scene.one_worker()


def added_and_removed(scene: Scene) -> None:
    """2: a second worker joins, and one of the two leaves, in order or not."""
    first = scene.one_worker()
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
    zombie = scene.one_worker()
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
