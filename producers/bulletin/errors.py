"""What can go wrong with a bulletin, by what must be done."""


class BulletinError(Exception):
    """Base of what a reader or replayer of bulletins refuses."""


class Malformed(BulletinError):
    """Reject: the folder isn't a bulletin as printed; nothing of it was published.

    ``line`` counts from 1; 0 where the reason is the file's name or its absence.
    """

    def __init__(self, file: str, line: int, reason: str) -> None:
        where = f"{file}, line {line}" if line else file
        super().__init__(f"{where}: {reason}")
        self.file = file
        self.line = line
        self.reason = reason


class OtherContent(BulletinError):
    """Reject: this month has been replayed, wholly or in part, from a folder with other content."""

    def __init__(self, month: str, loaded: str, offered: str) -> None:
        super().__init__(
            f"{month} was already replayed from other content: checksum {loaded} is loaded, this "
            f"folder has {offered}. Nothing was published. Replay into another namespace, or "
            "replay the folder that was loaded."
        )
        self.loaded = loaded
        self.offered = offered
