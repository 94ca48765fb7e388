"""compose.yaml, read as Docker would read it: there is no daemon to try it on.

That the server's users are right is proved in test_server_users.py, and what alarms say in
tests/sql/test_alert_rules.py.
"""

import json
import re
import subprocess
import sys
from configparser import ConfigParser
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner

from grafana.check import HOME
from grafana.datasource import PLUGIN, UID
from ningmai.cli import app
from ningmai.settings import Settings
from ningmai.stack.kafka import server_properties
from ningmai.stack.pins import COORDINATES
from ningmai.stack.registry import properties
from schemas.topics_admin import LARGEST_MESSAGE

ROOT = Path(__file__).parents[2]
FILE = ROOT / "compose.yaml"
TEXT = FILE.read_text("utf-8")
COMPOSE: dict[str, Any] = yaml.safe_load(TEXT)
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = {name: of for name, of in SERVICES.items() if "build" in of}
THEIRS = {name: of for name, of in SERVICES.items() if "build" not in of}
ONCE = {
    name
    for of in SERVICES.values()
    for name, how in of.get("depends_on", {}).items()
    if how["condition"] == "service_completed_successfully"
}
VARIABLE = re.compile(r"\$\{(\w+)(:[-?][^}]*)?\}")
SECRET = re.compile(r"PASSWORD|SECRET|TOKEN|KEY")
ADDRESSES = re.compile(r"^(?:process|node|controller|listeners|advertised|log\.dirs)")


def environment(service: str) -> dict[str, str]:
    return {name: str(value) for name, value in SERVICES[service].get("environment", {}).items()}


def provisioning(path: str) -> Any:
    text = (ROOT / "grafana/provisioning" / path).read_text("utf-8")
    return yaml.safe_load(text)


def boards() -> dict[str, Any]:
    files = (ROOT / "grafana/dashboards").glob("*.json")
    return {path.stem: json.loads(path.read_text("utf-8")) for path in files}


