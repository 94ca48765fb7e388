"""``ningmai replay``."""

from typing import Annotated

import typer

from ningmai.cli.options import DataDir, Source, reached
from ningmai.errors import Problem

Speed = Annotated[
    str, typer.Option(metavar="max|N", help="Events a second, or max: as fast as it goes.")
]


def replay(source: Source, speed: Speed = "max", data_dir: DataDir = None) -> None:
    """Publish a printed month as single events to what runs already.

    A folder may hold other months, institutions and numbers than those that come with Ningmai; it
    is refused whole, with file and line, if anything in it is not as printed. A month is loaded
    once: done again, nothing is published twice.

        ningmai replay 2020-09

        ningmai replay ~/bulletins/2021-03 --speed 5000
    """
    from ningmai.replaying import replay_all
    from producers.bulletin import read

    rate = _speed(speed)
    bulletin = read(source)
    settings = reached(data_dir)
    replay_all(settings, [bulletin], speed=rate)
    print(f"Once `ningmai status` shows no lag: ningmai reconcile {source}")


def _speed(text: str) -> int | None:
    """Events a second; None for max. Raises Problem."""
    if text == "max":
        return None
    if text.isdigit() and int(text) > 0:
        return int(text)
    raise Problem(f"--speed {text} is neither max nor a number of events a second.", status=2)
