"""Rollups made again on real engines, while the stream runs: the same, and never otherwise."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event, Thread

import pytest
from clickhouse_connect.driver.client import Client
from typer.testing import CliRunner, Result

from clickhouse.client import connect
from ningmai import rebuilding
from ningmai.cli import app
from ningmai.doing import Quiet
from ningmai.rebuilding import Rebuild
from ningmai.settings import Settings
from producers import KioskTransaction, Publisher
from streams.app import ROLLUPS
from tests.workers import SEPTEMBER, audited, by_day, drained, prepared, publish, worker

pytestmark = pytest.mark.engine


@pytest.fixture
def small(namespace: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Small blocks, few at once, a short horizon; the environment's settings."""
    monkeypatch.setattr(rebuilding, "AT_ONCE", 2_000)
    update = {
        "block_size": 512,
        "flush_seconds": 0.1,
        "dedupe_horizon": 100,
        "data_dir": tmp_path,
    }
    settings = namespace.model_copy(update=update)
    for name, value in settings.environment().items():
        monkeypatch.setenv(name, value)
    return settings


def rebuild(*words: str) -> Result:
    return CliRunner().invoke(app, ["rebuild", *words])


def rows(client: Client, kind: str, definition: int) -> set[tuple[object, ...]]:
    """All rows of one definition but their version."""
    rollup = ROLLUPS[kind]
    own = ("grain", "bucket", "epoch", "taken_back", "append_day")
    columns = ", ".join((*own, *rollup.keys, *rollup.sums)).replace("bucket, ", "", 1)
    found = client.query(
        f"SELECT {columns} FROM rollup_{kind} FINAL WHERE definition = {definition}"
    )
    return set(map(tuple, found.result_rows))


def in_force(client: Client) -> int:
    sql = "SELECT definition FROM definitions FINAL WHERE topic = 'calls'"
    return int(client.query(sql).result_rows[0][0])


def keep_old(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the rows of the definition before, to compare with."""
    monkeypatch.setattr("ningmai.rebuilding_sql.Tables.remove", lambda *_: None)


@contextmanager
def watched(settings: Settings) -> Iterator[list[int]]:
    """The sum of all calls, as a reader sees it again and again."""
    seen: list[int] = []
    stop = Event()

    def look() -> None:
        client = connect(settings)
        while not stop.wait(0.05):
            seen.append(int(client.query("SELECT sum(events) FROM calls_by_day").result_rows[0][0]))

    thread = Thread(target=look)
    thread.start()
    try:
        yield seen
    finally:
        stop.set()
        thread.join()


def test_rollups_made_again_are_the_same_and_then_in_force(
    small: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep_old(monkeypatch)
    client = prepared(small)
    expected = publish(small, range(5_000))
    publish(small, range(200))  # far repeats: taken back
    with Publisher(small) as publisher:
        for n in range(300):
            publisher.publish(
                KioskTransaction(
                    occurred_at=SEPTEMBER + n * 60_000,
                    source="kiosks",
                    institution=f"h-{n % 3}",
                    device="k-1",
                    service="payment",
                    amount_fen=n,
                )
            )
    with worker(small, tmp_path / "worker.log"):
        drained(small, client)
        until = datetime.now(UTC) + timedelta(seconds=90)
        while by_day(client) != expected and datetime.now(UTC) < until:
            pass
        for kind in ("calls", "kiosk_transactions"):
            said = rebuild(kind)
            assert said.exit_code == 0, said.output
            assert f"{kind}: definition 2 is in force, instead of 1." in said.output
            assert len(rows(client, kind, 1)) > 200
            assert rows(client, kind, 2) == rows(client, kind, 1)
    assert by_day(client) == expected
    assert audited(client) == []


def test_what_comes_meanwhile_is_counted_once_and_no_figure_ever_falls(
    small: Settings, tmp_path: Path
) -> None:
    client = prepared(small)
    expected = publish(small, range(4_000))
    with worker(small, tmp_path / "worker.log"):
        drained(small, client)
        made: list[Counter[tuple[str, str | None]]] = []

        def traffic() -> None:
            for start in range(4_000, 14_000, 100):
                made.append(publish(small, range(start, start + 100)))

        thread = Thread(target=traffic)
        with watched(small) as seen:
            thread.start()
            said = rebuild("calls")
            thread.join()
            drained(small, client)
        assert said.exit_code == 0, said.output
    assert in_force(client) == 2
    assert by_day(client) == sum(made, expected)
    assert seen == sorted(seen)
    assert audited(client) == []
    assert rows(client, "calls", 1) == set()


def test_an_interrupted_run_leaves_the_old_ones_in_force_and_a_second_goes_on(
    small: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = prepared(small)
    expected = publish(small, range(9_000))
    counted: list[int] = []
    count = rebuilding.Tables.count

    def interrupted(tables: rebuilding.Tables, definition: int, blocks: list) -> None:
        if len(counted) == 2:
            counted.append(0)
            raise KeyboardInterrupt
        counted.append(sum(b.offsets for b in blocks))
        count(tables, definition, blocks)

    monkeypatch.setattr(rebuilding.Tables, "count", interrupted)
    with worker(small, tmp_path / "worker.log"):
        drained(small, client)
        said = rebuild("calls")
        assert (said.exit_code, "Interrupted" in said.stderr) == (130, True)
        assert in_force(client) == 1
        expected += publish(small, range(9_000, 9_500))
        drained(small, client)
        assert by_day(client) == expected
        first = sum(counted)
        said = rebuild("calls")
        assert "going on with definition 2" in said.stderr
    assert by_day(client) == expected
    assert first > 0
    assert sum(counted) - first < 9_500  # what was done was not done again
    assert in_force(client) == 2
    assert audited(client) == []


def test_blocks_before_a_day_are_copied_as_they_are(small: Settings, tmp_path: Path) -> None:
    client = prepared(small)
    expected = publish(small, range(3_000))
    with worker(small, tmp_path / "worker.log"):
        drained(small, client)
        client.command("TRUNCATE TABLE raw_calls")  # nothing could be counted from raw
        tomorrow = datetime.now(UTC).date() + timedelta(days=2)
        assert Rebuild(small, "calls", Quiet()).run(tomorrow).definition == 2
    assert by_day(client) == expected


def test_a_rollup_that_differs_from_raw_is_mended(small: Settings, tmp_path: Path) -> None:
    client = prepared(small)
    expected = publish(small, range(3_000))
    with worker(small, tmp_path / "worker.log"):
        drained(small, client)
    client.command("DELETE FROM rollup_calls WHERE category = 'crisis'")
    assert by_day(client) != expected
    assert rebuild("calls").exit_code == 0
    assert by_day(client) == expected


def test_a_run_given_up_leaves_nothing(small: Settings, tmp_path: Path) -> None:
    client = prepared(small)
    expected = publish(small, range(1_000))
    with worker(small, tmp_path / "worker.log"):
        drained(small, client)
    assert "No definition of calls is being made" in rebuild("calls", "--give-up").stderr
    run = Rebuild(small, "calls", Quiet())
    job = run._begin(rebuilding.BEGINNING)
    run._fill(job, run._undone(job), "counting")
    assert "Definition 2 of calls is given up" in rebuild("calls", "--give-up").output
    assert (rows(client, "calls", 2), in_force(client)) == (set(), 1)
    assert "definition 3 is in force" in rebuild("calls").output
    assert by_day(client) == expected


def test_what_is_not_rolled_up_is_not_rebuilt(small: Settings) -> None:
    assert "statements is not rolled up." in rebuild("statements").stderr
    assert "cals is no topic." in rebuild("cals").stderr
