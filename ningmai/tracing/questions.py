"""The questions that a search for ids asks of the readers' views, each with the ids written in."""

import re
from collections.abc import Sequence

AT_ONCE = 500
"""Ids that one round of questions is about."""
POSSIBLE = re.compile(r"[!-~][ -~]{0,63}", re.ASCII)
"""What an event_id can look like: 1 to 64 printable ASCII characters."""
PLACES = """
SELECT topic, event_id, toString(toTimeZone(occurred_at, 'Asia/Shanghai')) AS at, source, origin,
    sign, corrects, content, epoch, kafka_partition, kafka_offset,
    toString(toTimeZone(appended_at, 'Asia/Shanghai')) AS appended,
    counted AND NOT taken_back AS counts, block
FROM event_places(ids = {ids})
"""
CORRECTIONS = """
SELECT topic, corrected, event_id, sign, epoch, kafka_partition, kafka_offset,
    toString(toTimeZone(appended_at, 'Asia/Shanghai')) AS appended, counted AS counts
FROM event_corrections(ids = {ids})
ORDER BY corrected, appended_at, epoch, kafka_partition, kafka_offset
"""
REFUSALS = """
SELECT event_id, topic, epoch, kafka_partition, kafka_offset,
    toString(toTimeZone(appended_at, 'Asia/Shanghai')) AS appended, reason, detail, exact
FROM event_refusals(ids = {ids})
"""
LOG = """
SELECT topic, toString(toTimeZone(last_appended, 'Asia/Shanghai')) AS appended
FROM freshness ORDER BY topic
"""


def questions(ids: Sequence[str]) -> tuple[str, str, str, str]:
    """Places, corrections, refusals and how far the log is known, for ids of ``POSSIBLE`` form."""
    written = "[" + ", ".join(map(_text, ids)) + "]"
    places, corrections, refusals = (
        question.replace("{ids}", written) for question in (PLACES, CORRECTIONS, REFUSALS)
    )
    return places, corrections, refusals, LOG


def _text(value: str) -> str:
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"
