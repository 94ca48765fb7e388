"""``ningmai up``."""

from typing import Annotated

import typer

from ningmai.cli.options import DataDir, Rate, Seed, settings_of

Replays = Annotated[
    list[str] | None,
    typer.Option(
        "--replay", metavar="FOLDER|MONTH", help="Replay and prove this month; may be repeated."
    ),
]
NoLive = Annotated[bool, typer.Option("--no-live", help="No simulated traffic.")]
ExitWhenDone = Annotated[
    bool, typer.Option("--exit-when-done", help="Stop once everything is counted and proved.")
]


def up(
    replay: Replays = None,
    no_live: NoLive = False,
    exit_when_done: ExitWhenDone = False,
    rate: Rate = 20,
    seed: Seed = 1,
    data_dir: DataDir = None,
) -> None:
    """Start Kafka, the registry, ClickHouse and the worker; replay, prove, go on until Ctrl-C.

    Nothing needs to be installed besides. Everything lives in the data folder, and a second start
    goes on from there without loading a month twice. With --exit-when-done the exit status is 0
    only if every printed row cell is reproduced.

        ningmai up --replay 2020-09

        ningmai up --replay 2020-09 --replay ~/bulletins/2021-03 --exit-when-done
    """
    from ningmai.up import Wish
    from ningmai.up import up as run

    wish = Wish(replay or (), not no_live, exit_when_done, rate, seed)
    raise typer.Exit(run(settings_of(data_dir), wish))
