"""Faults of engines: Kafka, registry and ClickHouse killed, frozen, restored; all at once."""

import signal
from pathlib import Path
from time import sleep

from clickhouse.archive import backup, restore
from ningmai.doing import Quiet
from tests.faults import verdict
from tests.faults.engines import Engines
from tests.faults.log import KINDS
from tests.faults.scene import CAUGHT_UP_SECONDS, Scene
from tests.faults.workers import STARTED_WITHIN_SECONDS

BUSY = 8


def engine_killed(scene: Scene, engines: Engines, name: str) -> None:
    """6: SIGKILL of one engine; the stack starts it again."""
    scene.one_worker()
    scene.pause(0.5, 3)
    engines.kill(name)
    scene.note(f"{name} killed")
    sleep(1)
    engines.wait()
    scene.note(f"{name} is back")
    scene.pause(2, 5)


def engine_frozen(scene: Scene, engines: Engines, name: str, seconds: float) -> None:
    """6: an engine that holds its connections and says nothing."""
    scene.one_worker()
    scene.pause(0.5, 3)
    engines.signal(name, signal.SIGSTOP)
    scene.note(f"{name} frozen for {seconds:.0f} s")
    try:
        sleep(seconds)
    finally:
        engines.signal(name, signal.SIGCONT)
    scene.note(f"{name} goes on")
    scene.pause(2, 5)


def no_room(scene: Scene, setting: str, value: int, seconds: float = 12) -> None:
    """16: ClickHouse takes no insert: its disk is too full, or it has too many parts."""
    scene.one_worker()
    scene.pause(1, 3)
    tables = [f"{table}_{kind}" for table in ("raw", "rollup") for kind in KINDS]
    for table in tables:
        scene.client.command(f"ALTER TABLE {table} MODIFY SETTING {setting} = {value}")
    scene.note(f"{setting} = {value}: no insert is taken for {seconds:.0f} s")
    sleep(seconds)
    for table in tables:
        scene.client.command(f"ALTER TABLE {table} RESET SETTING {setting}")
    scene.note("inserts are taken again")


def registry_away(scene: Scene, seconds: float = 15) -> None:
    """12: without the registry a warm worker goes on, and a cold one waits."""
    scene.one_worker()
    scene.registry.set("refuse")
    scene.note("the registry is away")
    scene.pause(2, 5)
    scene.one_worker().kill()
    cold = scene.workers.start()
    scene.note(f"{cold.name} starts without the registry")
    sleep(seconds)
    scene.registry.set("pass")
    scene.note("the registry is back")
    if not cold.alive:
        scene.note(f"{cold.name} had ended with {cold.process.returncode}")
    scene.one_worker()


def restored(scene: Scene, folder: Path) -> None:
    """14c: ClickHouse is what a backup of a while ago has; the log goes on."""
    scene.one_worker()
    scene.pause(3, 6)
    if wrong := verdict.caught_up(scene.log, scene.client, CAUGHT_UP_SECONDS, scene.log.ends()):
        scene.differs(wrong)
    file = folder / f"backup-{len(scene.timeline.lines)}.zip"
    rows = backup(scene.client, scene.settings, file, Quiet())
    scene.note(f"backup of {rows:,} rows, while a worker goes on")
    scene.traffic.rate *= BUSY  # so that whole blocks are missing afterwards
    scene.pause(8, 12)
    scene.traffic.rate /= BUSY
    for worker in scene.workers.alive:
        worker.stop()
    restore(scene.client, scene.settings, file, Quiet(), replace=True)
    file.unlink()
    scene.note("ClickHouse restored from that backup")
    scene.one_worker()


def everything_killed(scene: Scene, engines: Engines) -> None:
    """21: SIGKILL of everything at once, as when the power goes; then up again."""
    scene.one_worker()
    scene.pause(1, 4)
    workers = [worker.process.pid for worker in scene.workers.alive]
    count = engines.kill_all(workers)
    for worker in scene.workers.all:
        worker.process.wait(STARTED_WITHIN_SECONDS)
    scene.note(f"{count} processes killed at once")
    engines.start()
    scene.note("the engines are up again")
    scene.one_worker()
