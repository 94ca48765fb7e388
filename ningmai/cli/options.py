"""Options that commands share, and the settings that they make."""

from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import ValidationError

from ningmai.errors import Problem
from ningmai.settings import Settings

DataDir = Annotated[
    Path | None,
    typer.Option(
        "--data-dir", help="Folder of the embedded engines; NINGMAI_DATA_DIR, or data, by default."
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object, for programs.")]
Source = Annotated[
    str,
    typer.Argument(
        metavar="FOLDER|MONTH",
        help="A folder of a bulletin's tables as CSV, or a month that comes with Ningmai: 2020-09.",
    ),
]
Rate = Annotated[float, typer.Option(min=0.01, help="Mean simulated events a second.")]
Seed = Annotated[int, typer.Option(help="The same seed draws the same events.")]


def settings_of(data_dir: Path | None) -> Settings:
    """The settings of the environment, with this data folder. Raises Problem."""
    given: dict[str, Any] = {} if data_dir is None else {"data_dir": data_dir}
    try:
        return Settings(**given)
    except ValidationError as error:
        wrong = "; ".join(
            f"NINGMAI_{str(one['loc'][0]).upper()}: {one['msg']}" for one in error.errors()
        )
        raise Problem(f"Settings that cannot be: {wrong}.", "Correct the variable.") from error


def reached(data_dir: Path | None) -> Settings:
    """The same, with the addresses of what runs on that data folder now."""
    from ningmai.stack import run

    settings = settings_of(data_dir)
    found = run.read(settings.data_dir)
    return found.settings(settings) if found and found.process.alive() else settings
