"""The state machine, for any readings."""

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from streams.alerting.machine import Change, Patience, Standing, walk
from streams.alerting.readings import Readings

FIRST = 1000
PATIENCE = Patience(raise_after=3, clear_after=4, hold=5)
OVER, CALM, BETWEEN = "over", "calm", "between"
marks = st.lists(st.sampled_from([OVER, CALM, BETWEEN]), max_size=80)


def readings(told: list[str]) -> Readings:
    zeros = np.zeros(len(told))
    flags = np.array(told, dtype=str)
    return Readings(zeros, zeros, zeros, flags == OVER, flags == CALM)


def walked(told: list[str], standing: Standing | None = None) -> list[Change]:
    return list(walk(readings(told), FIRST, standing or Standing(), PATIENCE, FIRST))


def after(changes: list[Change]) -> Standing:
    if not changes:
        return Standing()
    return Standing(changes[-1].raised, changes[-1].tick, changes[-1].since)


@given(marks)
def test_raised_and_cleared_alternate_beginning_with_raised(told: list[str]) -> None:
    assert [c.raised for c in walked(told)] == [n % 2 == 0 for n in range(len(walked(told)))]


@given(marks)
def test_between_two_changes_lies_the_hold_at_least(told: list[str]) -> None:
    assert all(b.tick - a.tick >= PATIENCE.hold for a, b in pairwise(walked(told)))


@given(marks)
def test_a_change_needs_its_whole_run_and_both_events_tell_the_same_since(told: list[str]) -> None:
    changes = walked(told)
    for change in changes:
        at = change.tick - FIRST
        if change.raised:
            assert told[change.since - FIRST : at + 1] == [OVER] * (change.tick - change.since + 1)
            assert change.tick - change.since + 1 >= PATIENCE.raise_after
        else:
            assert told[at + 1 - PATIENCE.clear_after : at + 1] == [CALM] * PATIENCE.clear_after
    assert all(a.since == b.since for a, b in zip(changes[::2], changes[1::2], strict=False))


@given(marks)
def test_readings_that_are_never_over_raise_nothing(told: list[str]) -> None:
    assert walked([BETWEEN if mark == OVER else mark for mark in told]) == []


@given(marks)
def test_walking_again_from_the_last_change_finds_nothing_new(told: list[str]) -> None:
    assert walked(told, after(walked(told))) == []


def test_a_swing_about_the_limit_is_one_alert() -> None:
    swing = [OVER, OVER, OVER, *[BETWEEN, OVER] * 20, *[CALM] * 4]
    assert [c.raised for c in walked(swing)] == [True, False]


class Rounds(RuleBasedStateMachine):
    """A worker that walks as readings come, is restarted anywhere, and two at a time."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[str] = []
        self.published: list[Change] = []

    @rule(more=st.lists(st.sampled_from([OVER, CALM, BETWEEN]), max_size=12))
    def readings_come(self, more: list[str]) -> None:
        self.told += more

    @rule()
    def a_round(self) -> None:
        self.published += walked(self.told, after(self.published))

    @rule()
    def two_leaders_at_once(self) -> None:
        standing = after(self.published)
        both = [*walked(self.told, standing), *walked(self.told, standing)]
        self.published += sorted(set(both), key=lambda change: change.tick)  # equal ids are one

    @invariant()
    def as_if_walked_once(self) -> None:
        whole = walked(self.told)
        assert self.published == whole[: len(self.published)]


TestRounds = Rounds.TestCase
