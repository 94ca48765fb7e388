"""``ningmai rebuild``."""

from datetime import datetime
from typing import Annotated

import typer

from ningmai.cli.options import DataDir, reached
from ningmai.errors import INTERRUPTED, Problem

Topic = Annotated[str, typer.Argument(help="An event kind: calls, bookings, …")]
From = Annotated[
    datetime | None,
    typer.Option(
        "--from",
        formats=["%Y-%m-%d"],
        help="Count again only what was appended from this day (UTC) on; copy what is older.",
    ),
]
GiveUp = Annotated[
    bool, typer.Option("--give-up", help="Drop what an interrupted run has made, and end it.")
]


def rebuild(
    topic: Topic, since: From = None, give_up: GiveUp = False, data_dir: DataDir = None
) -> None:
    """Make a kind's rollups again from its raw events, while the stream goes on.

    Figures stay as they are until every block of the new ones was compared with the raw events;
    then the views show them. Ctrl-C leaves the old ones in force; the same command goes on.

        ningmai rebuild calls

        ningmai rebuild uploads --from 2026-01-01
    """
    from ningmai.doing import OnScreen
    from ningmai.rebuilding import Rebuild

    run = Rebuild(reached(data_dir), topic, OnScreen())
    if give_up:
        print(f"Definition {run.give_up()} of {topic} is given up.")
        return
    try:
        job = run.run(since.date() if since else None)
    except KeyboardInterrupt:
        raise Problem(
            "Interrupted; nothing that is half done is shown.",
            f"Go on: ningmai rebuild {topic}. Or end it: ningmai rebuild {topic} --give-up",
            INTERRUPTED,
        ) from None
    print(f"{topic}: definition {job.definition} is in force, instead of {job.before}.")
