"""The rules, as data: what is watched, by which reading, with what patience, in which words."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

import numpy as np

from producers.events import Alert, Origin, plain
from streams.alerting import readings
from streams.alerting.machine import Change, Patience, Standing, walk
from streams.alerting.readings import DAY, HOUR, STEP_SECONDS, Ints, Readings

Level = Literal["warning", "critical"]
State = Literal["raised", "cleared"]
SOURCE = "ningmai"
HISTORY_TICKS = 35 * DAY
"""What a rule looks back on at most: four weeks, and as long as a pause may have lasted before."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule, for every subject that the view alert_totals has under its name."""

    name: str
    level: Level
    """warning: somebody should look at it today; critical: now."""
    read: Callable[[Ints], Readings]
    patience: Patience
    raised: str
    """Its text in Chinese; has subject, measured and usual."""
    cleared: str


@dataclass(frozen=True, slots=True)
class Subject:
    """What an alert is about; origins never meet."""

    rule: str
    subject: str
    origin: Origin


@dataclass(frozen=True, slots=True)
class Watched:
    """A subject's totals by tick. ``label``: what a reader calls it."""

    key: Subject
    label: str
    first: int
    """Tick (quarters of an hour since 1970-01-01 UTC) of the first total."""
    totals: Ints


RULES = {
    rule.name: rule
    for rule in (
        Rule(
            "quiet_source",
            "critical",
            readings.quiet,
            Patience(raise_after=2, clear_after=HOUR, hold=HOUR),
            "来源静默：{subject} 已 {measured:g} 小时没有事件，同一时段以往最长 {usual:g} 小时",
            "来源恢复：{subject} 又有事件",
        ),
        Rule(
            "uploads_behind",
            "warning",
            readings.behind,
            Patience(raise_after=2, clear_after=HOUR, hold=HOUR),
            "上传逾期：{subject} 已 {measured:g} 小时没有上传，四周内最长间隔 {usual:g} 小时",
            "上传恢复：{subject} 又有上传",
        ),
        Rule(
            "calls_unusual",
            "warning",
            readings.crowded,
            Patience(raise_after=2, clear_after=HOUR, hold=HOUR),
            "来电异常增多：{subject} 一小时 {measured:.0f} 次，平常 {usual:.1f} 次",
            "来电恢复平常：{subject} 一小时 {measured:.0f} 次",
        ),
        Rule(
            "payments_failing",
            "critical",
            readings.failing,
            Patience(raise_after=2, clear_after=HOUR, hold=HOUR),
            "缴费异常：{subject} 一小时成功缴费 {measured:.0f} 笔，平常 {usual:.0f} 笔",
            "缴费恢复：{subject} 一小时成功缴费 {measured:.0f} 笔",
        ),
    )
}


def found(watched: Watched, standing: Standing, start: int) -> list[Alert]:
    """The alerts of one subject from tick ``start`` on, given where it stands; oldest first."""
    rule = RULES[watched.key.rule]
    read = rule.read(watched.totals)
    changes = walk(read, watched.first, standing, rule.patience, start)
    return [_alert(rule, watched, read, change) for change in changes]


def standing_after(alert: Alert) -> Standing:
    """Where a subject stands once this alert, its last, is told."""
    changed, since = (plain(moment) // 1000 for moment in (alert.occurred_at, alert.since))
    return standing_at(alert.state == "raised", changed, since)


def standing_at(raised: bool, changed: int, since: int) -> Standing:
    """The same from the times of its last alert, in seconds since 1970-01-01 UTC."""
    return Standing(raised, changed // STEP_SECONDS - 1, since // STEP_SECONDS)


def _alert(rule: Rule, watched: Watched, read: Readings, change: Change) -> Alert:
    at = change.tick - watched.first
    measured, usual, limit = (float(each[at]) for each in (read.measured, read.usual, read.limit))
    words = rule.raised if change.raised else rule.cleared
    state: State = "raised" if change.raised else "cleared"
    return Alert(
        event_id=_identity(watched.key, change.since, state),
        occurred_at=_moment(change.tick + 1),  # when the quarter is over
        source=SOURCE,
        origin=watched.key.origin,
        rule=rule.name,
        subject=watched.key.subject,
        state=state,
        level=rule.level,
        measured=round(measured * 100),
        usual=None if np.isnan(usual) else round(usual * 100),
        limit=None if np.isnan(limit) else round(limit * 100),
        since=_moment(change.since),
        text=words.format(subject=watched.label, measured=measured, usual=usual),
    )


def _identity(key: Subject, since: int, state: str) -> str:
    """The same alert has the same id, whoever finds it and however often: it counts once."""
    told = "|".join((key.rule, key.subject, key.origin, str(since), state))
    return f"alert-{hashlib.sha256(told.encode()).hexdigest()[:32]}"


def _moment(tick: int) -> datetime:
    return datetime.fromtimestamp(tick * STEP_SECONDS, UTC)
