"""One file from a Maven repository, going on where an earlier try stopped."""

import http.client
import time
import urllib.error
import urllib.request
from pathlib import Path

from ningmai.doing import Advance
from ningmai.settings import Settings
from ningmai.stack.errors import StackError, writing

TRIES = 4
TIMEOUT_SECONDS = 20
CHUNK = 1 << 16
PARTIAL = 206
HINT = (
    "Check the network, a proxy (HTTPS_PROXY), or name a mirror with NINGMAI_MAVEN_REPOSITORY, "
    "then start again: it goes on where it stopped."
)


def fetch(path: str, size: int, part: Path, settings: Settings, advance: Advance) -> None:
    """Fetches ``path`` of the Maven repository into the file ``part``, which may have a beginning.

    Tries again after a break; raises StackError when the repository does not have the file or does
    not answer, or when the disk does not take it.
    """
    url = f"{_repository(settings)}/{path}"
    if part.exists() and part.stat().st_size > size:
        part.unlink()
    advance(part.stat().st_size if part.exists() else 0)
    for again in range(TRIES):
        try:
            _go_on(url, size, part, advance)
            return
        except urllib.error.HTTPError as error:
            if error.code < http.client.INTERNAL_SERVER_ERROR:
                raise StackError(f"{url} cannot be fetched: {error}.", HINT) from error
            problem: Exception = error
        # OSError: no connection, or one that broke. The disk's own come as StackError.
        except (OSError, http.client.HTTPException) as error:
            problem = error
        time.sleep(2**again / 4)
    reason = getattr(problem, "reason", problem)
    raise StackError(f"{url} cannot be fetched: {reason}.", HINT) from problem


def _go_on(url: str, size: int, part: Path, advance: Advance) -> None:
    have = part.stat().st_size if part.exists() else 0
    if have == size:
        return
    request = urllib.request.Request(url, headers={"Range": f"bytes={have}-"} if have else {})
    with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as answer:
        goes_on = answer.status == PARTIAL
        if have and not goes_on:
            advance(-have)
        with writing(part):
            file = part.open("ab" if goes_on else "wb", buffering=0)
        with file:
            while chunk := answer.read(CHUNK):
                with writing(part):
                    file.write(chunk)
                advance(len(chunk))
    if part.stat().st_size < size:
        raise ConnectionError("the connection closed before the end")


def _repository(settings: Settings) -> str:
    """The mirror of the settings, else the first of jgo's own configuration, else Maven Central."""
    if settings.maven_repository:
        return settings.maven_repository.rstrip("/")
    from jgo.config import GlobalSettings  # slow, and only needed when something is fetched
    from jgo.constants import MAVEN_CENTRAL_URL

    urls = [*GlobalSettings.load().repositories.values(), MAVEN_CENTRAL_URL]
    return str(urls[0]).rstrip("/")
