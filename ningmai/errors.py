"""What a command cannot do, in words for the person who called it."""

INTERRUPTED = 130
"""Exit status of a command that Ctrl-C ended before its time."""


class Problem(Exception):
    """A command ends here; a person has to do something.

    ``message`` says what is wrong, ``hint`` what to do next, ``status`` is the exit status.
    """

    def __init__(self, message: str, hint: str = "", status: int = 1) -> None:
        super().__init__(f"{message} {hint}".strip())
        self.message = message
        self.hint = hint
        self.status = status
