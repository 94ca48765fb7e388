"""What a leader sees, in a real browser, on real figures."""

import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from clickhouse.client import connect
from grafana.build import BOARDS
from producers import Call, Publisher
from producers.bulletin import read
from tests.browser.looking import SHOTS, Screen, Seen
from tests.conftest import City

pytestmark = pytest.mark.engine
MONTH = "var-month=2020-09-01"
DRAWN = ".figure, .none, canvas, svg, td, .words, .nicegui-markdown"
WAIT_MS = 30_000
# Text that is cut off where a person could not read it, and panels that lie on one another.
CLIPPED = """() => {
  const cut = [...document.querySelectorAll('.figure, .name, .head h2, th')]
    .filter(e => e.offsetParent && (e.scrollWidth > e.clientWidth + 1))
    .map(e => e.textContent.trim()).filter(Boolean);
  const boxes = [...document.querySelectorAll('section.panel')].map(e => [e.getBoundingClientRect(),
    e.getAttribute('aria-label')]);
  const over = [];
  boxes.forEach(([a, one], i) => boxes.slice(i + 1).forEach(([b, two]) => {
    if (a.left < b.right - 1 && b.left < a.right - 1
        && a.top < b.bottom - 1 && b.top < a.bottom - 1)
      over.push(`${one} / ${two}`);
  }));
  return [...cut, ...over];
}"""


def opened(seen: Seen, screen: Screen, path: str) -> Page:
    """The page once every panel has drawn something."""
    seen.page.goto(screen.address(path))
    panels = seen.page.locator("section.panel")
    expect(panels.first).to_be_visible(timeout=WAIT_MS)
    for panel in panels.all():
        expect(panel.locator(DRAWN).first).to_be_attached(timeout=WAIT_MS)
    return seen.page


def panel(page: Page, title: str) -> Locator:
    return page.locator(f'section.panel[aria-label^="{title}"]')


def eventually(say: Callable[[], object], seconds: float, wanted: Callable[[object], bool]) -> None:
    until = time.monotonic() + seconds
    while not wanted(found := say()):
        assert time.monotonic() < until, f"after {seconds} s still {found!r}"
        time.sleep(0.05)


@pytest.mark.parametrize("name", BOARDS)
def test_a_board_draws_every_panel_and_clips_none(seen: Seen, screen: Screen, name: str) -> None:
    page = opened(seen, screen, f"/d/ningmai-{name}?{MONTH}")
    page.wait_for_timeout(1500)  # charts that are being drawn, for the picture
    SHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SHOTS / f"{name}.png", full_page=True)
    assert page.locator(".unknown").all_inner_texts() == []
    assert [text for text in page.locator(".badge").all_inner_texts() if text] == []
    assert page.evaluate(CLIPPED) == []


def test_nothing_scrolls_on_the_wall(seen: Seen, screen: Screen) -> None:
    page = opened(seen, screen, "/d/ningmai-wall?kiosk")
    assert page.evaluate("document.documentElement.scrollHeight <= innerHeight")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_on_a_telephone_a_board_is_one_column(seen: Seen, screen: Screen) -> None:
    seen.page.set_viewport_size({"width": 390, "height": 844})
    page = opened(seen, screen, f"/d/ningmai-bookings?{MONTH}")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    SHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SHOTS / "telephone.png")


def test_the_figures_on_the_glass_are_those_of_sql(seen: Seen, screen: Screen, city: City) -> None:
    page = opened(seen, screen, f"/d/ningmai-wall?{MONTH}")
    sql = (
        "SELECT sum(events) FROM calls_by_hour WHERE line = 'hotline' "
        "AND hour >= toStartOfDay(now('Asia/Shanghai'))"
    )
    calls = connect(city.settings, "analyst").query(sql).result_rows[0][0]
    expect(panel(page, "12320 今日来电").locator(".figure")).to_have_text(str(calls))


