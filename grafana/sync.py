"""Brings a Grafana without file provisioning to what was committed.

Everything is read and planned before anything is written, so that a refusal leaves Grafana as
it was. Each step may be done twice: a sync that was broken off is called again.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from grafana import datasource, playlist
from grafana.check import HOME, INSTALL, shown
from grafana.committed import MARK, Dashboard, differences
from grafana.datasource import ClickHouse
from grafana.remote import Grafana
from ningmai.errors import Problem

FOLDER = "ningmai"
FOLDER_TITLE = "宁脉"


@dataclass(frozen=True)
class Step:
    """One thing in Grafana: what happens to it and why; ``run`` is None where nothing does."""

    name: str
    action: str
    why: str = ""
    run: Callable[[], None] | None = None


@dataclass(frozen=True)
class Changed:
    """A dashboard that somebody saved since the last sync."""

    name: str
    where: str
    who: str
    when: str


def plan(
    grafana: Grafana,
    dashboards: list[Dashboard],
    clickhouse: ClickHouse,
    force: bool = False,
    home: bool = True,
    say: Callable[[str], None] = lambda _: None,
) -> list[Step]:
    """What a sync would do, in order; reads only.

    Raises Problem where the plugin is missing, and where dashboards were changed in Grafana since
    the last sync and ``force`` is false. ``say`` is told what is being looked at.
    """
    grafana.health()
    if grafana.plugin(datasource.PLUGIN) is None:
        raise Problem(f"{datasource.PLUGIN} is not installed in {grafana.url}.", INSTALL)
    say("folder")
    steps = [_folder(grafana)]
    say("data source")
    steps.append(_datasource(grafana, clickhouse))
    changed: list[Changed] = []
    for each in dashboards:
        say(f"dashboard {each.uid}")
        found = _dashboard(grafana, each, force)
        if isinstance(found, Changed):
            changed.append(found)
        else:
            steps.append(found)
    if changed:
        raise _refusal(changed)
    say("playlist")
    steps.append(_playlist(grafana))
    if home and any(each.uid == HOME for each in dashboards):
        steps.append(_home(grafana, force))
    return steps


def _folder(grafana: Grafana) -> Step:
    name = f"folder {FOLDER_TITLE}"
    if grafana.folder(FOLDER):
        return Step(name, "unchanged")
    return Step(name, "create", run=lambda: grafana.create_folder(FOLDER, FOLDER_TITLE))


def _datasource(grafana: Grafana, wanted: ClickHouse) -> Step:
    name = f"data source {datasource.UID}"
    found = grafana.datasource(datasource.UID)
    if found is None:
        new = datasource.body(wanted)
        return Step(name, "create", run=lambda: grafana.create_datasource(new))
    wrong = datasource.differs(wanted, found)
    # A password cannot be read back: while ClickHouse refuses, it is sent again.
    why = ", ".join(wrong) or grafana.datasource_fault(datasource.UID)
    if not why:
        return Step(name, "unchanged")
    if found.get("readOnly"):
        raise Problem(
            f"The data source {datasource.UID} is provisioned from a file, and not right: {why}.",
            "Change that file on Grafana's host, or take it out of provisioning first.",
        )
    body = datasource.body(wanted, found)
    return Step(name, "update", why, lambda: grafana.update_datasource(datasource.UID, body))


def _dashboard(grafana: Grafana, committed: Dashboard, force: bool) -> Step | Changed:
    name = f"dashboard {committed.uid} {committed.title}"
    found = grafana.dashboard(committed.uid)
    if found is None:
        return Step(name, "create", run=lambda: _save(grafana, committed, {}, force))
    save = grafana.last_save(committed.uid)
    message = str(save.get("message") or "")
    provisioned = bool(found["meta"].get("provisioned"))
    wrong = differences(committed.content, found["dashboard"], additions=provisioned)
    if message == committed.message or not wrong:
        return Step(name, "unchanged")
    if provisioned:
        raise Problem(
            f"The dashboard {committed.uid} is provisioned from a file that differs from the "
            f"committed one at {shown(wrong)}.",
            "Put the committed file there, or take it out of provisioning before a sync.",
        )
    if not force and not message.startswith(MARK):
        who, when = str(save.get("createdBy") or "somebody"), str(save.get("created") or "?")
        return Changed(name, shown(wrong), who, when)
    why = f"differs at {shown(wrong)}"
    return Step(name, "update", why, lambda: _save(grafana, committed, found, force))


def _save(grafana: Grafana, committed: Dashboard, found: dict[str, Any], force: bool) -> None:
    """Saves over the very version that was looked at; 412 where there is a later one.

    A dashboard stays in the folder to which somebody moved it.
    """
    old = found.get("dashboard", {})
    content = {**committed.content, "id": old.get("id"), "version": old.get("version", 0)}
    grafana.save_dashboard(
        {
            "dashboard": content,
            "folderUid": found["meta"].get("folderUid", "") if found else FOLDER,
            "message": committed.message,
            "overwrite": force,
        }
    )


def _refusal(changed: list[Changed]) -> Problem:
    lines = [f"{c.name}: saved by {c.who} at {c.when}, differs at {c.where}" for c in changed]
    return Problem(
        "Changed in Grafana since the last sync, so nothing was written:\n  " + "\n  ".join(lines),
        "Take over what is worth keeping, then call it with --force, which overwrites them; "
        "Grafana's version history keeps what they were.",
    )


def _playlist(grafana: Grafana) -> Step:
    name = f"playlist {playlist.TITLE}"
    found = playlist.find(grafana)
    if found.right:
        return Step(name, "unchanged")
    action = "update" if found.uid else "create"
    return Step(name, action, run=lambda: playlist.write(grafana, found))


def _home(grafana: Grafana, force: bool) -> Step:
    name = f"home dashboard {HOME}"
    chosen = grafana.home()
    if chosen == HOME:
        return Step(name, "unchanged")
    if chosen and not force:
        return Step(name, "left", f"{chosen} was chosen; --force replaces it")
    return Step(name, "update", run=lambda: grafana.set_home(HOME))
