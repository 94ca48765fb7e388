"""The data source as the dashboards expect it, and whether a Grafana's is that."""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from ningmai.errors import Problem

UID = "ningmai-clickhouse"
NAME = "宁脉 ClickHouse"
PLUGIN = "grafana-clickhouse-datasource"


@dataclass(frozen=True)
class ClickHouse:
    """Where Grafana's server reaches ClickHouse over HTTP, and as whom."""

    url: str
    database: str
    user: str = "grafana"
    password: str = field(default="", repr=False)

    def connection(self) -> dict[str, Any]:
        """The plugin's settings. Raises Problem for an address that is none."""
        parts = urlsplit(self.url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise Problem(f"{self.url}: not the HTTP address of a ClickHouse.", "http://host:8123")
        secure = parts.scheme == "https"
        connection = {
            "protocol": "http",
            "host": parts.hostname,
            "port": parts.port or (8443 if secure else 8123),
            "secure": secure,
            "username": self.user,
            "defaultDatabase": self.database,
        }
        path = parts.path.strip("/")
        return connection | ({"path": path} if path else {})


def differs(wanted: ClickHouse, found: dict[str, Any]) -> list[str]:
    """Names of the settings that are not as wanted; the password cannot be compared."""
    theirs = found.get("jsonData") or {}
    wrong = [name for name, value in wanted.connection().items() if theirs.get(name) != value]
    if found.get("type") != PLUGIN:
        wrong.append("type")
    if not (found.get("secureJsonFields") or {}).get("password"):
        wrong.append("password")
    return wrong


def body(wanted: ClickHouse, found: dict[str, Any] | None = None) -> dict[str, Any]:
    """What to send: ours over what an administrator set besides."""
    kept = found or {}
    return {
        "uid": UID,
        "name": kept.get("name", NAME),
        "type": PLUGIN,
        "access": "proxy",
        "isDefault": kept.get("isDefault", False),
        "jsonData": {**(kept.get("jsonData") or {}), **wanted.connection()},
        "secureJsonData": {"password": wanted.password},
        # Grafana refuses with 409 where somebody saved a later one.
        **({"version": kept["version"]} if "version" in kept else {}),
    }
