"""The users of a ClickHouse server, in the real engine: as strict as the embedded one, and enough.

chDB reads users from a config.xml in its working folder, and runs as user ``default``. So each user
of users.d is tried in a process where ``default`` is that user. (What it does not know is the
server's access_control_improvements: flags that need them are left out, and tested as text.)
"""

import json
import re
import subprocess
import sys
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from xml.etree import ElementTree

import pytest

from clickhouse import migrate
from clickhouse.embedded.access import GIVEN, LIMITS, LOOKS, RISKY, SYSTEM, users
from clickhouse.embedded.engine import WRITING
from clickhouse.embedded.request import OWN
from ningmai.settings import Settings

SERVER = Path(__file__).parents[2] / "clickhouse/server"
USERS = ElementTree.parse(SERVER / "users.d/ningmai.xml").getroot()
READERS = [user.name for user in users(Settings()).values() if user.reader]
VIEW = re.compile(r"CREATE OR REPLACE VIEW \$\{database\}\.(\w+)")
TABLE = re.compile(r"CREATE TABLE IF NOT EXISTS \$\{database\}\.(\w+)")
DAY = "'2020-09-01'"
PARAMETER = re.compile(r"\{(\w+):(\w+)")
MIGRATIONS = "\n".join(path.read_text("utf-8") for path in migrate.files())
VIEWS, TABLES = set(VIEW.findall(MIGRATIONS)), set(TABLE.findall(MIGRATIONS))

Ask = Callable[..., list[str]]


def arguments(view: str) -> str:
    """What a view is asked with: a value for each parameter that it or a view behind it names."""
    last = MIGRATIONS.rindex(f"VIEW ${{database}}.{view} ")
    names = sorted(set(PARAMETER.findall(MIGRATIONS[last : MIGRATIONS.index("\nCOMMENT '", last)])))
    values = {"Array": "['an-id']"}
    given = ", ".join(f"{name} = {values.get(kind, DAY)}" for name, kind in names)
    return f"({given})" if given else ""


def grants(of: str) -> list[str]:
    return [query.text or "" for query in USERS.findall(f"{of}/grants/query")]


def test_readers_are_granted_every_view_and_nothing_else() -> None:
    granted = {f"GRANT SELECT ON ningmai.{view}" for view in VIEWS}
    granted |= {f"GRANT SELECT ON system.{table}" for table in SYSTEM}
    granted |= {"GRANT SELECT ON information_schema.*"}
    assert set(grants("roles/ningmai_reader")) == granted
    for reader in READERS:
        assert grants(f"users/{reader}") == ["GRANT ningmai_reader"]


def test_the_server_has_the_embedded_ones_users_and_no_other() -> None:
    found = {user.tag: user for user in USERS.findall("users/*")}
    assert found.pop("default").get("remove")
    assert found.keys() == users(Settings()).keys()
    for name, user in found.items():
        secret = f"{'clickhouse' if name == 'ningmai' else name}_password"
        password = user.find("password")
        assert password is not None
        assert password.attrib == {"from_env": f"NINGMAI_{secret.upper()}"}
        assert secret in Settings.model_fields
        assert not password.text


def test_readers_have_the_embedded_ones_limits() -> None:
    profile = {setting.tag: setting for setting in USERS.findall("profiles/ningmai_reader/*")}
    limits = {name: int(profile[name].text or 0) for name in LIMITS}
    assert limits == LIMITS
    assert profile["readonly"].text == "1"
    assert {name: profile[name].text for name in GIVEN} == GIVEN
    for name, cap in LIMITS.items():
        constraint = profile["constraints"].find(name)
        assert constraint is not None
        assert constraint.findtext("max") == str(cap)
        assert constraint.findtext("min") == "1"  # 0 would be no limit at all


def test_readers_change_nothing_that_the_embedded_one_refuses() -> None:
    for setting in USERS.findall("profiles/ningmai_reader/constraints/*"):
        name = setting.tag
        looks = LOOKS.match(name) and not RISKY.search(name)
        assert name in LIMITS or name in OWN or looks, name
        assert setting.find("changeable_in_readonly") is not None


def test_the_writer_inserts_as_in_the_embedded_one() -> None:
    profile = {one.tag: one.text for one in USERS.findall("profiles/ningmai_writer/*")}
    assert WRITING.items() <= profile.items()


def test_the_server_has_the_flags_that_its_users_rest_on() -> None:
    config = ElementTree.parse(SERVER / "config.d/ningmai.xml").getroot()
    flags = {flag.tag: flag.text for flag in config.findall("access_control_improvements/*")}
    assert flags["settings_constraints_replace_previous"] == "true"
    assert flags["select_from_system_db_requires_grant"] == "true"
    assert config.findtext("ignore_empty_sql_security_in_create_view_query") == "false"


