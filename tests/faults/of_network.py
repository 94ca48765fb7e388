"""Faults between the worker and ClickHouse: away, refusing, hanging, slow, answers cut off."""

from time import sleep

from tests.faults.scene import Scene

LOAD = 8


def refused(scene: Scene, seconds: float = 20) -> None:
    """4: nobody listens where ClickHouse was."""
    _like("refuse", scene, seconds)


def hanging(scene: Scene, seconds: float = 20) -> None:
    """4: ClickHouse takes connections and says nothing."""
    _like("hang", scene, seconds)


def slow(scene: Scene, seconds: float = 15) -> None:
    """4: every answer takes its time."""
    scene.proxy.delay = scene.draw.choice((0.2, 1.0))
    _like("slow", scene, seconds)


def cut_off(scene: Scene, seconds: float = 15) -> None:
    """5: inserts are done and their answers reset on the way."""
    before = scene.proxy.cuts
    _like("cut", scene, seconds)
    scene.note(f"{scene.proxy.cuts - before} answers cut off")


def lost(scene: Scene) -> None:
    """4: connections are forgotten on the way, so that both ends wait for each other."""
    scene.one_worker()
    scene.pause(1, 3)
    scene.proxy.lose()
    scene.note("connections to ClickHouse lost without a word")


def away_when_started(scene: Scene, seconds: float = 10) -> None:
    """4: a worker is killed, and ClickHouse is away when the next one starts."""
    scene.one_worker().kill()
    scene.proxy.set("refuse")
    worker = scene.workers.start()
    scene.note(f"{worker.name} starts without ClickHouse")
    sleep(seconds)
    scene.proxy.set("pass")
    scene.note("ClickHouse is back")
    if not worker.alive:
        scene.note(f"{worker.name} had ended with {worker.process.returncode}")
    scene.one_worker()


def under_load(scene: Scene, seconds: float = 60) -> None:
    """4: ClickHouse away while much more than usual comes; memory stays bounded."""
    rate = scene.traffic.rate
    scene.traffic.rate = rate * LOAD
    try:
        _like("refuse", scene, seconds)
    finally:
        scene.traffic.rate = rate
    worker = scene.one_worker()
    scene.pause(5, 10)
    scene.note(f"{worker.name} counts the rest with {worker.memory() >> 20} MiB")


def _like(mode: str, scene: Scene, seconds: float) -> None:
    worker = scene.one_worker()
    scene.pause(0, 2)
    before = worker.memory()
    scene.proxy.set(mode)  # type: ignore[arg-type] # one of Mode
    scene.note(f"ClickHouse: {mode}, for {seconds:.0f} s")
    try:
        sleep(seconds)
    finally:
        scene.proxy.set("pass")
    scene.note(
        f"ClickHouse is back; the worker went from {before >> 20} to {worker.memory() >> 20} MiB"
    )
