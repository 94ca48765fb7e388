"""What the commands that change the register share: ask, check, publish, say what was done."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from ningmai.cli.options import reached

if TYPE_CHECKING:
    from clickhouse_connect.driver.client import Client

    from ningmai.institutions.book import Book, Entry
    from producers.events import Event, Statement


def change(
    data_dir: Path | None,
    entries_of: "Callable[[Book], list[Entry]]",
    since: date | None = None,
    also_closed: bool = False,
) -> None:
    """Publish the entries that are made of the register, and say what they mean.

    ``since`` is the day from which figures change by it; None: none does. Raises Problem where a
    month is closed that has that day or begins after it, unless ``also_closed``.
    """
    from ningmai.institutions.changes import events
    from ningmai.institutions.reading import check_open, read_book

    with asked_of(data_dir) as client:
        entries = entries_of(read_book(client))
        if since is not None and not also_closed:
            check_open(client, since)
    _tell(data_dir, events(entries, _now()))
    for one in entries:
        what = f"merged into {one.merged_into}" if one.merged_into else one.name
        print(f"{one.code} from {one.valid_from} on: {what}")


def state(
    data_dir: Path | None, code: str, statements: "Sequence[Statement]", also_closed: bool
) -> None:
    """Publish what is stated of an institution that there is. Raises Problem as ``change``."""
    from ningmai.institutions.changes import known
    from ningmai.institutions.reading import check_open, read_book

    day = statements[0].as_of
    with asked_of(data_dir) as client:
        entry = known(read_book(client), code, day)
        if not also_closed:
            check_open(client, day)
    _tell(data_dir, statements)
    print(f"{code} {entry.name}: stated.")


def said_of(code: str, day: date) -> dict[str, Any]:
    """What statements of an institution have in common."""
    from ningmai.institutions.changes import SOURCE

    return {"occurred_at": _now(), "source": SOURCE, "subject": code, "as_of": day}


@contextmanager
def asked_of(data_dir: Path | None) -> "Iterator[Client]":
    """ClickHouse, as the analyst; started where nothing is running."""
    from clickhouse.client import connect
    from ningmai.stack.stack import ensure_clickhouse

    settings = reached(data_dir)
    with ensure_clickhouse(settings):
        yield connect(settings, "analyst")


def _tell(data_dir: Path | None, events: "Sequence[Event]") -> None:
    from ningmai.institutions.telling import tell

    if not tell(reached(data_dir), events):
        typer.echo(
            "Published; no worker has written it to ClickHouse yet. It counts when one does: "
            "`ningmai status`.",
            err=True,
        )


def _now() -> int:
    return time.time_ns() // 1_000_000
