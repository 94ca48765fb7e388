"""Replays bulletins with a bar each, and tells how each ended."""

from collections.abc import Iterable

from rich.console import Console

from clickhouse.client import connect
from ningmai.errors import INTERRUPTED, Problem
from ningmai.institutions.reading import read_book
from ningmai.settings import Settings
from producers import Publisher
from producers.bulletin import Bulletin
from producers.bulletin.progress import bar
from producers.bulletin.replay import Outcome, Stopped, replay


def replay_all(
    settings: Settings,
    bulletins: Iterable[Bulletin],
    speed: int | None = None,
    console: Console | None = None,
) -> None:
    """Publishes each bulletin that is not loaded yet; names are those of the register as it stands.

    Raises Problem on Ctrl-C, with the status of an interrupted command, and what ``replay`` raises.
    """
    screen = console or Console(stderr=True, highlight=False)
    book = read_book(connect(settings, "analyst"))
    with Publisher(settings) as publisher:
        for bulletin in bulletins:
            if not screen.is_terminal:  # a bar shows nothing in a log
                screen.print(f"replaying {bulletin.month}")
            try:
                with bar(f"replaying {bulletin.month}", screen) as progress:
                    known = book.register(bulletin.month.last)
                    outcome = replay(bulletin, publisher, settings, speed, progress, known=known)  # type: ignore[arg-type] # its __exit__ names its arguments
            except Stopped as stopped:
                raise Problem(str(stopped), status=INTERRUPTED) from stopped
            screen.print(told(outcome), markup=False)


def told(outcome: Outcome) -> str:
    """How a replay ended, in a sentence or two."""
    if outcome.already:
        return f"{outcome.month} is loaded already ({outcome.events:,} events): nothing published."
    text = f"{outcome.month}: {outcome.events:,} events published."
    if outcome.provisional:
        names = "、".join(outcome.provisional)
        text += f" Not in the register, so provisional institutions: {names}"
        text += "\nWhat to do about them: `ningmai institutions list --provisional`."
    return text
