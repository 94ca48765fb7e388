"""One round of looking for alerts: ask ClickHouse for totals, walk the rules, publish what is new.

ClickHouse's totals are exact and whole, whichever worker counted which partition; so a round needs
no state but the alerts already told, which stand in ClickHouse too.
"""

import logging
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any

import numpy as np
from clickhouse_connect.driver.client import Client

from clickhouse.client import errors_sorted
from ningmai.lag import PartitionLag
from producers.errors import InvalidEvent
from producers.events import Alert, plain
from producers.publisher import Publisher
from schemas.catalogue import catalogue
from streams.alerting.machine import Standing
from streams.alerting.readings import DAY, STEP_SECONDS
from streams.alerting.rules import (
    HISTORY_TICKS,
    Subject,
    Watched,
    found,
    standing_after,
    standing_at,
)

log = logging.getLogger(__name__)

PRESENT = ("live", "simulated")
REPLAYED = ("replay",)
LOOK_BACK_TICKS = DAY
"""So far back the present is walked again in each round: what a worker that was away missed."""
REPLAY_TICKS = 92 * DAY
"""So much of a replay is watched, up to its newest event: what minutes are kept for."""
KINDS = {
    "calls": "12320 热线",
    "bookings": "预约挂号",
    "telemedicine": "远程医疗",
    "uploads": "数据上传",
    "kiosk_transactions": "自助终端",
}
TOTALS = (
    "SELECT rule, subject, origin, ticks, events FROM {db}.alert_totals(from = '{since}', "
    "to = '{until}') WHERE origin IN ({origins})"
)
TOLD = """
SELECT
    rule, subject, origin, cleared_at IS NULL,
    toUnixTimestamp(ifNull(cleared_at, raised_at)), toUnixTimestamp(since)
FROM {db}.alerts
ORDER BY raised_at DESC
LIMIT 1 BY rule, subject, origin
"""
NAMES = "SELECT code, argMax(name, valid_from) FROM {db}.institutions GROUP BY code"
# Uploads of a day come on the next: they would carry the clock past the end of the others.
REPLAY_END = " UNION ALL ".join(
    f"SELECT max(bucket) AS newest, sum(events) AS n FROM {{db}}.rollup_{kind} FINAL "
    "WHERE grain = 'hour' AND origin = 'replay'"
    for kind in KINDS
    if kind != "uploads"
)
REPLAY = f"SELECT toUnixTimestamp(max(newest)), sum(n) FROM ({REPLAY_END})"


