"""Whether a Grafana shows what was committed: one finding after the other, nothing is changed."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from grafana import playlist
from grafana.committed import MARK, Dashboard, differences
from grafana.datasource import PLUGIN, UID
from grafana.remote import Grafana
from ningmai.errors import Problem

OLDEST = (11, 6)
"""Of Grafana: from here on the plugin's current versions run (4.15 and later)."""
OLDEST_PLUGIN = (4, 0)
INSTALL = f"On Grafana's host: grafana cli plugins install {PLUGIN}; then restart Grafana."
SYNC = "`ningmai grafana sync` puts it right."
HOME = "ningmai-wall"


@dataclass(frozen=True)
class Finding:
    """One line of what was looked at."""

    name: str
    ok: bool
    detail: str
    hint: str = ""


def findings(grafana: Grafana, dashboards: list[Dashboard], home: bool = True) -> Iterator[Finding]:
    """Each finding as soon as it is made; ends early where nothing more can be asked.

    ``home`` false: whose home dashboard it is does not matter.
    """
    for name, look in (("reachable", _reachable), ("credentials", _credentials)):
        finding = _made(name, look, grafana)
        yield finding
        if not finding.ok:
            return
    yield _made("version", _version, grafana)
    yield _made("plugin", _plugin, grafana)
    yield _made("data source", _datasource, grafana)
    yield _made("answers", _answers, grafana)
    for each in dashboards:
        yield _made(f"dashboard {each.uid}", partial(_dashboard, committed=each), grafana)
    if home:
        yield _made("home", _home, grafana)
    yield _made("playlist", _playlist, grafana)


def _made(name: str, look: Callable[[Grafana], tuple[bool, str, str]], grafana: Grafana) -> Finding:
    try:
        return Finding(name, *look(grafana))
    except Problem as problem:
        return Finding(name, False, problem.message, problem.hint)


def _reachable(grafana: Grafana) -> tuple[bool, str, str]:
    database = grafana.health()["database"]
    hint = "Grafana's own database fails: its log says why."
    return database == "ok", f"{grafana.url} answers, its database is {database}", hint


def _credentials(grafana: Grafana) -> tuple[bool, str, str]:
    return True, f"accepted, in organisation {grafana.organisation().get('name')}", ""


def _version(grafana: Grafana) -> tuple[bool, str, str]:
    # Health hides it from strangers where Grafana is told to.
    found = grafana.health().get("version") or grafana.settings()["buildInfo"]["version"]
    oldest = ".".join(map(str, OLDEST))
    if _numbers(found) < OLDEST:
        return False, f"{found} is older than {oldest}", f"Upgrade Grafana to {oldest} or later."
    return True, f"{found} (needed: {oldest} or later)", ""


def _plugin(grafana: Grafana) -> tuple[bool, str, str]:
    found = grafana.plugin(PLUGIN)
    if found is None:
        return False, f"{PLUGIN} is not installed", INSTALL
    version = str(found.get("info", {}).get("version") or "of unknown version")
    if _numbers(version) < OLDEST_PLUGIN:
        return False, f"{PLUGIN} {version} is too old", "Update it to 4.0 or later."
    return True, f"{PLUGIN} {version}", ""


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", version)[:2])


def _datasource(grafana: Grafana) -> tuple[bool, str, str]:
    found = grafana.datasource(UID)
    if found is None:
        return False, f"{UID} is not there", SYNC
    if found.get("type") != PLUGIN:
        return False, f"{UID} is of type {found.get('type')}, not {PLUGIN}", SYNC
    settings = found.get("jsonData") or {}
    where = "{}:{}".format(settings.get("host", "?"), settings.get("port", "?"))
    return True, f"{UID} reads {settings.get('defaultDatabase', '?')} at {where}", ""


def _answers(grafana: Grafana) -> tuple[bool, str, str]:
    fault = grafana.datasource_fault(UID)
    hint = (
        "Grafana's server, not this machine, must reach ClickHouse: "
        "`ningmai grafana sync --clickhouse-url` sets the address and the password."
    )
    return not fault, fault or "ClickHouse answers Grafana's health check", hint


def _dashboard(grafana: Grafana, committed: Dashboard) -> tuple[bool, str, str]:
    found = grafana.dashboard(committed.uid)
    if found is None:
        return False, f"{committed.title} is not there", SYNC
    save = grafana.last_save(committed.uid)
    message = str(save.get("message") or "")
    if message == committed.message:
        return True, f"{committed.title} is as committed", ""
    provisioned = bool(found["meta"].get("provisioned"))
    wrong = differences(committed.content, found["dashboard"], additions=provisioned)
    if not wrong:
        return True, f"{committed.title} is as committed", ""
    hint = f"{save.get('createdBy') or 'Somebody'} changed it; sync overwrites it with --force."
    if provisioned:
        hint = "Provision the committed file."
    elif message.startswith(MARK):
        hint = SYNC
    return False, f"{committed.title} differs at {shown(wrong)}", hint


def shown(paths: list[str]) -> str:
    """The first few paths of many."""
    more = f" and {len(paths) - 3} more" if len(paths) > 3 else ""
    return ", ".join(paths[:3]) + more


def _home(grafana: Grafana) -> tuple[bool, str, str]:
    chosen = grafana.home()
    if not chosen:
        default = grafana.default_home() or {}
        redirected = str(default.get("redirectUri", "")).split("/d/")[-1].split("/")[0]
        chosen = redirected or str(default.get("dashboard", {}).get("uid") or "")
    if chosen == HOME:
        return True, f"{HOME} is the home dashboard", ""
    hint = SYNC + " With --no-home it does not matter."
    return False, f"the home dashboard is {chosen or 'Grafana’s own'}, not {HOME}", hint


def _playlist(grafana: Grafana) -> tuple[bool, str, str]:
    found = playlist.find(grafana)
    if found.right:
        return True, f"{playlist.TITLE} shows every dashboard tagged {playlist.TAG}", ""
    state = "differs" if found.uid else "is not there"
    return False, f"{playlist.TITLE} {state}", SYNC
