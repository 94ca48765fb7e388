"""``ningmai redeliver``."""

from typing import Annotated

import typer

from ningmai.cli.options import DataDir, reached

Topic = Annotated[str, typer.Argument(help="An event kind: calls, bookings, …")]
Reason = Annotated[
    str,
    typer.Option(help="Only dead letters of this reason, as dead_letters_by_reason has it."),
]


def redeliver(topic: Topic, reason: Reason = "", data_dir: DataDir = None) -> None:
    """Publish dead letters again that are events by now: a schema was missing, a clock was ahead.

    What still is no event is left out. Events that are counted already are not counted again,
    however often this is done.

        ningmai redeliver calls --reason unknown_schema
    """
    from ningmai.doing import OnScreen
    from ningmai.redelivering import redeliver

    done = redeliver(reached(data_dir), topic, reason, OnScreen())
    print(f"{topic}: {done.published:,} published again, {done.still_dead:,} still are no events.")
