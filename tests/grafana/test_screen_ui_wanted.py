from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from grafana.screen.board import Board, Variable
from grafana.screen.timerange import BadTime
from grafana.screen.wanted import Wanted, address, read, seconds

SHANGHAI = ZoneInfo("Asia/Shanghai")
MONTH = Variable("month", "月份", "query", "", (), (), False, False, "", False)
BOARD = Board("u", "板", "", (), "Asia/Shanghai", "now/d", "now", 10.0, (MONTH,), (), ())


def test_what_an_address_leaves_out_is_the_dashboards_own() -> None:
    assert read(BOARD, []) == Wanted("now/d", "now", 10.0)


def test_an_address_is_read_as_grafana_writes_it() -> None:
    query = [
        ("from", "now-6h"),
        ("to", "now"),
        ("var-month", "2020-09-01"),
        ("var-origin", "live"),
        ("var-origin", "replay"),
        ("refresh", "1m"),
        ("kiosk", ""),
        ("theme", "light"),
    ]
    variables = {"month": ("2020-09-01",), "origin": ("live", "replay")}
    assert read(BOARD, query) == Wanted("now-6h", "now", 60.0, variables, kiosk=True, light=True)


@pytest.mark.parametrize(
    ("text", "found"),
    [("5s", 5), ("30", 30), ("1m", 60), ("500ms", 0.5), ("off", 0), ("0", 0), ("", 7), ("x", 7)],
)
def test_durations_in_an_address(text: str, found: float) -> None:
    assert seconds(text, 7) == found


def test_nobody_refreshes_more_than_once_a_second() -> None:
    assert read(BOARD, [("refresh", "1ms")]).refresh == 1


def test_a_choice_is_found_again_at_its_address() -> None:
    wanted = Wanted("now-6h", "now", 30.0, {"month": ("2020-09-01",)}, kiosk=True)
    where = address(BOARD, wanted)
    assert where == "/d/u?from=now-6h&to=now&refresh=30s&var-month=2020-09-01&kiosk"


def test_an_address_cannot_be_broken_by_what_is_in_it() -> None:
    wanted = Wanted("now/d", "now", 10.0, {"month": ("a&b=\"'<>",)})
    assert address(BOARD, wanted) == "/d/u?var-month=a%26b%3D%22%27%3C%3E"


def test_from_board_to_board_goes_only_how_it_is_looked_at() -> None:
    wanted = Wanted("now-6h", "now", 30.0, {"month": ("2020-09-01",)}, kiosk=True, light=True)
    assert address(BOARD, wanted, own=False) == "/d/u?kiosk&theme=light"


def test_viewers_within_a_refresh_share_a_range_that_holds_what_is_newest() -> None:
    wanted = Wanted("now-1h", "now", 10.0)
    noon = datetime(2026, 11, 23, 12, tzinfo=SHANGHAI)
    ranges = {wanted.range(BOARD, noon.timestamp() + after).end for after in (0.1, 4, 9.9)}
    assert ranges == {noon.replace(second=10)}


def test_a_range_that_ends_before_it_begins_is_refused_in_words() -> None:
    with pytest.raises(BadTime, match="起点"):
        Wanted("now", "now-1h", 10.0).range(BOARD, 0)
