"""What the doctor sees on real engines when something is not as it should be."""

import pytest
from confluent_kafka import Producer

from ningmai.doctor import examine
from ningmai.settings import Settings
from tests.workers import drained, prepared, publish, worker

pytestmark = pytest.mark.engine


def seen(settings: Settings, check: str) -> list[tuple[str, str]]:
    return [(one.state, one.seen) for one in examine(settings) if one.check == check]


def states(settings: Settings) -> dict[str, str]:
    return {one.check: one.state for one in examine(settings) if one.state != "well"}


def test_an_empty_installation_lacks_topics_schemas_and_tables(namespace: Settings) -> None:
    found = states(namespace)
    assert {found[check] for check in ("topics", "schemas", "migrations", "audit")} == {"ill"}


def test_everything_ill_says_what_to_do(namespace: Settings) -> None:
    assert [one.check for one in examine(namespace) if one.state == "ill" and not one.todo] == []


def test_a_healthy_system_is_well_and_one_that_nobody_counts_for_is_ill(
    namespace: Settings, tmp_path
) -> None:
    client = prepared(namespace)
    with worker(namespace, tmp_path / "worker.log"):
        publish(namespace, range(100))
        drained(namespace, client)
    assert states(namespace).keys() <= {"parts", "disks", "memory"}  # of this machine
    publish(namespace, range(100, 150))
    client.command("TRUNCATE TABLE ledger")
    assert seen(namespace, "lag")[0][0] == "ill"
    assert "150 messages wait" in seen(namespace, "lag")[0][1]


def test_messages_that_are_no_events_are_told(namespace: Settings, tmp_path) -> None:
    client = prepared(namespace)
    with worker(namespace, tmp_path / "worker.log"):
        garbage = Producer({"bootstrap.servers": namespace.kafka_servers})
        garbage.produce(namespace.topic("calls"), b"no event")
        garbage.flush()
        drained(namespace, client)
    assert seen(namespace, "dead letters") == [
        ("ill", "1 messages of the blocks of a day were no events (0 were)")
    ]


def test_a_migration_that_is_missing_or_newer_is_named(namespace: Settings) -> None:
    client = prepared(namespace)
    client.command("DELETE FROM migrations WHERE name LIKE '0012%'")
    client.command("INSERT INTO migrations (name, sha256) VALUES ('9999_later.sql', 'x')")
    assert dict(seen(namespace, "migrations")) == {
        "ill": "not applied yet: 0012_audit.sql",
        "look": "ClickHouse is ahead: 9999_later.sql",
    }


def test_a_migration_changed_after_it_was_applied_is_named(namespace: Settings) -> None:
    client = prepared(namespace)
    client.command("ALTER TABLE migrations UPDATE sha256 = 'x' WHERE name LIKE '0012%'")
    assert seen(namespace, "migrations") == [
        ("ill", "changed after they were applied: 0012_audit.sql")
    ]
