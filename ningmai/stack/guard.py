"""Ends the stack's processes when ``ningmai`` dies without having stopped them (SIGKILL).

A process of its own that reads standard input: ``+PID`` a process group to watch over, ``-PID`` one
that has ended. At the end of input it ends those left, and itself. It also inherits the lock of the
data folder, so that nobody else starts on that folder before they are gone.

Run as a file with the parent's pid, and free of this package's imports: it stays small.
"""

import os
import select
import signal
import sys
import time

LOOK_SECONDS = 0.5
GRACE_SECONDS = 8.0


def watch(parent: int) -> set[int]:
    """Returns the groups left when the parent is gone."""
    groups: set[int] = set()
    unread = b""
    # The pipe stays open in a process forked from the parent, so its end alone does not tell.
    while os.getppid() == parent:
        if not select.select([0], [], [], LOOK_SECONDS)[0]:
            continue
        read = os.read(0, 4096)
        if not read:
            break
        *lines, unread = (unread + read).split(b"\n")
        for line in lines:
            (groups.add if line[:1] == b"+" else groups.discard)(int(line[1:]))
    return groups


def end(groups: set[int]) -> None:
    """Asks the groups to stop, then kills those that have not after GRACE_SECONDS."""
    left = {group for group in groups if _signal(group, signal.SIGTERM)}
    deadline = time.monotonic() + GRACE_SECONDS
    while left and time.monotonic() < deadline:
        time.sleep(0.1)
        left = {group for group in left if _signal(group, 0)}
    for group in groups:
        _signal(group, signal.SIGKILL)


def _signal(group: int, number: int) -> bool:
    """Signals a group; whether there was one."""
    try:
        os.killpg(group, number)
    except ProcessLookupError:
        return False
    return True


if __name__ == "__main__":
    for _number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(_number, signal.SIG_IGN)
    end(watch(int(sys.argv[1])))
