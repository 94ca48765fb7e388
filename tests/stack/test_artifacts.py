import hashlib
import io
import re
import tarfile
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from ningmai.doing import Quiet
from ningmai.settings import Settings
from ningmai.stack import artifacts, download
from ningmai.stack.errors import StackError
from ningmai.stack.pins import COORDINATES, Pin, pins
from ningmai.stack.ports import free_ports

CONTENT = b"a jar, or so" * 20_000
PATH = "org/example/thing/1.0/thing-1.0.jar"


def pin(content: bytes = CONTENT, path: str = PATH) -> Pin:
    return Pin(path, len(content), hashlib.sha256(content).hexdigest())


class Repository:
    """A Maven repository of a few files; ``breaks_at`` ends the first answers early."""

    def __init__(self, files: dict[str, bytes]) -> None:
        self.files = files
        self.asked: list[tuple[str, str | None]] = []
        self.breaks_at: list[int] = []
        self.ranges = True

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        asked = request.headers["Range"]
        self.asked.append((request.path, asked))
        content = self.files.get(request.path.lstrip("/"))
        if content is None:
            request.send_error(404)
            return
        begin = int(re.findall(r"\d+", asked)[0]) if asked and self.ranges else 0
        request.send_response(206 if begin else 200)
        request.send_header("Content-Length", str(len(content) - begin))
        request.end_headers()
        end = self.breaks_at.pop(0) if self.breaks_at else len(content)
        request.wfile.write(content[begin:end])


@pytest.fixture
def repository() -> Iterator[tuple[Repository, Settings]]:
    served = Repository({PATH: CONTENT})

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            served.answer(self)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        address = f"http://127.0.0.1:{server.server_address[1]}/"
        yield served, Settings(maven_repository=address)
        server.shutdown()


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache, and no pauses."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("M2_REPO", str(tmp_path / "m2"))
    monkeypatch.setattr(download.time, "sleep", lambda _: None)
    return tmp_path


@pytest.fixture
def pinned(monkeypatch: pytest.MonkeyPatch) -> Callable[[Pin], None]:
    return lambda *wanted: monkeypatch.setattr(artifacts, "pins", lambda _: wanted)


def test_every_engine_is_pinned_with_size_and_checksum() -> None:
    for engine, coordinates in COORDINATES.items():
        files = pins(engine)
        assert all(re.fullmatch(r"[0-9a-f]{64}", each.sha256) and each.size for each in files)
        for coordinate in coordinates:
            group, artifact, version, *_ = coordinate.split(":")
            folder = "/".join([*group.split("."), artifact, version, artifact])
            assert any(each.path.startswith(folder) for each in files)


def test_a_file_is_fetched_once_and_checked_once(repository, pinned, monkeypatch) -> None:
    served, settings = repository
    pinned(pin())
    (file,) = artifacts.kafka_class_path(settings, Quiet())
    assert file.read_bytes() == CONTENT
    monkeypatch.setattr(artifacts, "sha256", None)  # a second check would fail
    assert artifacts.kafka_class_path(settings, Quiet()) == [file]
    assert len(served.asked) == 1


def test_a_file_that_another_tool_fetched_is_used(repository, pinned, home: Path) -> None:
    served, settings = repository
    pinned(pin())
    file = home / "m2" / PATH
    file.parent.mkdir(parents=True)
    file.write_bytes(CONTENT)
    assert artifacts.kafka_class_path(settings, Quiet()) == [file]
    assert served.asked == []


@pytest.mark.parametrize("ranges", [True, False])
def test_a_broken_download_goes_on_where_it_stopped(repository, pinned, ranges: bool) -> None:
    served, settings = repository
    served.breaks_at, served.ranges = [100_000, 150_000], ranges
    pinned(pin())
    (file,) = artifacts.kafka_class_path(settings, Quiet())
    assert file.read_bytes() == CONTENT
    asked = [where for _, where in served.asked]
    assert asked == [None, "bytes=100000-", "bytes=150000-"]


def test_a_download_goes_on_after_the_program_was_stopped(repository, pinned, home: Path) -> None:
    served, settings = repository
    pinned(pin())
    part = home / "m2" / f"{PATH}.part"
    part.parent.mkdir(parents=True)
    part.write_bytes(CONTENT[:5000])
    (file,) = artifacts.kafka_class_path(settings, Quiet())
    assert file.read_bytes() == CONTENT
    assert served.asked == [(f"/{PATH}", "bytes=5000-")]
    assert not part.exists()


def test_a_file_with_another_checksum_is_refused_and_fetched_anew(repository, pinned) -> None:
    served, settings = repository
    served.files[PATH] = CONTENT[:-1] + b"!"
    pinned(pin())
    with pytest.raises(StackError, match=r"thing-1\.0\.jar was fetched, but its checksum"):
        artifacts.kafka_class_path(settings, Quiet())
    served.files[PATH] = CONTENT
    (file,) = artifacts.kafka_class_path(settings, Quiet())
    assert file.read_bytes() == CONTENT


def test_a_file_changed_since_it_was_fetched_is_fetched_anew(repository, pinned) -> None:
    _, settings = repository
    pinned(pin())
    (file,) = artifacts.kafka_class_path(settings, Quiet())
    file.write_bytes(CONTENT[:10])
    (file,) = artifacts.kafka_class_path(settings, Quiet())
    assert file.read_bytes() == CONTENT


def test_no_network_is_one_message_that_says_what_to_do(pinned) -> None:
    (port,) = free_ports("127.0.0.1", 1)
    pinned(pin())
    with pytest.raises(StackError, match="Connection refused") as failed:
        artifacts.kafka_class_path(Settings(maven_repository=f"http://127.0.0.1:{port}"), Quiet())
    assert "NINGMAI_MAVEN_REPOSITORY" in failed.value.hint


def test_a_file_that_the_repository_lacks_is_not_asked_for_again(repository, pinned) -> None:
    served, settings = repository
    pinned(pin(path="org/example/none.jar"))
    with pytest.raises(StackError, match=r"org/example/none\.jar cannot be fetched: .*404"):
        artifacts.kafka_class_path(settings, Quiet())
    assert len(served.asked) == 1


def test_a_full_disk_is_told_as_such(repository, pinned, home: Path) -> None:
    _, settings = repository
    pinned(pin())
    part = home / "m2" / f"{PATH}.part"
    part.parent.mkdir(parents=True)
    part.symlink_to("/dev/full")
    with pytest.raises(StackError, match="No space left on device") as failed:
        artifacts.kafka_class_path(settings, Quiet())
    assert "Make room" in failed.value.hint


def test_the_registry_is_unpacked_once(repository, pinned) -> None:
    served, settings = repository
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
        member = tarfile.TarInfo("quarkus-run.jar")
        member.size = len(CONTENT)
        tar.addfile(member, io.BytesIO(CONTENT))
    served.files["registry.tar.gz"] = buffer.getvalue()
    pinned(pin(buffer.getvalue(), "registry.tar.gz"))
    home = artifacts.registry_home(settings, Quiet())
    assert (home / "quarkus-run.jar").read_bytes() == CONTENT
    served.files.clear()
    assert artifacts.registry_home(settings, Quiet()) == home
