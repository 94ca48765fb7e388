"""``ningmai skip``."""

from typing import Annotated

import typer

from ningmai.cli.options import DataDir, reached
from ningmai.errors import Problem

Topic = Annotated[str, typer.Argument(help="An event kind: calls, bookings, …")]
Partition = Annotated[int, typer.Option(min=0, help="Partition of its Kafka topic.")]
To = Annotated[int, typer.Option(min=1, help="Offset that is to be read next.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.")]


def skip(
    topic: Topic, partition: Partition, to: To, yes: Yes = False, data_dir: DataDir = None
) -> None:
    """Go forward over messages that were never read. They are missing from every figure.

    For what cannot be read at all: nothing else passes anything over, and bad messages become dead
    letters by themselves. Every worker must be stopped. The ledger remembers what was skipped, and
    a group's offset set back later reads it after all.

        ningmai skip calls --partition 2 --to 81920
    """
    from ningmai.skipping import carry_out, plan

    settings = reached(data_dir)
    planned = plan(settings, topic, partition, to)
    if planned.lost:
        print(
            f"Offsets {planned.start:,} to {to - 1:,} of {topic}/{partition} will not be read: "
            f"{planned.lost:,} messages at most are lost to all figures."
        )
    else:
        print(f"ClickHouse has {topic}/{partition} up to {to:,}: nothing is lost.")
    if not yes and not typer.confirm("Skip them?"):
        raise Problem("Nothing was changed.")
    carry_out(settings, planned)
    print(f"{topic}/{partition} is read from offset {to:,} on when a worker starts.")
