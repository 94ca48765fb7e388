"""Far repeats: an id that came again beyond the horizon, on another partition or in another life.

Near ones are dropped as they are read (streams/repeats.py). These are found in raw, where every id
stands, and taken back by totals of their own: opposite sign, keyed by the repeat's offset, so that
this too can be done twice. Of all occurrences that counted the first by append time stays. Second
retractions of one event (streams/retractions.py) are taken back in the same way.
"""

import logging

from clickhouse_connect.driver.client import Client

from streams.checked import Ends, Search
from streams.definitions import Definitions
from streams.retractions import Retractions
from streams.rollups import Rollup
from streams.standing import keep_standing

log = logging.getLogger(__name__)

AT_ONCE = 200_000  # offsets of a partition looked up at a time: what bounds ClickHouse's memory

FIND = """
INSERT INTO {db}.far_repeats
    (topic, epoch, kafka_partition, kafka_offset, event_id,
     first_epoch, first_partition, first_offset)
SELECT '{kind}', again.2, again.3, again.4, event_id, first.2, first.3, first.4
FROM
(
    SELECT event_id,
           arraySort(groupArray((appended_at, epoch, kafka_partition, kafka_offset))) AS all,
           all[1] AS first, arrayJoin(arraySlice(all, 2)) AS again
    FROM {db}.raw_{kind} FINAL
    WHERE counted AND event_id IN
    (
        SELECT event_id FROM {db}.raw_{kind}
        WHERE counted AND epoch = {epoch} AND kafka_partition = {number}
          AND kafka_offset >= {since} AND kafka_offset < {until}
    )
    GROUP BY event_id
    HAVING length(all) > 1
)
"""

TAKE_BACK = """
INSERT INTO {db}.rollup_{kind}
    (definition, grain, bucket, source, origin, {dimensions},
     epoch, kafka_partition, block, taken_back, events, {measures}append_day, last_offset)
SELECT {definition}, grain,
    multiIf(grain = 'minute', toStartOfMinute(occurred_at),
            grain = 'hour', toStartOfHour(occurred_at),
            toStartOfDay(toTimeZone(occurred_at, 'Asia/Shanghai'))),
    source, origin, {dimensions}, epoch, kafka_partition, kafka_offset, 1,
    -sign, {negated}toDate(appended_at, 'UTC'), kafka_offset
FROM {db}.raw_{kind} FINAL ARRAY JOIN ['minute', 'hour', 'day'] AS grain
WHERE (epoch, kafka_partition, kafka_offset) IN
    (SELECT epoch, kafka_partition, kafka_offset FROM {db}.far_repeats WHERE topic = '{kind}')
"""


class FarRepeats:
    """Looks up what became durable since the last time. Calls block."""

    def __init__(self, client: Client, database: str, kind: str, rollup: Rollup | None) -> None:
        self.kind = kind
        self.rollup = rollup
        self._search = Search(client, database, kind, "repeat_checks")
        self._retractions = Retractions(client, database, kind)
        self._definitions = Definitions(client, database, rollup) if rollup else None
        self._taken_back = False

    def check(self, durable: Ends) -> int:
        """Look up the offsets below these; returns how many were found that do not count.

        Raises clickhouse.errors.Unavailable: ask again, nothing is half done that matters.
        """
        before = self._count()
        fresh = False
        for (epoch, number), end in durable.items():
            for since in range(self._search.since(epoch, number), end, AT_ONCE):
                until = min(since + AT_ONCE, end)
                self._search.command(FIND, epoch=epoch, number=number, since=since, until=until)
                fresh = True
        self._retractions.check(durable)
        found = self._count() - before
        if self._definitions is not None and (found or (before and not self._taken_back)):
            for definition in self._definitions.written():
                self.take_back(definition)  # the first time also what a crash left undone
            self._taken_back = True
        if found:
            keep_standing(self._search.client, self._search.database, self.kind)
            log.warning("%s: %d far repeats taken back", self.kind, found)
        if fresh:
            self._search.remember(durable)
        return found

    def take_back(self, definition: int) -> None:
        """Take all far repeats known back from one definition of a kind that is rolled up.

        Raises clickhouse.errors.ClickHouseError.
        """
        rollup = self.rollup
        if rollup is None:
            raise TypeError(f"bug: {self.kind} is not rolled up")
        self._search.command(
            TAKE_BACK,
            definition=definition,
            dimensions=", ".join(rollup.dimensions),
            measures="".join(f"{m}, " for m in rollup.measures),
            negated="".join(f"-sign * ifNull({m}, 0), " for m in rollup.measures),
        )

    def _count(self) -> int:
        sql = "SELECT count() FROM {db}.far_repeats FINAL WHERE topic = '{kind}'"
        return int(self._search.rows(sql)[0][0])
