"""Simulated traffic until somebody interrupts."""

import threading
from contextlib import suppress

from rich.console import Console
from rich.status import Status

from ningmai.settings import Settings
from producers import Publisher
from producers.simulate import simulate

LOOK_SECONDS = 0.5


class _Traffic(threading.Thread):
    """The simulation in a thread, so that Ctrl-C cannot cut it in the middle of an event."""

    def __init__(self, settings: Settings, rate: float, seed: int, status: Status) -> None:
        super().__init__(name="simulation", daemon=True)
        self.stop = threading.Event()
        self.sent = 0
        self.error: Exception | None = None
        self._how = settings, rate, seed
        self._status = status

    def run(self) -> None:
        settings, rate, seed = self._how
        try:
            with Publisher(settings) as publisher:
                simulate(publisher, rate, seed, self.stop, sent=self._count)  # type: ignore[arg-type] # its __exit__ names its arguments
        except Exception as error:  # noqa: BLE001 - raised again in the thread that waits
            self.error = error

    def _count(self, sent: int) -> None:
        self.sent = sent
        self._status.update(f"{sent:,} simulated events published. Ctrl-C stops.")


def run_until_interrupted(settings: Settings, rate: float, seed: int) -> int:
    """Publishes simulated events until Ctrl-C, and flushes; returns how many there were."""
    console = Console(stderr=True, highlight=False)
    with console.status("simulated traffic. Ctrl-C stops.") as status:
        traffic = _Traffic(settings, rate, seed, status)
        traffic.start()
        with suppress(KeyboardInterrupt):
            while traffic.is_alive():
                traffic.join(LOOK_SECONDS)
        traffic.stop.set()
        traffic.join()
    if traffic.error is not None:
        raise traffic.error
    return traffic.sent
