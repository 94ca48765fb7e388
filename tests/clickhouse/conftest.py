"""One embedded server for the tests of this folder, and a database of its own."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from time import monotonic, sleep
from urllib.request import urlopen

import pytest

from ningmai.settings import Settings


def start(folder: Path, port: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "clickhouse.embedded", "--data-dir", str(folder)]
    environment = os.environ | {"NINGMAI_NAMESPACE": "served"}
    return subprocess.Popen(
        [*command, "--port", str(port)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=environment,
    )


def ready(port: int) -> None:
    until = monotonic() + 30
    while monotonic() < until:
        try:
            if urlopen(f"http://127.0.0.1:{port}/ping").read() == b"Ok.\n":
                return
        except OSError:
            sleep(0.1)
    pytest.fail("the embedded server did not start")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """Settings of a running embedded server, whose database has a table and two views."""
    port = free_port()
    process = start(tmp_path_factory.mktemp("served"), port)
    ready(port)
    settings = Settings(namespace="served", clickhouse=f"http://127.0.0.1:{port}")
    auth = f"user={settings.clickhouse_user}&password={settings.clickhouse_password}"
    for statement in (
        "CREATE DATABASE served",
        "CREATE TABLE served.raw (a Int64, b String) ENGINE = MergeTree ORDER BY a",
        "CREATE VIEW served.seen AS SELECT a, b FROM served.raw",
        "CREATE VIEW served.above AS SELECT a FROM served.raw WHERE a > {least:Int64}",
        "INSERT INTO served.raw VALUES (1, 'x'), (2, 'y')",
    ):
        urlopen(f"http://127.0.0.1:{port}/?{auth}", data=statement.encode()).read()
    yield settings
    process.terminate()
    assert process.wait(20) == 0
