"""What the audit says of blocks that it can see whole, and of those that reach further back."""

import pytest
from clickhouse_connect.driver.client import Client

from tests.handmade import events, put, totals

pytestmark = pytest.mark.engine

BLOCK = {
    "topic": "calls",
    "epoch": 1,
    "kafka_partition": 0,
    "block": 0,
    "last_offset": 1,
    "counted": 2,
    "repeats": 0,
    "dead": 0,
    "gaps": 0,
    "skipped": 0,
    "first_appended": "2026-01-01 09:00:00",
    "last_appended": "2026-01-01 11:00:00",
    "sealed": 1,
}
CALL = {"line": "hotline", "city": "nanjing", "category": "crisis"}
TWO_HOURS = (
    {**CALL, "appended_at": "2026-01-01 09:00:00"},
    {**CALL, "appended_at": "2026-01-01 11:00:00"},
)


def audited(client: Client, since: str) -> list[tuple[int, int, int, int]]:
    sql = (
        "SELECT blocks, unaccounted, missing, difference "
        f"FROM audit(since = '2026-01-01 {since}') WHERE topic = 'calls'"
    )
    return [tuple(row) for row in client.query(sql).result_rows]


@pytest.fixture
def block(client: Client) -> Client:
    put(client, "ledger", [BLOCK])
    events(client, "calls", *TWO_HOURS)
    totals(client, "calls", {**CALL, "day": "2021-02-10", "events": 2, "append_day": "2026-01-01"})
    return client


def test_a_block_that_began_before_the_audit_does_is_seen_whole(block: Client) -> None:
    assert audited(block, "08:00:00") == [(1, 0, 0, 0)]
    assert audited(block, "10:00:00") == [(1, 0, 0, 0)]


def test_a_block_that_ended_before_the_audit_begins_is_not_looked_at(block: Client) -> None:
    assert audited(block, "12:00:00") == [(0, 0, 0, 0)]


def test_a_row_that_raw_lacks_and_totals_that_are_too_many_are_found(block: Client) -> None:
    block.command("DELETE FROM raw_calls WHERE kafka_offset = 1")
    assert audited(block, "10:00:00") == [(1, 0, 1, 1)]
