"""How long work tells a person what it does: one line, or one bar, at a time."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol

from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    TextColumn,
    TimeRemainingColumn,
)

Advance = Callable[[int], None]


class Doing(Protocol):
    """What long work reports to. Safe to call from any thread."""

    def say(self, line: str) -> None:
        """Tells one thing that has happened."""

    def bar(
        self, what: str, total: int, *, of_bytes: bool = False
    ) -> AbstractContextManager[Advance]:
        """A bar for work of ``total`` steps; call what it yields with the steps just done."""


class Quiet:
    """Tells nobody: for tests, and for commands whose output a program reads."""

    def say(self, line: str) -> None:
        """Drops the line."""

    @contextmanager
    def bar(self, what: str, total: int, *, of_bytes: bool = False) -> Iterator[Advance]:  # noqa: ARG002 - nobody looks
        """Yields something to call."""
        yield lambda _steps: None


class OnScreen:
    """Lines and bars on a console; a bar goes when it is done, lines stay."""

    def __init__(self, console: Console | None = None) -> None:
        self._console = console or Console(stderr=True, highlight=False)

    def say(self, line: str) -> None:
        """Prints the line, above a bar where there is one."""
        self._console.print(line, markup=False)

    @contextmanager
    def bar(self, what: str, total: int, *, of_bytes: bool = False) -> Iterator[Advance]:
        """Shows the bar until the block ends. Bars do not nest."""
        count: ProgressColumn = DownloadColumn() if of_bytes else MofNCompleteColumn()
        columns = (TextColumn("{task.description}"), BarColumn(), count, TimeRemainingColumn())
        with Progress(*columns, console=self._console, transient=True) as progress:
            task = progress.add_task(what, total=total)
            yield lambda steps: progress.advance(task, steps)
