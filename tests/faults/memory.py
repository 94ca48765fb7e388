"""A soak: a worker that counts the same traffic for minutes must not grow."""

from statistics import median
from time import monotonic, sleep

from tests.faults.scene import Scene

LOOK_SECONDS = 2.0
WARM_SHARE = 0.4
"""Of the samples, at the beginning, in which buffers and windows fill."""
GROWTH = 1.10
SLACK = 24 * 1024 * 1024
FASTER = 3


def soak(scene: Scene, seconds: float) -> None:
    """Count for so long at a higher rate, then judge. Raises Differs where memory has grown."""
    for worker in scene.workers.alive:
        worker.stop()
    worker = scene.one_worker()
    scene.traffic.rate *= FASTER
    scene.traffic.start()
    scene.note(f"== soak for {seconds:.0f} s, {scene.traffic.rate:.0f} messages a second")
    samples = []
    until = monotonic() + seconds
    while monotonic() < until:
        sleep(LOOK_SECONDS)
        samples.append(worker.memory())
    scene.traffic.rate /= FASTER
    before, after = grown(samples)
    scene.note(f"memory of {worker.name}: {before >> 20} MiB, later {after >> 20} MiB")
    if after > before * GROWTH + SLACK:
        scene.differs([f"S: {worker.name} grew from {before:,} to {after:,} bytes"])
    scene.judge()


def grown(samples: list[int]) -> tuple[int, int]:
    """The median of what is warm in its first and in its last third."""
    warm = samples[int(len(samples) * WARM_SHARE) :]
    third = max(1, len(warm) // 3)
    return int(median(warm[:third])), int(median(warm[-third:]))