class Watch:
    """Looks for alerts, a round at a time; rounds of several workers find the same. Calls block."""

    def __init__(
        self,
        client: Client,
        database: str,
        publisher: Callable[[], Publisher],
        lags: Callable[[], Iterable[PartitionLag]],
    ) -> None:
        self._client = client
        self._database = database
        self._publisher = publisher
        self._lags = lags
        self._told: dict[Subject, Standing] = {}
        """What this worker told, which ClickHouse may not show yet."""
        self._judged = 0
        self._awaited: dict[str, tuple[Any, dict[tuple[str, int], int]]] = {}
        """Where the log ended when something was first to be judged."""
        self._replayed: tuple[Any, ...] = ()
        self._replay_judged: tuple[Any, ...] = ()

    def round(self, now: datetime) -> list[Alert]:
        """Publish what is new by now, and return it. Called every half minute.

        The present is judged once a quarter of an hour, when ClickHouse has all that Kafka had at
        its end: a worker that is behind raises no alarm. A replay is judged up to its newest event
        when nothing of it has come since the last round, nor is to come. Raises ClickHouseError,
        KafkaUnavailable, RegistryUnavailable, DeliveryFailed: the next round does it again.
        """
        return [*self._present(int(now.timestamp()) // STEP_SECONDS), *self._replay()]

    def _present(self, tick: int) -> list[Alert]:
        if tick <= self._judged or not self._has_all("present", tick):
            return []
        told = self.judge(PRESENT, tick - HISTORY_TICKS, tick, tick - LOOK_BACK_TICKS)
        self._judged = tick
        return told

    def _replay(self) -> list[Alert]:
        newest, events = self._rows(REPLAY)[0]
        seen = (newest, events)
        settled, self._replayed = seen == self._replayed, seen
        if not events or not settled or seen == self._replay_judged:
            return []
        if not self._has_all("replay", seen):
            return []
        end = (newest + 3600) // STEP_SECONDS  # when the hour of the newest event is over
        told = self.judge(REPLAYED, end - REPLAY_TICKS, end, end - REPLAY_TICKS)
        self._replay_judged = seen
        return told

    def _has_all(self, whose: str, moment: Any) -> bool:
        """Whether ClickHouse has all that Kafka had when this moment was first asked about."""
        lags = {(lag.kind, lag.partition): lag for lag in self._lags() if lag.kind in KINDS}
        known, ends = self._awaited.get(whose, (None, {}))
        if known != moment:
            ends = {at: lag.end for at, lag in lags.items()}
            self._awaited[whose] = (moment, ends)
        return all(lag.done >= ends.get(at, 0) for at, lag in lags.items())

    def judge(self, origins: Iterable[str], since: int, until: int, start: int) -> list[Alert]:
        """Publish the alerts of these origins from tick ``start`` on, given totals in a span.

        Raises ClickHouseError, KafkaUnavailable, DeliveryFailed.
        """
        standings = self._standings()
        alerts = [
            alert
            for watched in self._watched(origins, since, until)
            for alert in found(watched, standings.get(watched.key, Standing()), start)
        ]
        alerts.sort(key=lambda alert: (plain(alert.occurred_at), alert.event_id))
        if alerts:
            publisher = self._publisher()
            for alert in alerts:
                _publish(publisher, alert)
            publisher.flush()
        for alert in alerts:
            key = Subject(alert.rule, alert.subject, alert.origin)
            self._told[key] = standing_after(alert)
            log.info("%s: %s", alert.state, alert.text)
        return alerts

    def _standings(self) -> dict[Subject, Standing]:
        """The last that was told of each subject, by this worker or another."""
        told = dict(self._told)
        for rule, subject, origin, is_open, changed, since in self._rows(TOLD):
            key = Subject(rule, subject, origin)
            standing = standing_at(bool(is_open), changed, since)
            if key not in told or (told[key].changed or 0) < (standing.changed or 0):
                told[key] = standing
        return told

    def _watched(self, origins: Iterable[str], since: int, until: int) -> list[Watched]:
        names = {str(code): str(name) for code, name in self._rows(NAMES)}
        rows = self._rows(
            TOTALS,
            since=_sql(since),
            until=_sql(until),
            origins=", ".join(f"'{origin}'" for origin in origins),
        )
        watched = []
        for rule, subject, origin, ticks, events in rows:
            totals = np.zeros(until - since, np.int64)
            totals[np.array(ticks, np.int64) - since] = events
            key = Subject(rule, subject, origin)
            watched.append(Watched(key, _label(key, names), since, totals))
        return watched

    def _rows(self, sql: str, **values: str) -> Any:
        with errors_sorted():
            return self._client.query(sql.format(db=self._database, **values)).result_rows


def _publish(publisher: Publisher, alert: Alert) -> None:
    try:
        publisher.publish(alert)
    except InvalidEvent as error:  # a source's code may be anything: the others must be told
        log.error("This alert cannot be told: %s", error)


def _label(key: Subject, names: dict[str, str]) -> str:
    if key.rule == "quiet_source":
        kind, _, source = key.subject.partition("/")
        return f"{KINDS[kind]}（{source}）"
    return names.get(key.subject) or catalogue().lists["categories"].get(key.subject, key.subject)


def _sql(tick: int) -> str:
    return f"{datetime.fromtimestamp(tick * STEP_SECONDS, UTC):%Y-%m-%d %H:%M:%S}"
