from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grafana.screen.timerange import BadTime, TimeRange, interval_seconds, parse

SHANGHAI = ZoneInfo("Asia/Shanghai")
BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 23, 8, 27, 47, 123456, tzinfo=UTC)  # a Monday, 16:27 in Shanghai
UNITS = "smhdwMyQ"
TIMES = st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC))


def at(expr: str, *, end: bool = False, now: datetime = NOW, zone: ZoneInfo = SHANGHAI) -> str:
    return f"{parse(expr, now, zone, end=end):%Y-%m-%d %H:%M:%S.%f}"[:-3]


@pytest.mark.parametrize(
    ("expr", "start", "end"),
    [
        ("now", "2026-11-23 16:27:47.123", "2026-11-23 16:27:47.123"),
        ("now-6h", "2026-11-23 10:27:47.123", "2026-11-23 10:27:47.123"),
        ("now+1h", "2026-11-23 17:27:47.123", "2026-11-23 17:27:47.123"),
        ("now-h", "2026-11-23 15:27:47.123", "2026-11-23 15:27:47.123"),
        ("now/m", "2026-11-23 16:27:00.000", "2026-11-23 16:27:59.999"),
        ("now/h", "2026-11-23 16:00:00.000", "2026-11-23 16:59:59.999"),
        ("now/d", "2026-11-23 00:00:00.000", "2026-11-23 23:59:59.999"),
        ("now-1d/d", "2026-11-22 00:00:00.000", "2026-11-22 23:59:59.999"),
        ("now-1d/w", "2026-11-16 00:00:00.000", "2026-11-22 23:59:59.999"),
        ("now/w", "2026-11-23 00:00:00.000", "2026-11-29 23:59:59.999"),
        ("now-1M/M", "2026-10-01 00:00:00.000", "2026-10-31 23:59:59.999"),
        ("now/Q", "2026-10-01 00:00:00.000", "2026-12-31 23:59:59.999"),
        ("now/y", "2026-01-01 00:00:00.000", "2026-12-31 23:59:59.999"),
        ("now-2y/1y", "2024-01-01 00:00:00.000", "2024-12-31 23:59:59.999"),
        ("now/d-1h", "2026-11-22 23:00:00.000", "2026-11-23 22:59:59.999"),
        ("now - 1d / d", "2026-11-22 00:00:00.000", "2026-11-22 23:59:59.999"),
        ("2020-09-01T00:00:00Z", "2020-09-01 08:00:00.000", "2020-09-01 08:00:00.000"),
        ("2020-09-01", "2020-09-01 00:00:00.000", "2020-09-01 00:00:00.000"),
        ("20200901", "2020-09-01 00:00:00.000", "2020-09-01 00:00:00.000"),
        ("1598889600000", "2020-09-01 00:00:00.000", "2020-09-01 00:00:00.000"),
        ("2020-09-15||/M", "2020-09-01 00:00:00.000", "2020-09-30 23:59:59.999"),
    ],
)
def test_relative_and_absolute_times(expr: str, start: str, end: str) -> None:
    assert (at(expr), at(expr, end=True)) == (start, end)


def test_a_month_back_from_its_last_day_is_the_last_day_of_a_shorter_one() -> None:
    assert at("now-1M", now=datetime(2026, 3, 31, tzinfo=SHANGHAI))[:10] == "2026-02-28"
    assert at("now-1y", now=datetime(2024, 2, 29, tzinfo=SHANGHAI))[:10] == "2023-02-28"


def test_a_day_is_as_long_as_the_zone_says() -> None:
    spring = datetime(2026, 3, 29, 12, tzinfo=BERLIN)
    start = parse("now/d", spring, BERLIN, end=False)
    end = parse("now/d", spring, BERLIN, end=True)
    assert end.astimezone(UTC) - start.astimezone(UTC) == timedelta(hours=23, milliseconds=-1)
    assert at("now-1d", now=spring, zone=BERLIN) == "2026-03-28 12:00:00.000"
    assert at("now-24h", now=spring, zone=BERLIN) == "2026-03-28 11:00:00.000"


@pytest.mark.parametrize(
    "expr",
    ["", "yesterday", "now-", "now-6x", "now/2d", "now/fy", "now6h", "now-9999999y", "9" * 30],
)
def test_what_cannot_be_read_says_so(expr: str) -> None:
    with pytest.raises(BadTime, match="看不懂的时间"):
        parse(expr, NOW, SHANGHAI, end=False)


@given(TIMES, st.sampled_from(UNITS), st.sampled_from([SHANGHAI, BERLIN]))
def test_rounding_holds_its_time_and_is_done_once(now: datetime, unit: str, zone: ZoneInfo) -> None:
    start = parse(f"now/{unit}", now, zone, end=False)
    end = parse(f"now/{unit}", now, zone, end=True)
    assert start <= now < end + timedelta(milliseconds=1)
    assert parse(f"now/{unit}", start, zone, end=False) == start
    assert parse(f"now/{unit}", end, zone, end=True) == end


@given(TIMES, st.sampled_from("smhdwMQy"), st.integers(1, 30))
def test_back_and_forth_is_the_same_day_at_most_a_month_shorter(
    now: datetime, unit: str, count: int
) -> None:
    back = parse(f"now-{count}{unit}+{count}{unit}", now, SHANGHAI, end=False)
    lost = now - back
    assert timedelta(0) <= lost <= timedelta(days=3 if unit in "MQy" else 0)


def lasting(seconds: float) -> TimeRange:
    return TimeRange(NOW, NOW + timedelta(seconds=seconds))


@pytest.mark.parametrize(
    ("seconds", "points", "interval"),
    [
        (300, 1000, 1),
        (21600, 1000, 20),
        (21600, 500, 30),
        (86400, 100, 900),
        (30 * 86400, 30, 86400),
    ],
)
def test_an_interval_is_a_round_one(seconds: int, points: int, interval: int) -> None:
    assert interval_seconds(lasting(seconds), points) == interval


def test_an_interval_is_never_shorter_than_wanted_nor_than_a_second() -> None:
    assert interval_seconds(lasting(1), 1000) == 1
    assert interval_seconds(lasting(3600), 1000, minimum=60) == 60


@given(st.floats(1, 1e9), st.floats(1, 1e9))
def test_a_longer_range_has_no_shorter_interval(one: float, other: float) -> None:
    short, long = sorted((one, other))
    assert interval_seconds(lasting(short)) <= interval_seconds(lasting(long))
