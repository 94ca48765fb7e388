"""What stands of statements and register is kept as tables: they say what the log says."""

import pytest
from clickhouse_connect.driver.client import Client

from streams.standing import STANDING, keep_standing
from tests.handmade import events, put

STATED = {
    "figure": "kiosk.devices",
    "subject": "H01",
    "as_of": "2021-02-28",
    "exponent": 0,
    "unit": "台",
}
ENTRY = {
    "code": "H01",
    "valid_from": "2021-02-01",
    "name": "东院",
    "aliases": [],
    "kind": "hospital",
    "provisional": 0,
    "labels": [],
}


def values(client: Client) -> list[int]:
    return [v for (v,) in client.query("SELECT value FROM stocks ORDER BY ALL").result_rows]


def keep(client: Client, kind: str) -> None:
    keep_standing(client, str(client.database), kind)


def differing(client: Client, kind: str) -> int:
    standing = STANDING[kind]
    columns = ", ".join((*standing.key, *standing.values))
    view = {"statements": "stocks", "institutions": "institutions"}[kind]
    told, kept = f"SELECT {columns} FROM {standing.told}", f"SELECT {columns} FROM {view}"
    sql = f"SELECT count() FROM (({told} EXCEPT {kept}) UNION ALL ({kept} EXCEPT {told}))"
    return int(client.query(sql).result_rows[0][0])


def test_the_last_statement_of_a_day_stands(client: Client) -> None:
    events(client, "statements", {**STATED, "value": 3}, {**STATED, "value": 5})
    assert values(client) == [5]


def test_a_statement_taken_back_leaves_the_one_before(client: Client) -> None:
    events(
        client,
        "statements",
        {**STATED, "value": 3},
        {**STATED, "value": 5},
        {**STATED, "value": 5, "sign": -1, "corrects": "e1"},
    )
    assert values(client) == [3]


def test_what_was_kept_and_is_taken_back_stands_no_longer(client: Client) -> None:
    told = ({**STATED, "value": 3}, {**STATED, "value": 3, "sign": -1, "corrects": "e0"})
    events(client, "statements", told[0])
    assert values(client) == [3]
    events(client, "statements", *told)
    assert values(client) == []


def test_what_was_taken_back_and_is_stated_again_stands(client: Client) -> None:
    told = ({**STATED, "value": 3}, {**STATED, "value": 3, "sign": -1, "corrects": "e0"})
    events(client, "statements", *told)
    events(client, "statements", *told, {**STATED, "value": 3})
    assert values(client) == [3]


def test_an_unanswered_question_is_kept_as_such(client: Client) -> None:
    events(client, "statements", {**STATED, "value": 3}, {**STATED, "value": None})
    assert client.query("SELECT value, amount FROM stocks").result_rows == [(None, None)]


def test_a_merger_taken_back_is_none(client: Client) -> None:
    merged = {**ENTRY, "merged_into": "H02"}
    events(client, "institutions", merged)
    assert client.query("SELECT code, into FROM mergers").result_rows == [("H01", "H02")]
    events(client, "institutions", merged, {**merged, "sign": -1, "corrects": "e0"})
    left = client.query("SELECT code FROM mergers UNION ALL SELECT code FROM institutions")
    assert left.result_rows == []


@pytest.mark.parametrize("kind", STANDING)
def test_keeping_writes_what_differs_and_nothing_else(client: Client, kind: str) -> None:
    row = {**STATED, "value": 3} if kind == "statements" else ENTRY
    events(client, kind, row)
    table = STANDING[kind].kept
    keep(client, kind)
    assert client.query(f"SELECT count() FROM {table}").result_rows == [(1,)]
    assert differing(client, kind) == 0


def test_keeping_heals_what_was_changed_by_hand(client: Client) -> None:
    events(client, "statements", {**STATED, "value": 3})
    kept = {**STATED, "origin": "live", "kept_at": "2021-03-01 00:00:00"}
    put(client, "standing_stocks", [{**kept, "subject": "H02", "value": 9, "amount": 9}])
    client.command("DELETE FROM standing_stocks WHERE subject = 'H01'")
    assert values(client) == [9]
    keep(client, "statements")
    assert (values(client), differing(client, "statements")) == ([3], 0)


def test_other_kinds_have_nothing_that_stands(client: Client) -> None:
    keep(client, "calls")
    assert values(client) == []
