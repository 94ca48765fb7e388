"""``ningmai retract``."""

from typing import Annotated

import typer

from ningmai.cli.options import DataDir, reached

Kind = Annotated[str, typer.Argument(metavar="TOPIC", help="The events' kind, such as calls.")]
Ids = Annotated[list[str], typer.Argument(metavar="EVENT_ID…", help="Ids of events to take back.")]


def retract(kind: Kind, ids: Ids, data_dir: DataDir = None) -> None:
    """Take events back by their ids: publish their retractions, whole as the events were.

    Source systems do this themselves (docs/publish.md); this is for who runs Ningmai. Twice is
    once, and what the source has taken back already is not taken back again: a second retraction
    is reported and does not count.

        ningmai retract calls hotline-20200915-000481
    """
    from ningmai.retracting import retract as take_back

    for back in take_back(reached(data_dir), kind, ids):
        typer.echo(f"{back.corrects} is taken back by {back.event_id}")
