"""A screen and a page of it, as the browser tests pass them around."""

from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Page

from ningmai.settings import Settings
from tests.browser.proxy import Proxy

SHOTS = Path(__file__).parents[2] / "artifacts" / "screens"


@dataclass
class Screen:
    """A live screen that reaches ClickHouse through a proxy, which can be cut."""

    settings: Settings
    clickhouse: Proxy

    def address(self, path: str) -> str:
        return f"{self.settings.screen_url}{path}"


@dataclass
class Seen:
    """A page, and what went wrong on it."""

    page: Page
    errors: list[str] = field(default_factory=list)
