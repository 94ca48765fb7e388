"""The replayed month: no false alarm, and of planted faults exactly theirs."""

import numpy as np
import pytest

from producers.events import Alert, Call, Event, KioskTransaction, Upload
from streams.alerting.machine import Standing
from streams.alerting.readings import DAY, HOUR, STEP_SECONDS, Ints
from streams.alerting.rules import found, standing_after
from tests.alerting.september import FIRST, Fault, alerts, month

MONDAY = 20 * DAY  # 21 September 2020, midnight in Nanjing
MORNING, NOON, EVENING = MONDAY + 9 * HOUR, MONDAY + 12 * HOUR, MONDAY + 17 * HOUR


def times(begin: int, end: int, factor: int, totals: Ints) -> Ints:
    """The totals with those between two ticks made so many times as many."""
    changed = totals.copy()
    changed[begin:end] *= factor
    return changed


def silent_hotline(event: Event, totals: Ints) -> Ints:
    return times(MORNING, EVENING, 0, totals) if isinstance(event, Call) else totals


def silent_kiosks(event: Event, totals: Ints) -> Ints:
    return times(MORNING, EVENING, 0, totals) if isinstance(event, KioskTransaction) else totals


def tripled_consultations(event: Event, totals: Ints) -> Ints:
    mine = isinstance(event, Call) and event.category == "consultation"
    return times(MORNING, NOON, 3, totals) if mine else totals


def failing_payments(event: Event, totals: Ints) -> Ints:
    if not isinstance(event, KioskTransaction) or event.institution != "H001":
        return totals
    return times(MORNING, NOON, 0, totals) if event.service == "payment" else totals


def stopped_uploads(event: Event, totals: Ints) -> Ints:
    mine = isinstance(event, Upload) and event.organisation == "H003"
    return times(MONDAY, MONDAY + 4 * DAY, 0, totals) if mine else totals


def told(every: list[Alert]) -> list[tuple[str, str, str]]:
    return [(each.rule, each.subject, each.state) for each in every]


def tick_of(alert: Alert) -> int:
    return int(alert.occurred_at.timestamp()) // STEP_SECONDS - FIRST  # type: ignore[union-attr] # ours are datetimes


def test_a_month_without_faults_raises_no_alarm() -> None:
    assert told(alerts(month())) == []


@pytest.mark.parametrize(
    ("fault", "rule", "subject", "begin", "end", "patience"),
    [
        (silent_hotline, "quiet_source", "calls/bulletin-2020-09", MORNING, EVENING, 4 * HOUR),
        (tripled_consultations, "calls_unusual", "consultation", MORNING, NOON, 2 * HOUR),
        (failing_payments, "payments_failing", "H001", MORNING, NOON, 2 * HOUR),
        (stopped_uploads, "uploads_behind", "H003", MONDAY, MONDAY + 4 * DAY, 3 * DAY),
    ],
)
def test_a_planted_fault_is_raised_once_and_cleared_when_it_is_over(
    fault: Fault, rule: str, subject: str, begin: int, end: int, patience: int
) -> None:
    all_found = alerts(month(fault))
    assert told(all_found) == [(rule, subject, "raised"), (rule, subject, "cleared")]
    raised, cleared = map(tick_of, all_found)
    assert begin < raised <= begin + patience
    assert end < cleared <= end + 12 * HOUR
    assert all_found[0].since == all_found[1].since


def test_faults_at_the_same_time_are_told_apart() -> None:
    faults = (silent_hotline, failing_payments, stopped_uploads)

    def all_at_once(event: Event, totals: Ints) -> Ints:
        for fault in faults:
            totals = fault(event, totals)
        return totals

    expected = sorted(pair for fault in faults for pair in told(alerts(month(fault))))
    assert sorted(told(alerts(month(all_at_once)))) == expected


def test_silent_kiosks_are_a_quiet_source_and_their_payments_fail() -> None:
    all_found = told(alerts(month(silent_kiosks)))
    assert all_found.count(("quiet_source", "kiosk_transactions/bulletin-2020-09", "raised")) == 1
    failing = [subject for rule, subject, state in all_found if rule == "payments_failing"]
    assert len(failing) == 2 * len(set(failing)) > 0


def test_what_comes_later_changes_nothing_found_before() -> None:
    cut = FIRST + NOON
    whole = [a for a in alerts(month(silent_hotline)) if tick_of(a) <= NOON]
    early = [
        each.__class__(each.key, each.label, each.first, each.totals[: cut - FIRST])
        for each in month(silent_hotline)
    ]
    assert alerts(early) == whole
    assert len(whole) == 1


def test_alerts_of_one_month_have_ids_of_their_own() -> None:
    ids = [each.event_id for each in alerts(month(silent_kiosks))]
    assert len(set(ids)) == len(ids)
    assert np.char.str_len(ids).max() <= 64


def test_a_restart_goes_on_from_the_last_alert() -> None:
    for each in month(silent_hotline):
        whole = found(each, Standing(), FIRST)
        for nth, last in enumerate(whole):
            assert found(each, standing_after(last), FIRST) == whole[nth + 1 :]
