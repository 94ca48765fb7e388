"""Everything on one machine: start, load, prove, and go on live."""

import signal
import time
from collections.abc import Sequence
from dataclasses import dataclass

from rich.console import Console

from clickhouse.client import connect
from ningmai.doing import Doing, OnScreen
from ningmai.errors import Problem
from ningmai.lag import lags
from ningmai.preparing import prepare
from ningmai.reconcile import Report, reconcile
from ningmai.reconcile.screen import show
from ningmai.replaying import replay_all
from ningmai.settings import Settings
from ningmai.simulation import run_until_interrupted
from ningmai.stack.stack import ENGINES, Stack
from producers.bulletin import Bulletin, read

LOOK_SECONDS = 0.5
READY_SECONDS = 60.0
"""For engines that have started to answer what is made on them."""
STUCK_SECONDS = 300.0
"""Without any progress for so long, the worker is taken to be stuck."""


@dataclass(frozen=True)
class Wish:
    """What a run is asked for, besides its settings."""

    replays: Sequence[str] = ()
    live: bool = True
    exit_when_done: bool = False
    rate: float = 20
    seed: int = 1


def up(settings: Settings, wish: Wish) -> int:
    """Runs until Ctrl-C, or until all is proved; returns the exit status.

    1 where a row cell differs and this was to be told. Raises what its parts raise; whatever the
    reason for leaving, all that was started is stopped in order.
    """
    bulletins = [read(source) for source in wish.replays]  # refused before anything is started
    console = Console(highlight=False)
    doing = OnScreen()
    # `ningmai down` asks with SIGTERM what a person asks with Ctrl-C.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with Stack(settings, doing) as stack:
        _start(stack, settings, doing)
        if not wish.exit_when_done:
            stack.start("screen")
            doing.say(f"the screens are at {settings.screen_url}")
        replay_all(settings, bulletins)
        if bulletins or wish.exit_when_done:
            drain(settings, doing)
        reports = [_prove(settings, bulletin, console) for bulletin in bulletins]
        if wish.exit_when_done:
            return 0 if all(not report.differences for report in reports) else 1
        console.print(where_next(settings, wish), markup=False)
        if wish.live:
            run_until_interrupted(settings, wish.rate, wish.seed)
        else:
            _wait_for_interrupt()
    return 0


def _start(stack: Stack, settings: Settings, doing: Doing) -> None:
    """Engines, then what the worker wants to find, then the worker."""
    stack.start(*ENGINES)
    prepare(settings, doing, READY_SECONDS)
    stack.start("worker")


def drain(settings: Settings, doing: Doing) -> None:
    """Waits until ClickHouse has all that Kafka has now. Raises Problem when nothing moves."""
    client = connect(settings)
    left = before = sum(each.lag for each in lags(settings, client))
    moved = time.monotonic()
    with doing.bar("counting what is left", before) as advance:
        while left:
            time.sleep(LOOK_SECONDS)
            left = sum(each.lag for each in lags(settings, client))
            if left != before:
                advance(before - left)
                before, moved = left, time.monotonic()
            elif time.monotonic() - moved > STUCK_SECONDS:
                raise Problem(
                    f"The worker has counted nothing for {STUCK_SECONDS:.0f} s; {left:,} messages "
                    "are left.",
                    f"Its log tells why: {settings.data_dir / 'logs' / 'worker.log'}. Nothing is "
                    "lost: start again and it goes on.",
                )


def _prove(settings: Settings, bulletin: Bulletin, console: Console) -> Report:
    report = reconcile(connect(settings, "analyst"), bulletin)
    show(report, console)
    return report


def _wait_for_interrupt() -> None:
    try:
        while True:
            time.sleep(3600)
    except KeyboardInterrupt:
        return


def where_next(settings: Settings, wish: Wish) -> str:
    """What can be looked at now, and how."""
    month = wish.replays[0] if wish.replays else "2020-09"
    day = f"{month}-01" if len(month) == len("2020-09") else "2020-09-01"
    return f"""
Everything runs. The screens:  {settings.screen_url}

In another terminal:

  ningmai status                    each part, and how far behind it is
  ningmai sql "SELECT * FROM bulletin_02(month = '{day}')"
  ningmai sql "SHOW TABLES"         what else there is to ask
  ningmai reconcile {month}         the proof again
  ningmai down                      stops everything, as Ctrl-C does here

ClickHouse  {settings.clickhouse_url}  (user analyst, password {settings.analyst_password})
Kafka       {settings.kafka_servers}
Registry    {settings.registry_url}
"""
