"""A Chromium for the browser tests: found, or got. ``make test`` runs this file before them."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PACKAGES = ("chromium", "fonts-noto-cjk")
# Nothing but the page under test: no look-ups of its own, no GPU, no sandbox where root runs it.
ARGUMENTS = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
    "--no-sandbox",
)


def find() -> str | None:
    """Path of a Chromium: $CHROMIUM, the system's, or playwright's own; None: there is none."""
    if named := os.environ.get("CHROMIUM"):
        return named
    if installed := next(filter(None, map(shutil.which, NAMES)), None):
        return installed
    with sync_playwright() as playwright:
        own = playwright.chromium.executable_path
    return own if Path(own).exists() else None


def get() -> str | None:
    """The same, installed first where there is none: the system's package, else playwright's."""
    if found := find():
        return found
    print("no Chromium yet: getting one for the browser tests (a minute or two)", flush=True)
    if os.geteuid() == 0 and shutil.which("apt-get"):
        _quietly("apt-get", "update", "-qq")
        _quietly("apt-get", "install", "-y", "-qq", *PACKAGES)
    if not find():
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)
    return find()


def _quietly(*command: str) -> None:
    asks_nothing = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(command, check=False, stdout=subprocess.DEVNULL, env=asks_nothing)


if __name__ == "__main__":
    if get() is None:
        sys.exit(
            "No Chromium could be had. Install one (Debian: apt-get install chromium "
            "fonts-noto-cjk), or name yours: CHROMIUM=/path/to/chrome make test"
        )
