"""The embedded stack as a whole: started in order, kept running, stopped in reverse order."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread
from types import TracebackType
from typing import Self

from ningmai.doing import Doing, Quiet
from ningmai.settings import Settings
from ningmai.stack import clickhouse, kafka, registry, run, screen, worker
from ningmai.stack.control import PartStatus, end_orphans, status
from ningmai.stack.errors import StackError
from ningmai.stack.folder import FolderLock, check_room
from ningmai.stack.ports import check_free, free_ports
from ningmai.stack.process import Child, Guard, Part
from ningmai.stack.restarts import LONGEST_PAUSE_SECONDS, Restarts

ENGINES = ("kafka", "clickhouse", "registry")
SERVICES = ("worker", "screen")
STAGES = (ENGINES, SERVICES)
"""The parts of a stage start side by side (the registry waits for Kafka by itself), once those of
the stage before are ready."""
PORTS = {
    "kafka": ("kafka_port", "kafka_controller_port"),
    "registry": ("registry_port", "registry_management_port"),
    "clickhouse": ("clickhouse_port",),
    "worker": ("worker_port",),
    "screen": ("screen_port",),
}
LOOK_SECONDS = 0.5


def on_free_ports(settings: Settings) -> Settings:
    """These settings with ports that nobody has, for a stack beside another."""
    names = [name for part in PORTS.values() for name in part]
    ports = free_ports(settings.host, len(names))
    return settings.model_copy(update=dict(zip(names, ports, strict=True)))


class Stack:
    """The parts that this process runs on the data folder of its settings.

    Use it as a context: leaving it, whatever the reason, stops what was started. Not for several
    threads; ``stop`` may be called from a signal handler's exception at any point of ``start``.
    """

    def __init__(self, settings: Settings, doing: Doing | None = None) -> None:
        self._settings = settings
        self._doing = doing or Quiet()
        self._children: dict[str, Child] = {}
        self._restarts = Restarts()
        self._stopping = Event()
        self._watching = Thread(target=self._watch, name="stack", daemon=True)
        self._folder: FolderLock | None = None
        self._guard: Guard | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def start(self, *names: str) -> None:
        """Starts parts, in the right order, and returns when they are ready; may be called again.

        ``names`` are of ENGINES, or of SERVICES, which want the engines, topics, schemas and tables
        to be there. A part whose address the settings give is another's to run, and skipped. From
        then on, a part that ends is said to have, and started again. Raises StackError, with what
        was started still running until ``stop``.
        """
        wanted = [name for name in names if not getattr(self._settings, name, "")]
        guard = self._claim()
        ports = [port for name in wanted for port in PORTS[name]]
        check_free(self._settings.host, {port: getattr(self._settings, port) for port in ports})
        for stage in STAGES:
            parts = [self._part(name) for name in stage if name in wanted]
            for child in [self._spawn(part, guard) for part in parts]:
                child.wait_ready(self._stopping)
                self._doing.say(f"{child.part.name} is ready on port {child.part.port}")
        if not self._watching.is_alive():
            self._watching.start()

    def stop(self) -> None:
        """Stops everything in reverse order, each part within its bound; done again, nothing.

        A second interrupt while it waits kills what is left: no process stays behind.
        """
        self._stopping.set()
        children = list(reversed(self._children.values()))
        try:
            if self._watching.is_alive():
                self._watching.join()
            for child in children:
                self._doing.say(f"stopping {child.part.name}")
                if not child.stop():
                    self._doing.say(f"{child.part.name} did not stop in time and was killed")
        finally:
            for child in children:
                child.clear()
            self._children.clear()
            self._release()

    def status(self) -> list[PartStatus]:
        """Every part of the stack, in the order of their start."""
        return status(self._settings)

    def _claim(self) -> Guard:
        """Takes the data folder, the first time."""
        if self._guard is None:
            self._folder = FolderLock(self._settings.data_dir)
            check_room(self._settings.data_dir)
            if crashed := run.read(self._settings.data_dir):
                end_orphans(crashed)
            self._guard = Guard(self._folder.fileno())
        return self._guard

    def _release(self) -> None:
        if self._guard is not None:
            self._guard.close()
            self._guard = None
            run.file(self._settings.data_dir).unlink(missing_ok=True)
        if self._folder is not None:
            self._folder.release()
            self._folder = None

    def _spawn(self, part: Part, guard: Guard) -> Child:
        self._doing.say(f"starting {part.name}")
        log = self._settings.data_dir.absolute() / "logs" / f"{part.name}.log"
        child = self._children[part.name] = Child(part, log, guard)
        self._write_down()
        return child

    def _part(self, name: str) -> Part:
        parts: dict[str, Callable[[], Part]] = {
            "kafka": lambda: kafka.part(self._settings, self._doing),
            "registry": lambda: registry.part(self._settings, self._doing),
            "clickhouse": lambda: clickhouse.part(self._settings),
            "worker": lambda: worker.part(self._settings),
            "screen": lambda: screen.part(self._settings),
        }
        return parts[name]()

    def _watch(self) -> None:
        """Starts again what has ended, until the stack stops."""
        while not self._stopping.wait(LOOK_SECONDS):
            try:
                self._restart_ended()
            except StackError as error:
                self._doing.say(str(error))
                self._stopping.wait(LONGEST_PAUSE_SECONDS)

    def _restart_ended(self) -> None:
        for child in list(self._children.values()):
            if child.ended() is not None and self._restarts.due(child, self._doing):
                child.restart()
                self._write_down()

    def _write_down(self) -> None:
        parts = [(name, child.part.port, child.pid) for name, child in self._children.items()]
        run.current(self._settings, parts).write(self._settings.data_dir)


@contextmanager
def ensure_clickhouse(settings: Settings, doing: Doing | None = None) -> Iterator[None]:
    """Has the ClickHouse of the settings for the length of a block, started for it if need be.

    That is the one whose address they give, else the one of their data folder; never one that
    happens to have the port and serves another folder. Raises StackError.
    """
    here = run.read(settings.data_dir)
    runs = here is not None and here.process.alive() and "clickhouse" in here.names()
    if settings.clickhouse or runs:
        yield
        return
    with Stack(settings, doing) as stack:
        stack.start("clickhouse")
        yield
