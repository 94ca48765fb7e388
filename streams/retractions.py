"""Retractions: what takes an event back, and which of them do not count.

Of all that name one event the first by append time counts; the others are noted among the far
repeats, which are taken back from every rollup (streams/far.py): a second retraction repeats the
first, whatever its own id is. That is known from the log alone, never has to be undone, and comes
out the same whichever partition is read first. A retraction of what nobody has seen, or of other
content, counts as it stands: its event may be on its way still. The view corrections says which.
"""

from typing import Any

from clickhouse_connect.driver.client import Client

from schemas.kinds import kinds
from streams.checked import Ends, Search

OWN = frozenset({"event_id", "sign", "corrects"})
"""Fields that a retraction has for itself; all others it repeats."""

FRESH = """
SELECT count() FROM {db}.raw_{kind} WHERE sign = -1 AND counted AND ({places})
"""

NOTE = """
INSERT INTO {db}.retractions
SELECT '{kind}', assumeNotNull(corrects), epoch, kafka_partition, kafka_offset, event_id,
       occurred_at, source, origin, {content}, appended_at
FROM {db}.raw_{kind}
WHERE sign = -1 AND counted AND ({places})
"""

SECOND = """
INSERT INTO {db}.far_repeats
    (topic, epoch, kafka_partition, kafka_offset, event_id,
     first_epoch, first_partition, first_offset, reason)
SELECT '{kind}', again.2, again.3, again.4, again.5, first.2, first.3, first.4, 'retraction'
FROM
(
    SELECT arraySort(groupArray((appended_at, epoch, kafka_partition, kafka_offset, event_id)))
               AS all,
           all[1] AS first, arrayJoin(arraySlice(all, 2)) AS again
    FROM {db}.retractions FINAL
    WHERE topic = '{kind}'
    GROUP BY corrects
    HAVING length(all) > 1
)
WHERE (again.2, again.3, again.4) NOT IN
    (SELECT epoch, kafka_partition, kafka_offset FROM {db}.far_repeats WHERE topic = '{kind}')
"""

NAMED = """
INSERT INTO {db}.retracted
SELECT '{kind}', event_id, epoch, kafka_partition, kafka_offset, sign, {content}, appended_at
FROM {db}.raw_{kind}
WHERE counted AND {which}
"""
BY_NEW = "event_id IN (SELECT corrects FROM {db}.retractions WHERE topic = '{kind}' AND ({places}))"
NEW_BY_ANY = (
    "({places}) AND event_id IN (SELECT corrects FROM {db}.retractions WHERE topic = '{kind}')"
)


class Retractions:
    """Looks up what became durable since the last time, for one kind. Calls block."""

    def __init__(self, client: Client, database: str, kind: str) -> None:
        self._search = Search(client, database, kind, "retraction_checks")
        self._content = content(kind)
        self._any: bool | None = None

    def check(self, durable: Ends) -> None:
        """Note the retractions below these offsets, and which of them are second ones.

        Raises clickhouse.errors.Unavailable: ask again, what is half done is done again.
        """
        search = self._search
        new = {at: (search.since(*at), end) for at, end in durable.items()}
        places = " OR ".join(
            f"(epoch = {epoch} AND kafka_partition = {number}"
            f" AND kafka_offset >= {since} AND kafka_offset < {end})"
            for (epoch, number), (since, end) in new.items()
            if end > since
        )
        if not places:
            return
        if search.rows(FRESH, places=places)[0][0]:
            search.command(NOTE, places=places, content=self._content)
            search.command(SECOND)
            self._named(BY_NEW, places)
            self._any = True
        if self._there_are_any():
            self._named(NEW_BY_ANY, places)
        search.remember(durable)

    def _named(self, which: str, places: str) -> None:
        """Note events that retractions name: those of new ones, and new ones of any."""
        search = self._search
        where = which.format(db=search.database, kind=search.kind, places=places)
        search.command(NAMED, which=where, content=self._content)

    def _there_are_any(self) -> bool:
        if self._any is None:
            sql = "SELECT count() FROM {db}.retractions WHERE topic = '{kind}'"
            self._any = bool(self._search.rows(sql)[0][0])
        return self._any


def content(kind: str) -> str:
    """SQL: a hash of an event's content. A field that is null hashes as one that is not there."""
    fields: list[dict[str, Any]] = kinds()[kind].schema()["fields"]
    named = (name for field in fields if (name := field["name"]) not in OWN)
    parts = ", ".join(f"ifNull(concat('{name}=', toString({name})), '')" for name in named)
    return f"cityHash64(arrayFilter(part -> part != '', [{parts}]))"