def test_it_is_a_compose_file_by_the_specification() -> None:
    checker = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec"]
    done = subprocess.run([*checker, str(FILE)], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", SERVICES)
def test_every_image_is_pinned_to_one_version(name: str) -> None:
    assert re.fullmatch(r"[a-z/-]+:\d+(\.\d+){2,3}(@sha256:[0-9a-f]{64})?", SERVICES[name]["image"])


def test_the_engines_are_of_the_embedded_ones_versions() -> None:
    kafka = COORDINATES["kafka"][0].split(":")[2]
    registry = COORDINATES["registry"][0].split(":")[2]
    assert SERVICES["kafka"]["image"] == f"apache/kafka:{kafka}"
    assert SERVICES["registry"]["image"] == f"apicurio/apicurio-registry:{registry}"


@pytest.mark.parametrize("name", SERVICES)
def test_every_port_is_on_loopback(name: str) -> None:
    assert [port for port in SERVICES[name].get("ports", ()) if port[:10] != "127.0.0.1:"] == []


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_is_watched_or_ends_by_itself(name: str) -> None:
    of = SERVICES[name]
    if name in ONCE:
        assert of["restart"] == "no"
    else:
        assert of["restart"] == "unless-stopped"
        assert of["healthcheck"].keys() & {"test", "disable"}


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_has_limits_and_no_privileges(name: str) -> None:
    of = SERVICES[name]
    assert of["deploy"]["resources"]["limits"].keys() == {"cpus", "memory"}
    assert of["cap_drop"] == ["ALL"]
    assert of["security_opt"] == ["no-new-privileges:true"]
    assert of["logging"]["options"]["max-size"]


def test_nobody_waits_for_what_cannot_be_waited_for() -> None:
    for of in SERVICES.values():
        for name, how in of.get("depends_on", {}).items():
            assert name in SERVICES
            if how["condition"] == "service_healthy":
                assert "test" in SERVICES[name]["healthcheck"]


def test_what_is_kept_is_kept_in_named_volumes() -> None:
    kept = {}
    for name, of in SERVICES.items():
        for source, target, *how in (volume.split(":") for volume in of.get("volumes", ())):
            if source.startswith("."):
                assert (ROOT / source).exists(), source
                assert how == ["ro"], source
            else:
                kept[source] = (name, target)
    assert kept == {
        "kafka": ("kafka", environment("kafka")["KAFKA_LOG_DIRS"]),
        "clickhouse": ("clickhouse", "/var/lib/clickhouse"),
        "grafana": ("grafana", "/var/lib/grafana"),
    }
    assert COMPOSE["volumes"].keys() == kept.keys()


def test_every_ningmai_variable_is_a_setting() -> None:
    known = {f"NINGMAI_{name.upper()}" for name in Settings.model_fields}
    for name in SERVICES:
        assert {var for var in environment(name) if var.startswith("NINGMAI_")} <= known
    assert set(re.findall(r"NINGMAI_[A-Z_]+", TEXT)) <= known


@pytest.mark.parametrize("name", OURS)
def test_the_settings_of_each_service_are_valid(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for variable, value in environment(name).items():
        monkeypatch.setenv(variable, VARIABLE.sub(lambda m: (m[2] or ":-")[2:], value))
    settings = Settings()
    assert settings.kafka_servers == "kafka:9092"
    assert settings.registry_url == "http://registry:8080/apis/ccompat/v7"
    assert settings.clickhouse_url == "http://clickhouse:8123"
    if "ports" in SERVICES[name]:
        (port,) = SERVICES[name]["ports"]
        assert settings.host == "0.0.0.0"
        assert port.endswith(f":{settings.screen_port}")


def test_every_secret_comes_from_outside_and_has_no_default() -> None:
    for name in SERVICES:
        for variable, value in environment(name).items():
            if SECRET.search(variable) and variable != "GF_SMTP_PASSWORD":
                assert re.fullmatch(r"\$\{[A-Z_]+:\?[^}]+\}", value), (name, variable)


def test_the_example_names_every_variable_and_gives_no_secret() -> None:
    example = (ROOT / ".env.example").read_text("utf-8")
    listed = dict(re.findall(r"^(?:# )?([A-Z_]+)=(.*)$", example, re.MULTILINE))
    asked = dict(VARIABLE.findall(TEXT))
    assert listed.keys() == asked.keys()
    for name, how in asked.items():
        assert listed[name] == ("" if how.startswith(":?") else how[2:])


@pytest.mark.parametrize("name", OURS)
def test_every_command_is_one_that_there_is(name: str) -> None:
    program, *words = OURS[name]["command"]
    if program == "ningmai":
        answer = CliRunner().invoke(app, [*words, "--help"])
        assert answer.exit_code == 0
        assert f"ningmai {words[0]}" in answer.output or "Usage" in answer.output
    else:
        assert [program, *words] == ["faust", "-A", "streams.app", "--loglevel", "info", "worker"]


def test_kafka_is_set_as_the_embedded_one() -> None:
    lines = server_properties(Settings(), Path("/log")).splitlines()
    embedded = dict(line.split("=", 1) for line in lines)
    found = environment("kafka")
    for name, value in embedded.items():
        if not ADDRESSES.match(name):
            assert found["KAFKA_" + name.replace(".", "_").upper()] == value, name
    assert found["KAFKA_MESSAGE_MAX_BYTES"] == str(LARGEST_MESSAGE)
    assert found["KAFKA_PROCESS_ROLES"] == embedded["process.roles"]


def test_the_registry_is_set_as_the_embedded_one() -> None:
    embedded = properties(Settings(kafka="kafka:9092"), Path("/tmp"))
    found = environment("registry")
    own = re.compile(r"quarkus\.(http\.host|http\.port|management|log\.console)|java\.io")
    for name, value in embedded.items():
        if not own.match(name):
            assert found[re.sub(r"\W", "_", name).upper()] == str(value), name


def test_publishers_and_services_find_kafka_where_it_says_it_is() -> None:
    found = environment("kafka")
    told = dict(one.split("://") for one in found["KAFKA_ADVERTISED_LISTENERS"].split(","))
    (port,) = SERVICES["kafka"]["ports"]
    assert told == {"INSIDE": "kafka:9092", "OUTSIDE": "127.0.0.1:19092"}
    assert port == "127.0.0.1:${KAFKA_PORT:-19092}:19092"


def test_dashboards_use_the_data_source_that_is_provisioned() -> None:
    (source,) = provisioning("datasources/ningmai.yaml")["datasources"]
    assert (source["uid"], source["type"]) == (UID, PLUGIN)
    assert source["jsonData"]["username"] == "grafana"
    used = set(re.findall(r'"uid": "(ningmai-clickhouse|[^"]*)"', json.dumps(boards())))
    assert UID in used


def test_dashboards_are_where_grafana_looks_for_them() -> None:
    (provider,) = provisioning("dashboards/ningmai.yaml")["providers"]
    mounts = dict(volume.split(":")[1::-1] for volume in SERVICES["grafana"]["volumes"])
    assert mounts[provider["options"]["path"]] == "./grafana/dashboards"
    assert (provider["folder"], provider["folderUid"]) == ("宁脉", "ningmai")
    home = re.search(
        r"default_home_dashboard_path = (.*)", (ROOT / "grafana/grafana.ini").read_text("utf-8")
    )
    assert home is not None
    folder, _, file = home[1].rpartition("/")
    assert mounts[folder] == "./grafana/dashboards"
    assert boards()[file.removesuffix(".json")]["uid"] == HOME


def test_provisioning_finds_every_variable_that_it_asks_for() -> None:
    for path in (ROOT / "grafana/provisioning").rglob("*.yaml"):
        asked = set(re.findall(r"\$\{?(\w+)", path.read_text("utf-8")))
        assert asked <= environment("grafana").keys(), path.name


def test_alarms_ask_the_data_source_and_tell_somebody() -> None:
    alarms = provisioning("alerting/ningmai.yaml")
    contacts = {contact["name"] for contact in alarms["contactPoints"]}
    uids = []
    for group in alarms["groups"]:
        for rule in group["rules"]:
            uids.append(rule["uid"])
            assert {query["datasourceUid"] for query in rule["data"]} == {UID, "__expr__"}
            assert rule["notification_settings"]["receiver"] in contacts
    assert len(set(uids)) == len(uids) >= 5


def test_grafana_lets_nobody_in_unasked_and_tells_nobody_outside() -> None:
    ini = ConfigParser(comment_prefixes=(";",))
    ini.read(ROOT / "grafana/grafana.ini", "utf-8")
    off = {
        "auth.anonymous": ["enabled"],
        "users": ["allow_sign_up", "allow_org_create"],
        "analytics": ["reporting_enabled", "check_for_updates", "check_for_plugin_updates"],
        "news": ["news_feed_enabled"],
        "snapshots": ["external_enabled"],
    }
    assert [name for name, keys in off.items() for key in keys if ini[name][key] != "false"] == []
    assert ini["users"]["default_language"] == "zh-Hans"
    assert ini["date_formats"]["default_timezone"] == "Asia/Shanghai"
    assert [key for name in ini for key in ini[name] if SECRET.search(key.upper())] == []
    assert ini["plugins"]["preinstall_sync"].startswith(f"{PLUGIN}@")


def test_the_image_has_what_it_copies_and_runs_as_nobody_in_particular() -> None:
    text = (ROOT / "Dockerfile").read_text("utf-8")
    assert re.search(r"^USER 10001:10001$", text, re.MULTILINE)
    for sources in re.findall(r"^COPY (?!--from)(.*) \S+$", text, re.MULTILINE):
        assert all((ROOT / source).exists() for source in sources.split())
    kept = re.findall(r"^!(.*)$", (ROOT / ".dockerignore").read_text("utf-8"), re.MULTILINE)
    assert all((ROOT / path).exists() for path in kept)
    packages = (path.parent.name for path in ROOT.glob("*/__init__.py"))
    assert set(packages) - {"tests", "benchmarks"} <= set(kept)