def test_a_printed_table_stands_on_the_glass_as_it_was_printed(seen: Seen, screen: Screen) -> None:
    page = opened(seen, screen, f"/d/ningmai-bookings?{MONTH}")
    printed = read("2020-09").tables["02"]
    shown = page.locator("section.panel.table").filter(has_text=printed.rows[0].label)
    for row in printed.rows:
        cells = shown.locator("tr").filter(has_text=row.label).first.locator("td").all_inner_texts()
        figures = [cell.replace(",", "") for cell in cells]
        assert [figure for figure in row.cells.values() if figure not in figures] == [], row.label


def test_what_is_chosen_changes_what_is_shown(seen: Seen, screen: Screen) -> None:
    with_simulated = opened(seen, screen, "/d/ningmai-wall").locator("h2").all_inner_texts()
    assert any("含模拟" in title for title in with_simulated)
    page = opened(seen, screen, "/d/ningmai-wall?var-origin=live")
    expect(panel(page, "12320 今日来电").locator(".figure")).to_have_text("0")
    assert not any("含模拟" in title for title in page.locator("h2").all_inner_texts())


def test_another_time_range_asks_again(seen: Seen, screen: Screen) -> None:
    september = "from=1598889600000&to=1601481599000"
    page = opened(seen, screen, f"/d/ningmai-calls?{september}")
    assert "2020-09" in page.locator("header").inner_text()
    assert page.locator(".badge").filter(has_text="出错").count() == 0


def test_an_event_is_on_the_glass_within_three_seconds(
    seen: Seen, screen: Screen, city: City
) -> None:
    page = opened(seen, screen, "/d/ningmai-wall")
    tile = panel(page, "12320 今日来电").locator(".figure")
    before = int(tile.inner_text())
    with Publisher(city.settings) as publisher:
        now = time.time_ns() // 1_000_000
        call = Call(
            event_id=f"glass-{now}",
            occurred_at=now,
            source="hotline-12320",
            line="hotline",
            city="nanjing",
            category="crisis",
        )
        publisher.publish(call)
    eventually(lambda: int(tile.inner_text()), 3, lambda shown: shown == before + 1)


def test_while_clickhouse_is_away_the_last_figures_stay_with_their_age(
    seen: Seen, screen: Screen
) -> None:
    page = opened(seen, screen, "/d/ningmai-wall?refresh=5s")
    tile = panel(page, "今日预约挂号")
    before = tile.locator(".figure").inner_text()
    screen.clickhouse.cut()
    try:
        expect(tile.locator(".badge")).to_contain_text("数据停在", timeout=WAIT_MS)
        assert tile.locator(".figure").inner_text() == before
        page.screenshot(path=SHOTS / "away.png")
    finally:
        screen.clickhouse.restore()
    expect(tile.locator(".badge")).to_have_text("", timeout=WAIT_MS)


def test_keys_go_to_a_board_and_hide_the_bar(seen: Seen, screen: Screen) -> None:
    page = opened(seen, screen, "/d/ningmai-wall")
    page.keyboard.press("2")
    page.wait_for_url("**/d/ningmai-calls*")
    page.keyboard.press("d")
    page.keyboard.press("k")
    expect(page.locator("body.kiosk")).to_be_attached()


def test_every_panel_has_a_name_and_every_control_one_that_can_be_read_out(
    seen: Seen, screen: Screen
) -> None:
    page = opened(seen, screen, f"/d/ningmai-uploads?{MONTH}")
    names = [one.get_attribute("aria-label") for one in page.locator("section.panel").all()]
    assert all(names)
    unnamed = (
        page.locator("button:visible")
        .filter(has_not_text="_")
        .evaluate_all(
            "all => all.filter(b => !b.innerText.trim() && !b.getAttribute('aria-label')).length"
        )
    )
    assert unnamed == 0
    assert page.locator("html").get_attribute("lang") == "zh-CN"
