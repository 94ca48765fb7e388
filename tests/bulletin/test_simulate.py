"""Simulated traffic is marked, repeatable by its seed, and keeps the month's proportions."""

import threading
from collections import Counter
from datetime import UTC, date, datetime

import pytest

from producers import KioskTransaction, Upload
from producers.bulletin import read
from producers.bulletin.plan import Plan, plan
from producers.rhythm import HOURS, WEEKDAYS
from producers.simulate import LONGEST_TICK_MS, Simulator, simulate
from producers.testing import RecordingPublisher

MONDAY_TEN = int(datetime(2026, 3, 2, 2, 0, tzinfo=UTC).timestamp() * 1000)
HOUR_MS = 3_600_000


@pytest.fixture(scope="module")
def september() -> Plan:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("producers.bulletin.uploads.GRID", 3000)  # fewer templates: quicker tests
        return plan(read("2020-09"))


def made(
    planned: Plan, start: int, seconds: int, rate: float = 200, seed: int = 1
) -> list[tuple[object, str, int]]:
    simulator = Simulator(planned, rate, seed, start)
    return [each for tick in range(1, seconds + 1) for each in simulator.until(start + tick * 1000)]


def test_the_same_seed_and_start_give_the_same_events(september: Plan) -> None:
    assert made(september, MONDAY_TEN, 3) == made(september, MONDAY_TEN, 3)
    assert made(september, MONDAY_TEN, 3) != made(september, MONDAY_TEN, 3, seed=2)


def test_runs_that_start_at_other_moments_share_no_id(september: Plan) -> None:
    first = {event_id for _, event_id, _ in made(september, MONDAY_TEN, 3)}
    second = {event_id for _, event_id, _ in made(september, MONDAY_TEN + 1, 3)}
    assert first.isdisjoint(second)


def test_every_event_is_marked_and_lies_in_its_tick(september: Plan) -> None:
    for event, _, at in made(september, MONDAY_TEN, 5):
        assert (event.origin, event.source) == ("simulated", "simulator")  # type: ignore[attr-defined]
        assert MONDAY_TEN <= at <= MONDAY_TEN + 5000


def test_the_night_is_quieter_than_the_morning(september: Plan) -> None:
    night = MONDAY_TEN - 8 * HOUR_MS
    assert len(made(september, night, 20)) * 5 < len(made(september, MONDAY_TEN, 20))


def test_uploads_come_in_the_morning_about_the_day_before(september: Plan) -> None:
    six = MONDAY_TEN - 4 * HOUR_MS
    uploads = [e for e, _, _ in made(september, six, 30, 500) if isinstance(e, Upload)]
    assert uploads
    assert {e.business_date for e in uploads} == {date(2026, 3, 1)}
    assert not [e for e, _, _ in made(september, MONDAY_TEN, 30, 500) if isinstance(e, Upload)]


def test_kiosk_amounts_vary_about_their_institutions_mean(september: Plan) -> None:
    amounts = {
        e.amount_fen
        for e, _, _ in made(september, MONDAY_TEN, 30, 500)
        if isinstance(e, KioskTransaction) and e.institution == "H040" and e.service == "payment"
    }
    assert len(amounts) == 5


def test_over_a_week_the_proportions_are_the_months(september: Plan) -> None:
    simulator = Simulator(september, 0.5, 3, MONDAY_TEN)
    seen: Counter[str] = Counter()
    for minute in range(1, 7 * 24 * 60 + 1):
        for event, _, _ in simulator.until(MONDAY_TEN + minute * 60_000):
            seen[event.KIND] += 1
    total = seen.total()
    assert total == pytest.approx(0.5 * 7 * 86_400, rel=0.02)
    for kind in ("kiosk_transactions", "telemedicine", "bookings"):
        share = sum(f.count for f in september.flows if kind == f.event.KIND) / september.events
        assert seen[kind] / total == pytest.approx(share, rel=0.05)


def test_a_long_pause_is_not_made_up_for(september: Plan) -> None:
    simulator = Simulator(september, 10, 1, MONDAY_TEN)
    times = [at for _, _, at in simulator.until(MONDAY_TEN + HOUR_MS)]
    assert min(times) >= MONDAY_TEN + HOUR_MS - LONGEST_TICK_MS


def test_a_clock_set_back_makes_no_events(september: Plan) -> None:
    simulator = Simulator(september, 100, 1, MONDAY_TEN)
    list(simulator.until(MONDAY_TEN + 1000))
    assert list(simulator.until(MONDAY_TEN - HOUR_MS)) == []


def test_simulating_publishes_until_it_is_stopped() -> None:
    publisher, stop = RecordingPublisher(), threading.Event()
    moments = iter(range(MONDAY_TEN // 1000, MONDAY_TEN // 1000 + 100))

    def clock() -> float:
        return next(moments)

    count = simulate(
        publisher, 20, 1, stop, clock=clock, sent=lambda count: stop.set() if count else None
    )
    assert count == publisher.delivered > 0


@pytest.mark.parametrize("kind", sorted(WEEKDAYS))
def test_every_rhythm_has_a_day_of_hours_and_a_week_of_days(kind: str) -> None:
    assert (len(HOURS[kind]), len(WEEKDAYS[kind])) == (24, 7)
