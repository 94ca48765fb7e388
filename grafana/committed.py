"""The dashboards as committed, and whether what a Grafana holds is the same."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ningmai.errors import Problem

DASHBOARDS = Path(__file__).parent / "dashboards"
ADDED = frozenset({"id", "version", "iteration", "schemaVersion"})
"""What Grafana writes into a dashboard's top level by itself."""
MARK = "ningmai sync "
"""How the message of a save begins that `ningmai grafana sync` made."""


@dataclass(frozen=True)
class Dashboard:
    """One committed dashboard."""

    uid: str
    title: str
    content: dict[str, Any]

    @property
    def message(self) -> str:
        """The message that its save carries: tells later whether anybody saved since."""
        return f"{MARK}{fingerprint(self.content)}"


def load(folder: Path = DASHBOARDS, screen: str = "") -> list[Dashboard]:
    """Every dashboard of a folder by file name. Raises Problem for a file that is none.

    ``screen``: where readers of this Grafana reach the live screen, which explains figures; empty:
    as committed, on their own machine.
    """
    found: dict[str, Dashboard] = {}
    for path in sorted(folder.glob("*.json")):
        dashboard = _read(path, screen)
        if dashboard.uid in found:
            raise Problem(f"{path.name}: uid {dashboard.uid} is another dashboard's already.")
        found[dashboard.uid] = dashboard
    if not found:
        raise Problem(f"There is no dashboard in {folder}.", "Is the installation complete?")
    return list(found.values())


def _read(path: Path, screen: str) -> Dashboard:
    try:
        content = json.loads(path.read_text("utf-8"))
        for variable in content.get("templating", {}).get("list", []) if screen else []:
            if variable["name"] == "screen":
                variable["query"] = screen
                variable["current"] = {**variable["current"], "text": screen, "value": screen}
        return Dashboard(content["uid"], content["title"], content)
    except (ValueError, KeyError, TypeError) as error:
        raise Problem(f"{path.name} is no dashboard: {error!r}.", "Make it again.") from error


def fingerprint(content: dict[str, Any]) -> str:
    """Sixteen hexadecimal digits that change with the content, not with its layout."""
    own = {key: value for key, value in content.items() if key not in ("id", "version")}
    text = json.dumps(own, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def differences(committed: dict[str, Any], found: dict[str, Any], additions: bool) -> list[str]:
    """Paths at which a Grafana's copy differs: ``panels[3].title``.

    ``additions``: keys that only the copy has are taken for Grafana's own, not for a change.
    """
    ours = {key: value for key, value in committed.items() if key not in ADDED}
    theirs = {key: value for key, value in found.items() if key not in ADDED}
    return _differences(ours, theirs, additions, "")


def _differences(ours: Any, theirs: Any, additions: bool, path: str) -> list[str]:
    if isinstance(ours, dict) and isinstance(theirs, dict):
        keys = ours.keys() if additions else ours.keys() | theirs.keys()
        return [
            found
            for key in sorted(keys)
            for found in _differences(
                ours.get(key), theirs.get(key), additions, f"{path}.{key}" if path else key
            )
        ]
    if isinstance(ours, list) and isinstance(theirs, list) and len(ours) == len(theirs):
        return [
            found
            for index, pair in enumerate(zip(ours, theirs, strict=True))
            for found in _differences(*pair, additions, f"{path}[{index}]")
        ]
    return [] if ours == theirs else [path]
