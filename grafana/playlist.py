"""The playlist of every dashboard of ours, which files cannot provision.

Grafana has two APIs for it: `playlist.grafana.app`, and `/api/playlists` before that.
"""

from dataclasses import dataclass
from typing import Any

from grafana.refusals import Refusal
from grafana.remote import Grafana

TITLE = "宁脉轮播"
INTERVAL = "1m"
TAG = "ningmai"
ITEM = {"type": "dashboard_by_tag", "value": TAG}
API = "playlist.grafana.app/v1"


@dataclass(frozen=True)
class Found:
    """The playlist of our title in a Grafana; ``uid`` is empty where there is none."""

    path: str
    legacy: bool
    uid: str = ""
    version: str = ""
    interval: str = ""
    items: tuple[tuple[str, str], ...] = ()

    @property
    def right(self) -> bool:
        """Whether it is there and plays what it should."""
        wanted = ((ITEM["type"], ITEM["value"]),)
        return bool(self.uid) and self.interval == INTERVAL and self.items == wanted


def find(grafana: Grafana) -> Found:
    """Looks for our playlist by its title. Raises Refusal."""
    namespace = grafana.settings().get("namespace") or "default"
    path = f"/apis/{API}/namespaces/{namespace}/playlists"
    try:
        answer = grafana.ask("list the playlists", "GET", path)
    except Refusal as refusal:
        if refusal.code != 404:
            raise
        return _find_legacy(grafana)
    for each in answer["items"]:
        spec, metadata = each["spec"], each["metadata"]
        if spec["title"] == TITLE:
            version = metadata.get("resourceVersion", "")
            plays = _items(spec.get("items"))
            return Found(path, False, metadata["name"], version, spec["interval"], plays)
    return Found(path, legacy=False)


def _find_legacy(grafana: Grafana) -> Found:
    path = "/api/playlists"
    for each in grafana.ask("list the playlists", "GET", path):
        if each["name"] == TITLE:
            whole = grafana.ask("read the playlist", "GET", f"{path}/{each['uid']}")
            plays = _items(whole.get("items"))
            return Found(path, True, each["uid"], "", whole["interval"], plays)
    return Found(path, legacy=True)


def _items(items: list[dict[str, Any]] | None) -> tuple[tuple[str, str], ...]:
    return tuple((item["type"], item["value"]) for item in items or [])


def write(grafana: Grafana, found: Found) -> None:
    """Makes the playlist, or changes the one that was found. Raises Refusal."""
    body = _legacy_body() if found.legacy else _body(found)
    if found.uid:
        grafana.ask("update the playlist", "PUT", f"{found.path}/{found.uid}", body)
    else:
        grafana.ask("create the playlist", "POST", found.path, body)


def _legacy_body() -> dict[str, Any]:
    return {"name": TITLE, "interval": INTERVAL, "items": [{**ITEM, "order": 1, "title": TAG}]}


def _body(found: Found) -> dict[str, Any]:
    metadata = {"name": found.uid or TAG}
    if found.version:
        metadata["resourceVersion"] = found.version
    spec = {"title": TITLE, "interval": INTERVAL, "items": [ITEM]}
    return {"kind": "Playlist", "apiVersion": API, "metadata": metadata, "spec": spec}
