"""``ningmai institutions``: September as printed, and a register that is changed."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from clickhouse_connect.driver.client import Client
from typer.testing import CliRunner, Result

from clickhouse.client import connect
from ningmai.cli import app
from ningmai.settings import Settings
from tests.conftest import City
from tests.handmade import put
from tests.workers import prepared, worker

pytestmark = pytest.mark.engine


@pytest.fixture
def at(city: City, monkeypatch: pytest.MonkeyPatch) -> City:
    for name, value in city.settings.environment().items():
        monkeypatch.setenv(name, value)
    return city


@pytest.fixture
def changed(
    namespace: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Settings]:
    """A register of its own that a worker writes; asked as the writer, since readers have one."""

    def reached(settings: Settings, _user: str = "") -> Client:
        return connect(settings)

    monkeypatch.setattr("clickhouse.client.connect", reached)
    # Not the data folder of the engines, whose run is of another namespace.
    elsewhere = {"data_dir": tmp_path, "clickhouse": namespace.clickhouse_url}
    for name, value in namespace.model_copy(update=elsewhere).environment().items():
        monkeypatch.setenv(name, value)
    prepared(namespace)
    with worker(namespace, tmp_path / "worker.log"):
        yield namespace


def run(*words: str) -> Result:
    return CliRunner().invoke(app, ["institutions", *words])


def did(*words: str) -> str:
    answer = run(*words)
    assert answer.exit_code == 0, answer.output
    return answer.output


def told(*words: str) -> dict[str, Any]:
    answer = run(*words, "--json")
    assert answer.exit_code == 0, answer.output
    found: dict[str, Any] = json.loads(answer.stdout)
    return found


@pytest.mark.usefixtures("at")
def test_september_s_lists_are_the_printed_ones() -> None:
    found = told("due", "2020-09")
    lists = found["lists"]
    assert len(lists["未反馈"]) == 8
    assert {name: len(who) for name, who in lists.items() if "未对接" in name} == {
        "远程医学会诊平台未对接": 3,
        "远程心电监测诊断平台未对接": 1,
        "远程临检诊断平台未对接": 3,
        "远程影像诊断平台未对接": 2,
    }
    rows = {row["name"]: row for row in found["institutions"]}
    assert len(rows) == 37
    second = rows["南京市第二医院"]
    assert (second["days"], second["due_days"], len(second["overdue"])) == (22, 30, 8)
    assert sum(row["days"] for row in rows.values()) == 347 + 719


@pytest.mark.usefixtures("at")
def test_september_s_register_has_duties_and_connections() -> None:
    rows = {one["code"]: one for one in told("list", "--month", "2020-09")["institutions"]}
    assert rows["D320104"]["required"] == 129
    districts = [one["connections"] for code, one in rows.items() if code.startswith("D")]
    assert sorted(map(str, (one["ecg"] for one in districts))) == ["False", *["True"] * 11]
    assert {one["lab"] for one in districts} == {False, None}  # eight and three are not twelve
    assert rows["H021"]["aliases"] == ["江苏省级机关医院"]
    only = told("list", "--month", "2020-09", "--kind", "district")["institutions"]
    assert len(only) == 12


def test_september_s_scores_are_explained_by_their_points(at: City) -> None:
    month = "month = '2020-09-01'"
    points = at.client.query(f"SELECT criterion, name FROM quality_points({month})").result_rows
    by = {criterion: {n for c, n in points if c == criterion} for criterion, _ in points}
    assert by["discharges"] == {"建邺区", "南京市第一医院", "南京脑科医院"}
    assert by["copied"] == {"雨花台区", "东南大学附属中大医院"}
    found = at.client.query(f"SELECT code, score FROM quality_scores({month})").result_rows
    assert len(found) == 37
    assert all(0 <= score <= 100 for _, score in found)


@pytest.mark.usefixtures("changed")
def test_a_life_in_the_register() -> None:
    did("add", "试一医院", "--code", "T1", "--kind", "other", "--from", "2018-01-01")
    did(
        "add",
        "试二医院",
        "--code",
        "T2",
        "--kind",
        "other",
        "--from",
        "2018-01-01",
        "--campus-of",
        "T1",
    )
    did("alias", "T1", "试一院")
    did("require", "T1", "5", "--declared", "4", "--from", "2018-01-31")
    did("connect", "T1", "ecg", "--no", "--from", "2018-01-31")
    did("rename", "T1", "试甲医院", "--from", "2018-02-01")
    did("merge", "T2", "T1", "--from", "2018-03-01")
    january = {one["code"]: one for one in told("list", "--month", "2018-01")["institutions"]}
    march = {one["code"]: one for one in told("list", "--month", "2018-03")["institutions"]}
    assert (january["T1"]["name"], march["T1"]["name"]) == ("试一医院", "试甲医院")
    assert (january["T1"]["required"], january["T1"]["declared"]) == (5, 4)
    assert january["T1"]["connections"] == {"ecg": False}
    assert (january["T1"]["valid_from"], january["T1"]["valid_to"]) == ("2018-01-01", "2018-01-31")
    assert (january["T2"]["campus_of"], january["T2"]["merged_into"]) == ("T1", None)
    assert march["T2"]["merged_into"] == "T1"
    for name in ("试一院", "试一医院", "试甲医院", "试二医院"):
        assert told("resolve", name, "--month", "2018-03")["code"] == "T1"
    assert len(told("history", "T1")["entries"]) == 3
    assert "试甲医院" in did("history", "T1")
    assert told("due", "2018-01")["lists"]["逾期"] == ["试一医院"]


def test_a_change_that_reaches_into_a_closed_month_is_refused_unless_it_is_meant(
    changed: Settings,
) -> None:
    did("add", "试一医院", "--code", "T1", "--kind", "other", "--from", "2018-01-01")
    closed = {"month": "2018-02-01", "closing": 1, "closed_at": "2018-03-02 00:00:00"}
    put(connect(changed), "month_closings", [{**closed, "office": "x", "checksum": "0" * 64}])
    for words in (
        ("rename", "T1", "试甲医院", "--from", "2018-02-28"),
        ("merge", "T1", "H001", "--from", "2018-01-15"),
        ("add", "试二医院", "--code", "T2", "--kind", "other", "--from", "2018-02-01"),
        ("require", "T1", "5", "--from", "2018-02-01"),
    ):
        answer = run(*words)
        assert answer.exit_code == 1
        assert "2018-02 closed" in answer.stderr
        assert "Date it 2018-03-01 or later" in answer.stderr
    assert len(told("history", "T1")["entries"]) == 1
    did("rename", "T1", "试甲医院", "--from", "2018-03-01")
    did("rename", "T1", "试乙医院", "--from", "2018-02-28", "--also-closed")


@pytest.mark.usefixtures("at")
def test_a_name_that_is_nobody_s_is_told_with_the_near_ones() -> None:
    answer = run("resolve", "南京鼓楼医院（本部）", "--json")
    assert answer.exit_code == 1
    found = json.loads(answer.stdout)
    assert found["code"] is None
    assert {"code": "H001", "name": "南京鼓楼医院"} in found["near"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("rename", "H001", "南京市第一医院", "--from", "2020-10-01"), "is a name of H005"),
        (("rename", "H999", "某院", "--from", "2020-10-01"), "Nobody has the code H999"),
        (("merge", "H001", "H001", "--from", "2020-10-01"), "into itself"),
        (("add", "某院", "--district", "某区"), "is no district"),
        (("rename", "H001", "某院", "--from", "October"), "is no day"),
        (("list", "--month", "2020-13"), "is no month"),
    ],
)
@pytest.mark.usefixtures("at")
def test_what_cannot_be_is_refused_and_nothing_is_published(
    words: tuple[str, ...], said: str
) -> None:
    answer = run(*words)
    assert answer.exit_code != 0
    assert said in answer.stderr
