"""When a worker ends itself, and when it does not."""

import subprocess
import sys

from streams.watchdog import HUNG, LOOKS, Watchdog

HANGS = """
import asyncio, time
from streams import watchdog
watchdog.LOOK_SECONDS = 0.01
async def main():
    dog = watchdog.Watchdog()
    dog.start()
    for _ in range(100):
        dog.hear()
        await asyncio.sleep(0.005)
    print("turning", flush=True)
    time.sleep(60)
asyncio.run(main())
"""


def test_a_loop_that_turns_is_left_alone() -> None:
    bites: list[int] = []
    dog = Watchdog(lambda: bites.append(1))
    for _ in range(10 * LOOKS):
        dog.hear()
        dog.look()
    assert bites == []


def test_a_loop_that_turns_again_in_time_is_left_alone() -> None:
    bites: list[int] = []
    dog = Watchdog(lambda: bites.append(1))
    for _ in range(5):
        dog.hear()
        for _ in range(LOOKS - 1):
            dog.look()
    assert bites == []


def test_a_worker_whose_loop_hangs_ends_itself_and_says_where_it_stood() -> None:
    done = subprocess.run([sys.executable, "-c", HANGS], capture_output=True, text=True, timeout=50)
    assert (done.returncode, done.stdout) == (HUNG, "turning\n")
    assert "in main" in done.stderr
