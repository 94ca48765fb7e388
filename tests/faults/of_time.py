"""Faults of clocks: Kafka's, ClickHouse's and the worker's go wrong, forward and back."""

from time import sleep, time

from tests.faults.clock import Clock
from tests.faults.scene import Scene

DAY = 86_400
BEYOND_MIDNIGHT = 5
YEARS = 3 * 365 * DAY


def over_midnight(scene: Scene, clock: Clock) -> None:
    """13: the clock of Kafka and ClickHouse goes to the next day (UTC), and then back."""
    if not clock.works:
        scene.note("not tried: no C compiler here")
        return
    scene.one_worker()
    ahead = DAY - int(time()) % DAY + BEYOND_MIDNIGHT
    clock.move(ahead)
    scene.note(f"the engines' clock is {ahead / 3600:.1f} h ahead: another day")
    scene.pause(3, 6)
    clock.move(0)
    scene.note("and right again: the day before")
    scene.pause(3, 6)


def workers_years_off(scene: Scene, clock: Clock) -> None:
    """13: the worker's own clock is years ahead, and years behind: no figure depends on it."""
    if not clock.works:
        scene.note("not tried: no C compiler here")
        return
    scene.one_worker()
    for seconds in (YEARS, -YEARS):
        clock.move(seconds)
        scene.note(f"the workers' clock is {seconds / DAY:+.0f} days off")
        sleep(4)
    scene.workers.alive[0].kill()
    scene.one_worker()
    clock.move(0)
    scene.note("and right again")
