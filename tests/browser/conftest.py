"""A screen on the city's figures, and a browser that looks at it."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, sync_playwright

from ningmai.settings import Settings
from ningmai.stack.ports import free_ports
from tests.browser.chromium import ARGUMENTS, find
from tests.browser.looking import Screen, Seen
from tests.browser.proxy import Proxy
from tests.conftest import City

READY_SECONDS = 60


@pytest.fixture(scope="session")
def screen(city: City, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Screen]:
    folder = tmp_path_factory.mktemp("screen")
    (port,) = free_ports("127.0.0.1", 1)
    with Proxy(city.settings.host, city.settings.clickhouse_port) as proxy:
        settings = city.settings.model_copy(
            update={
                "screen_port": port,
                "data_dir": folder,
                "clickhouse": f"http://127.0.0.1:{proxy.port}",
            }
        )
        log = (folder / "screen.log").open("wb")
        process = subprocess.Popen(
            [sys.executable, "-m", "grafana.screen"],
            env={**_environment(), **settings.environment()},
            stdout=log,
            stderr=log,
        )
        try:
            _ready(settings, process, folder / "screen.log")
            yield Screen(settings, proxy)
        finally:
            process.terminate()
            process.wait(20)


def _environment() -> dict[str, str]:
    """The environment, without what would have NiceGUI serve a test of its own."""
    own = ("PYTEST_", "NICEGUI_")
    return {name: value for name, value in os.environ.items() if not name.startswith(own)}


def _ready(settings: Settings, process: "subprocess.Popen[bytes]", log: Path) -> None:
    until = time.monotonic() + READY_SECONDS
    while time.monotonic() < until and process.poll() is None:
        try:
            with urlopen(f"{settings.screen_url}/healthz", timeout=2):
                return
        except OSError:
            time.sleep(0.1)
    pytest.fail(f"the screen did not start: {log.read_text()[-3000:]}")


@pytest.fixture(scope="module")  # while it is open, no other test can run an event loop
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=find(), args=list(ARGUMENTS))
        yield launched
        launched.close()


@pytest.fixture
def seen(browser: Browser) -> Iterator[Seen]:
    """A wall of 1920 × 1080; the test fails on whatever its console calls an error."""
    context = browser.new_context(viewport={"width": 1920, "height": 1080}, locale="zh-CN")
    found = Seen(context.new_page())
    found.page.on("pageerror", lambda error: found.errors.append(str(error)))
    found.page.on(
        "console",
        lambda said: found.errors.append(said.text) if said.type == "error" else None,
    )
    yield found
    context.close()
    assert found.errors == []
