"""What can keep the embedded stack from running."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class StackError(Exception):
    """The embedded stack cannot start, run or stop; a person has to do something.

    ``message`` says what is wrong, ``hint`` what to do next. Raised before anything is lost: what
    was started is stopped again, what was fetched is kept.
    """

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(f"{message} {hint}")
        self.message = message
        self.hint = hint


@contextmanager
def writing(where: Path) -> Iterator[None]:
    """Turns the system's refusal of a write (full disk, no permission) into a StackError."""
    try:
        yield
    except OSError as error:
        raise StackError(
            f"Cannot write {where}: {error.strerror or error}.",
            "Make room or fix the permissions, then start again: what was fetched is kept.",
        ) from error
