"""A worker in which anything may raise, for ``faust -A tests.faults.raising worker``.

What counts and writes raises now and then, before it has done its work or after.
"""

from collections.abc import Callable
from functools import wraps
from random import Random
from typing import Any

from ningmai.settings import Settings
from streams.app import create_app
from streams.counting import Counting
from streams.sink import Sink

SHARE = 0.03
DRAW = Random(1)


def _raising(method: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(method)
    def wrong(*args: Any, **more: Any) -> Any:
        if DRAW.random() < SHARE / 2:
            raise RuntimeError(f"on purpose, before {method.__name__}")
        done = method(*args, **more)
        if DRAW.random() < SHARE / 2:
            raise RuntimeError(f"on purpose, after {method.__name__}")
        return done

    return wrong


for owner, names in (
    (Counting, ("decode", "take", "flush")),
    (Sink, ("raw", "dead_letters", "totals", "ledger")),
):
    for name in names:
        setattr(owner, name, _raising(getattr(owner, name)))

app = create_app(Settings())