def users_xml(default: str) -> str:
    """users.d as chDB takes it, with ``default`` being one of the users."""
    root = deepcopy(USERS)
    for constraint in root.findall("profiles/ningmai_reader/constraints/*"):
        for flag in constraint.findall("changeable_in_readonly"):
            constraint.remove(flag)
    everybody = root.find("users")
    wanted = root.find(f"users/{default}")
    removed = root.find("users/default")
    assert everybody is not None
    assert wanted is not None
    assert removed is not None
    everybody.remove(removed)
    same = deepcopy(wanted)
    same.tag = "default"
    everybody.append(same)
    for user in everybody:
        password = user.find("password")
        assert password is not None
        password.attrib.clear()
    profiles = root.find("profiles")
    assert profiles is not None
    ElementTree.SubElement(profiles, "default")  # as in the image's own users.xml
    ElementTree.SubElement(ElementTree.SubElement(root, "quotas"), "default")
    return ElementTree.tostring(root, "unicode")


@pytest.fixture(scope="module")
def ask(tmp_path_factory: pytest.TempPathFactory) -> Ask:
    """Asks as a user of the server, in a database that its writer has migrated."""
    data = tmp_path_factory.mktemp("server")

    def asked(user: str, *statements: str) -> list[str]:
        folder = tmp_path_factory.mktemp(user)
        (folder / "users.xml").write_text(users_xml(user), "utf-8")
        (folder / "config.xml").write_text(
            "<clickhouse><users_config>users.xml</users_config>"
            "<ignore_empty_sql_security_in_create_view_query>false"
            "</ignore_empty_sql_security_in_create_view_query></clickhouse>"
        )
        command = [sys.executable, str(Path(__file__).with_name("as_user.py")), str(data)]
        done = subprocess.run(
            command, input=json.dumps(statements), capture_output=True, text=True, cwd=folder
        )
        assert done.returncode == 0, done.stderr
        answers: list[str] = json.loads(done.stdout)
        return answers

    # The makers of views are named: in this test's next process, default is somebody else.
    made = asked(
        "ningmai",
        "CREATE DATABASE IF NOT EXISTS ningmai",
        "SET default_view_definer = 'ningmai'",
        *(
            statement
            for path in migrate.files()
            for statement in migrate.statements(path, Settings())
        ),
        "INSERT INTO ningmai.dead_letters (topic, appended_at) SELECT 'calls', now()",
    )
    assert [answer for answer in made if answer] == []
    return asked


@pytest.mark.engine
def test_the_writer_can_migrate_and_write(ask: Ask) -> None:
    assert ask("ningmai", "SELECT count() FROM ningmai.dead_letters") == ["1"]


@pytest.mark.engine
@pytest.mark.parametrize("reader", READERS)
def test_a_reader_sees_what_stands_behind_a_view_through_it_alone(ask: Ask, reader: str) -> None:
    through, behind = ask(
        reader,
        "SELECT letters FROM ningmai.dead_letters_by_reason",
        "SELECT * FROM ningmai.dead_letters",
    )
    assert through == "1"
    assert "Not enough privileges" in behind


@pytest.mark.engine
def test_a_reader_can_ask_every_view(ask: Ask) -> None:
    asked = [f"SELECT count() FROM ningmai.{view}{arguments(view)}" for view in sorted(VIEWS)]
    assert [answer for answer in ask("grafana", *asked) if not answer.isdigit()] == []


@pytest.mark.engine
def test_a_reader_can_ask_no_table_and_write_nothing(ask: Ask) -> None:
    asked = [f"SELECT * FROM ningmai.{table}" for table in sorted(TABLES)]
    asked += [
        "INSERT INTO ningmai.labels SELECT * FROM ningmai.labels",
        "CREATE TABLE ningmai.mine (a Int8) ENGINE = Memory",
        "CREATE DATABASE mine",
        "DROP VIEW ningmai.calls",
        "SELECT * FROM file('/etc/hostname', 'LineAsString')",
        "SELECT * FROM url('http://127.0.0.1:1', 'CSV', 'a Int8')",
        "SELECT * FROM system.users",
        "SET max_execution_time = 100",
        "SET readonly = 0",
    ]
    refused = ask("grafana", *asked)
    allowed = [
        statement
        for statement, answer in zip(asked, refused, strict=True)
        if not re.search("Not enough privileges|readonly mode|cannot execute", answer, re.I)
    ]
    assert allowed == []


@pytest.mark.engine
def test_a_reader_sees_the_views_alone_in_system_tables(ask: Ask) -> None:
    (seen,) = ask("analyst", "SELECT name FROM system.tables WHERE database = 'ningmai'")
    assert set(seen.split()) == VIEWS
