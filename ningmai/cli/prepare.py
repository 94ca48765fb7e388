"""``ningmai prepare``."""

from typing import Annotated

import typer

from ningmai.cli.options import DataDir, reached

Wait = Annotated[
    float, typer.Option(min=0, help="Seconds to wait, in all, for engines that are starting.")
]


def prepare(wait: Wait = 120, data_dir: DataDir = None) -> None:
    """Make ready what a worker wants to find: tables and views, topics, registered schemas.

    ``ningmai up`` does this by itself: call it for Kafka, a registry and a ClickHouse that others
    run, before the first worker and after every update. Done again, nothing changes.

        NINGMAI_KAFKA=… NINGMAI_REGISTRY=… NINGMAI_CLICKHOUSE=… ningmai prepare --wait 300
    """
    from ningmai.doing import OnScreen
    from ningmai.preparing import prepare as make_ready

    make_ready(reached(data_dir), OnScreen(), wait)
    print("Ready for workers.")
