"""What a leader sees, and when: the live screen in Chromium, watched by the page itself."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median

from playwright.sync_api import Browser, Page, sync_playwright

from ningmai.settings import Settings
from tests.browser.chromium import ARGUMENTS, find

WAIT_MS = 60_000
TILE = 'section.panel[aria-label^="今日心理危机干预（次）"]'
"""Counts the events that are followed; below 10,000 it shows them exactly."""
# Notes each figure that the tile shows, and when, on the machine's clock.
NOTE = """tile => {
  window.shown = [];
  const look = () => {
    const count = Number(tile.querySelector('.figure')?.textContent) || 0;
    if (count !== window.shown.at(-1)?.[1]) window.shown.push([Date.now() / 1000, count]);
  };
  new MutationObserver(look).observe(tile, {childList: true, characterData: true, subtree: true});
  look();
}"""
PAINTED = """() => {
  const panels = [...document.querySelectorAll('main.board section.panel')];
  const drawn = '.figure, .none, canvas, svg, td, .words';
  return panels.length > 0 && panels.every(panel => panel.querySelector(drawn));
}"""


class Glass:
    """The tile on the board 12320 热线, watched from when this is made."""

    def __init__(self, page: Page, settings: Settings) -> None:
        self._page = page
        page.goto(f"{settings.screen_url}/d/ningmai-calls")
        page.wait_for_selector(f"{TILE} .figure", timeout=WAIT_MS)
        page.locator(TILE).evaluate(NOTE)

    def seen(self) -> list[tuple[float, int]]:
        """When (``time.monotonic``) which figure came, oldest first; the first was there."""
        offset = time.monotonic() - time.time()
        return [(at + offset, int(count or 0)) for at, count in self._page.evaluate("shown")]

    def wait(self, seconds: float) -> None:
        """Let the page go on for so long."""
        self._page.wait_for_timeout(seconds * 1000)


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser for the length of a block."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find(), args=list(ARGUMENTS))
        try:
            yield browser
        finally:
            browser.close()


def first_paint(browser: Browser, settings: Settings, times: int) -> float:
    """Seconds from opening the wall until every panel has drawn its figures: the median."""
    found = []
    for _ in range(times):
        context = browser.new_context(viewport={"width": 1920, "height": 1080}, locale="zh-CN")
        page = context.new_page()
        began = time.monotonic()
        page.goto(f"{settings.screen_url}/d/ningmai-wall?kiosk", wait_until="commit")
        page.wait_for_function(PAINTED, timeout=WAIT_MS, polling=20)
        found.append(time.monotonic() - began)
        context.close()
    return median(found)
